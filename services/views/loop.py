"""The embedded projector: folds accepted commits into all views of a jurisdiction."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Final

from events.catalog import BadEvent, UnknownEvent
from events.commit import Head
from projections.catalog import views as catalog
from services.log.port import Log, LogDamaged, LogUnavailable, Stored
from services.views.batch import run_batch
from services.views.belonging import refuse_other_log
from services.views.folding import Folding
from services.views.hot import HotRows
from services.views.pending import MOST_EVENTS
from services.views.port import OutboxStep, Views, ViewsUnavailable
from services.views.rebuild import rebuild_all
from services.views.scrub import Compared
from services.views.turn import run_turn

MOST_COMMITS: Final = 500
MOST_PENDING: Final = 2_000
RETRY_SECONDS: Final = 0.5
GATHER_SECONDS: Final = 0.05
"""Least interval between transactions, unless somebody waits for one: a transaction costs as much as several
events, and streams get patches no more often. The first commit after a quiet moment is written at once."""
PATIENCE_SECONDS: Final = 1.0
"""How long commits of imports wait for more while nobody waits for them: most rows that an import changes it
changes again soon, and a row is written once per transaction."""

log_of = logging.getLogger("muster.projector")


class Projector:
    """One loop for all jurisdictions. Writers offer recorded commits; dropped ones are read from the log."""

    def __init__(self, log: Log, views: Views, advanced: Callable[[str, int], None]) -> None:
        self._log, self._views, self._advanced = log, views, advanced
        self._pending: dict[str, list[Stored]] = {}
        self._hot, self._folding = HotRows(catalog), Folding(catalog)
        self._behind = set[str]()
        """Jurisdictions whose log has commits that were not offered."""
        self._work = asyncio.Event()
        self._hurry = asyncio.Event()
        """Somebody waits for what is pending, or it fills a transaction."""
        self._asked = asyncio.Event()
        """Somebody waits for what is pending."""
        self._moved = asyncio.Condition()
        self._writing = asyncio.Lock()
        self.scrub: Compared | None = None
        self.positions: dict[str, int] = {}
        self.trouble: str | None = None
        """Why the views cannot be written at the moment; the loop keeps retrying."""
        self.parked: dict[str, str] = {}
        """Jurisdictions whose log this program cannot read, and why."""

    def offer(self, jurisdiction: str, stored: Stored, *, bulk: bool = False) -> None:
        """Queue an accepted commit. If the queue is full, drop it; it is read from the log later."""
        waiting = self._pending.setdefault(jurisdiction, [])
        if len(waiting) < MOST_PENDING:
            waiting.append(stored)
        if not bulk or stored.head.position - self.positions.get(jurisdiction, 0) >= MOST_EVENTS:
            self._hurry.set()
        self._work.set()

    def look(self, jurisdiction: str) -> None:
        """Read a jurisdiction's log after what is pending: commits of it were not offered."""
        self._pending.setdefault(jurisdiction, [])
        self._behind.add(jurisdiction)
        self._work.set()
        self._hurry.set()

    def forget(self, jurisdiction: str) -> None:
        """Read rows from the store again: they were folded again."""
        self._hot.forget(jurisdiction)

    def hurry(self) -> None:
        """Do not wait for more: somebody waits for what is pending."""
        self._asked.set()
        self._hurry.set()

    async def reached(self, jurisdiction: str, position: int, seconds: float) -> bool:
        """Wait until the views reach `position`; True if they do in time."""
        if self.positions.get(jurisdiction, 0) >= position:
            return True
        self.hurry()
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self.positions.get(jurisdiction, 0) >= position)
        except TimeoutError:
            return False
        return True

    async def steps(
        self, jurisdiction: str, after: int, limit: int = 1000, views: Collection[str] | None = None
    ) -> list[OutboxStep] | None:
        """See Views.steps."""
        return await self._views.steps(jurisdiction, after, limit, views)

    async def run(self) -> None:
        """Catch up with the log, then follow the writers until cancelled."""
        known = sorted({*await self._log.jurisdictions(), *await self._views.jurisdictions()})
        for jurisdiction in known:
            await self._reach_end(jurisdiction)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            for jurisdiction in known:
                await self._rebuild_stale(jurisdiction)

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        ended = -GATHER_SECONDS
        while True:
            await self._work.wait()
            await _within(PATIENCE_SECONDS, self._hurry)
            await _within(ended + GATHER_SECONDS - loop.time(), self._asked)
            self._work.clear()
            self._hurry.clear()
            self._asked.clear()
            taken = self._take()
            done = await self._together(taken)
            for jurisdiction, commits in taken.items():
                if jurisdiction not in done:
                    await self._project(jurisdiction, commits)
            ended = loop.time()

    async def _together(self, taken: Mapping[str, Sequence[Stored]]) -> Mapping[str, Head]:
        """Fold what was offered in as few transactions as possible; return the heads reached."""
        turn = {
            code: commits
            for code, commits in taken.items()
            if code not in self.parked and code not in self._behind and len(commits) < MOST_PENDING
        }
        try:
            async with self._writing:
                reached = await run_turn(self._views, turn, self._hot, self._folding)
        except Exception as error:  # each by itself says which it is
            log_of.warning("the views of %d jurisdictions are written one by one: %s", len(turn), error)
            return {}
        await self._advance({code: head.position for code, head in reached.items()})
        return reached

    def _take(self) -> dict[str, list[Stored]]:
        taken, self._pending = self._pending, {}
        return taken

    async def _project(self, jurisdiction: str, commits: Sequence[Stored]) -> None:
        if jurisdiction in self.parked:
            return
        for start in range(0, len(commits), MOST_COMMITS):
            if not await self._batch(jurisdiction, commits[start : start + MOST_COMMITS]):
                return
        if len(commits) >= MOST_PENDING or jurisdiction in self._behind:
            self._behind.discard(jurisdiction)
            await self.catch_up(jurisdiction)

    async def catch_up(self, jurisdiction: str) -> None:
        """Fold everything between the views' head and the end of the log, and rebuild stale views."""
        await self._reach_end(jurisdiction)
        await self._rebuild_stale(jurisdiction)

    async def _reach_end(self, jurisdiction: str) -> None:
        head = await self._views.head(jurisdiction)
        await self._advance({jurisdiction: head.position})
        try:
            await refuse_other_log(self._log, self._views, jurisdiction)
            async for batch in self._log.read(jurisdiction, head.position):
                if not await self._batch(jurisdiction, batch):
                    return
        except LogDamaged as error:
            self._park(jurisdiction, error)

    async def _rebuild_stale(self, jurisdiction: str) -> None:
        """Rebuild views that are new or whose fold has changed, beside those that go on."""
        while jurisdiction not in self.parked:
            try:
                if stale := await self._views.stale(jurisdiction):
                    log_of.info("rebuilding %s of %s", ", ".join(stale), jurisdiction)
                    chosen = {name: catalog[name] for name in stale}
                    await rebuild_all(self._log, self._views, jurisdiction, chosen, alone=self._writing)
                    self.forget(jurisdiction)
                return
            except LogDamaged as error:
                self._park(jurisdiction, error)
            except (LogUnavailable, ViewsUnavailable) as error:
                await self._retry_later(jurisdiction, error)

    async def _batch(self, jurisdiction: str, commits: Sequence[Stored]) -> bool:
        """Fold one batch, retrying while the store fails; False if the jurisdiction is parked."""
        while True:
            try:
                async with self._writing:
                    head = await run_batch(self._views, jurisdiction, commits, self._log.read)
            except (UnknownEvent, BadEvent, LogDamaged) as error:
                self._park(jurisdiction, error)
                return False
            except Exception as error:
                await self._retry_later(jurisdiction, error)
                continue
            self.trouble = None
            await self._advance({jurisdiction: head.position})
            return True

    async def _retry_later(self, jurisdiction: str, error: Exception) -> None:
        """Tell a new trouble once, with a traceback only if it is not the store's."""
        trouble = f"{jurisdiction}: {error}"
        if trouble != self.trouble:
            foreign = not isinstance(error, ViewsUnavailable | LogUnavailable)
            log_of.error("cannot write the views of %s; retrying: %s", jurisdiction, error, exc_info=foreign)
        self.trouble = trouble
        await asyncio.sleep(RETRY_SECONDS)

    def _park(self, jurisdiction: str, error: Exception) -> None:
        log_of.error("projection of %s parked: %s", jurisdiction, error)
        self.parked[jurisdiction] = str(error)

    async def _advance(self, positions: Mapping[str, int]) -> None:
        self.positions |= positions
        async with self._moved:
            self._moved.notify_all()
        for jurisdiction, position in positions.items():
            self._advanced(jurisdiction, position)


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Wait for an event, but no longer than that."""
    if seconds > 0 and not event.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
