"""Assemble the parts behind the API."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from projections.catalog import views as catalog
from services.application.alerting import Alerting
from services.application.announcing import Announcements
from services.application.answering import Offices
from services.application.background import Background
from services.application.commands import Commands
from services.application.covering import Covering
from services.application.deadlines import Deadlines
from services.application.expiring import Expiry
from services.application.inspecting import Inspect, Inspector
from services.application.lookup import recorded_commands
from services.application.nearby import Nearby
from services.application.progress import ViewProgress
from services.application.sweeping import Sweeper
from services.application.sweeping_files import FileSweeper
from services.application.watching import Reach, Watch
from services.base.clock import Clock
from services.dispatch.abilities import Abilities
from services.dispatch.abilities import load as shipped_abilities
from services.files.port import Files
from services.locations.port import Locations
from services.log.port import Log
from services.metrics.figures import Figures
from services.recorder.writer import Writer
from services.snapshots.port import Snapshots
from services.vault import Vault
from services.views.belonging import refuse_other_log
from services.views.loop import Projector
from services.views.port import Views
from services.views.scrub import Compared, Scrub


class Muster:
    """The parts of the service and their connections. One per process and data folder."""

    def __init__(
        self,
        *,
        log: Log,
        views: Views,
        vault: Vault,
        clock: Clock,
        timezone: str,
        following: Callable[[Announcements], ViewProgress] | None = None,
        shared: bool = False,
        snapshots: Snapshots | None = None,
        inspect: Inspect | None = None,
        reach: Reach | None = None,
        locations: Locations,
        files: Files,
        abilities: Abilities | None = None,
    ) -> None:
        """`following` tracks the views projected by other processes; None = this process projects them.
        `shared`: other processes write to the same jurisdictions.
        `inspect` checks the settings of the log's store, `reach` whether it answers. `abilities` tells who
        can serve what; None = the built-in table."""
        self.log, self.views, self.vault, self.locations, self.snapshots = (
            log,
            views,
            vault,
            locations,
            snapshots,
        )
        self.clock, self.timezone, self.files = clock, timezone, files
        self.abilities = abilities or shipped_abilities()
        self.figures, self.background, self.announcements = Figures(), Background(), Announcements()
        self.progress: ViewProgress = (
            following(self.announcements) if following else Projector(log, views, self.announcements.advanced)
        )
        self.alerting = Alerting(views, self.progress, self.announcements, clock)
        self.covering = Covering(views, self.progress, self.announcements)
        self.offices = Offices(views, self.progress, self.announcements)
        self.nearby = Nearby(views, self.progress, self.announcements, clock, timezone)
        self.commands = Commands(
            self._writer, log, self.progress, self.background, self.figures, shared=shared
        )
        self.sweeper = Sweeper(locations, views, clock, self.background)
        self._file_sweeper = FileSweeper(files, vault, log, views, clock, self.background)
        self.inspector = Inspector(inspect)
        self.watch = Watch(self.commands, self.progress, views, self.alerting, self.background, clock, reach)
        self._scrub = None if following else Scrub(log, views, catalog, self._reload)
        """Compares the views with the log, if this process projects them."""
        self._expiry = Expiry(self.commands, self.progress, views, clock)
        self._deadlines = Deadlines(self.commands, self.progress, views, clock)
        self.announcements.on_advanced(self.commands.viewed)
        self.announcements.on_erased(self.sweeper.erased)
        self.announcements.on_erased(self._file_sweeper.erased)

    @property
    def scrub(self) -> Compared | None:
        """What comparing the views with the log has found, here or where they are projected."""
        return self._scrub or self.progress.scrub

    def _writer(self, jurisdiction: str) -> Writer:
        return Writer(
            jurisdiction,
            log=self.log,
            vault=self.vault,
            clock=self.clock,
            timezone=self.timezone,
            lookup=lambda ids, upto: recorded_commands(self.views, jurisdiction, ids, upto),
            recorded=self.progress.offer,
            erased=self._erased,
            snapshots=self.snapshots,
            appending=self.figures.appending,
            belongs=lambda: refuse_other_log(self.log, self.views, jurisdiction),
        )

    def _erased(self, jurisdiction: str, position: int) -> None:
        self.announcements.erased(jurisdiction, position, self.progress.positions.get(jurisdiction, 0))

    async def _reload(self, jurisdiction: str) -> None:
        """Make streams start over, because rows were folded again."""
        if isinstance(self.progress, Projector):
            self.progress.forget(jurisdiction)
        self.announcements.reset(jurisdiction)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Muster"]:
        """Run all loops; on exit, stop them and close the stores."""
        try:
            async with self.background.running():
                self.background.start("projector", self.progress.run())
                self.background.start("ticker", self._expiry.run())
                self.background.start("deadlines", self._deadlines.run())
                self.background.start("sweeper", self.sweeper.run())
                self.background.start("file sweeper", self._file_sweeper.run())
                self.background.start("inspector", self.inspector.run())
                self.background.start("watch", self.watch.run())
                if self._scrub:
                    self.background.start("scrub", self._scrub.run(self.clock))
                if not self.commands.shared:
                    for jurisdiction in {*await self.log.jurisdictions(), *await self.views.jurisdictions()}:
                        self.commands.writer(jurisdiction)
                yield self
        finally:
            await self.close()

    async def close(self) -> None:
        """Close the stores; called by `running`."""
        await self.locations.close()
        await self.files.close()
        await self.views.close()
        await self.log.close()
        await self.vault.close()
        if self.snapshots:
            await self.snapshots.close()
