"""Muster at work: writers, projector and ticker around one log and one view store, in one process."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

from projections.catalog import views as catalog
from services.clock import Clock
from services.decisions.assignment.commands import Expire
from services.decisions.assignment.table import OFFERS
from services.decisions.state import Known
from services.dispatch.abilities import Abilities
from services.dispatch.abilities import load as shipped_abilities
from services.figures import Figures
from services.log.asked import Asked, Outcome
from services.log.port import Log, LogUnavailable, Stored
from services.log.privacy import ERASURES
from services.log.writer import Overloaded, Parked, Writer
from services.snapshots.port import Snapshots
from services.telemetry.duty import sweep
from services.telemetry.port import Places, PlacesUnavailable
from services.vault import Vault
from services.views.loop import Projector
from services.views.port import Query, RowUnreadable, Step, Views, ViewsUnavailable

EXPIRY: Final = UUID("6d757374-6572-4078-a000-657870697279")
"""Namespace of the ids of `assignment.expire`: made from (assignment, expires_at), so sent once."""
TICK_SECONDS: Final = 0.25

LOOK_SECONDS: Final = 2.0
"""Between two looks for offers of jurisdictions that no process commands just now."""
SWEEP_SECONDS: Final = 30.0
INSPECT_SECONDS: Final = 60.0
IDLE_SECONDS: Final = 900.0
"""One that was not commanded for so long leaves memory, where other processes are beside this one."""

log_of = logging.getLogger("muster")


Inspect = Callable[[], Awaitable[list[str]]]


class Showing(Protocol):
    """How far the views are, whoever folds them."""

    positions: dict[str, int]
    trouble: str | None
    """Why the views cannot be written or read just now."""
    parked: dict[str, str]
    """Jurisdictions whose log holds what the program cannot read, and why."""

    def offer(self, jurisdiction: str, stored: Stored) -> None:
        """A commit was accepted."""
        ...

    async def reached(self, jurisdiction: str, position: int, seconds: float) -> bool:
        """Wait until the views show `position`; whether they do."""
        ...

    async def steps(self, jurisdiction: str, after: int, limit: int = 1000) -> list[Step] | None:
        """As Views.steps."""
        ...

    async def catch_up(self, jurisdiction: str) -> None:
        """See to it, or look, now."""
        ...

    async def run(self) -> None:
        """Until cancelled."""
        ...


class Muster:
    """Everything behind the API. One per process and data folder."""

    def __init__(
        self,
        *,
        log: Log,
        views: Views,
        vault: Vault,
        clock: Clock,
        timezone: str,
        following: Callable[["Muster"], Showing] | None = None,
        snapshots: Snapshots | None = None,
        inspect: Inspect | None = None,
        places: Places,
        abilities: Abilities | None = None,
    ) -> None:
        """`following` = how to know what projectors in other processes show; None = this one projects.
        `inspect` = asks the log's store whether it is set as the log needs it. `abilities` = who can serve
        what; None = the table that is shipped."""
        self.log, self.views, self.vault, self.clock, self.timezone = log, views, vault, clock, timezone
        self.snapshots, self.shared = snapshots, following is not None
        self.figures, self.places = Figures(), places
        self.abilities = abilities or shipped_abilities()
        self.unclean: list[str] = []
        """What of the log's topic is not set as the log needs it."""
        self._inspect = inspect
        self.projector = following(self) if following else Projector(log, views, self.advanced)
        self.writers: dict[str, Writer] = {}
        self.died = asyncio.Event()
        self.failure: str | None = None
        self.listeners: list[Callable[[str, int], None]] = []
        """Called with (jurisdiction, position) each time the views advance."""
        self.resetters: list[Callable[[str], None]] = []
        """Called with a jurisdiction once the views show an erasure: screens must fetch anew."""
        self._resets: dict[str, int] = {}
        self._erasures_seen: set[str] = set()
        """Jurisdictions that were looked at for erasures to be finished."""
        self._tasks: asyncio.TaskGroup | None = None
        self._own: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Muster"]:
        """All loops run inside; on leaving they are ended and the stores closed."""
        failed: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                self.start("projector", self.projector.run())
                self.start("ticker", self._tick())
                self.start("sweeper", self._sweep())
                if self._inspect:
                    self.start("inspector", self._keep_inspecting(self._inspect))
                if not self.shared:
                    for jurisdiction in await self.log.jurisdictions():
                        self.writer(jurisdiction)
                try:
                    yield self
                except BaseException as error:  # raised below, as itself rather than in a group
                    failed = error
                for task in self._own:
                    task.cancel()
        finally:
            self._tasks = None
            await self.close()
        if failed is not None:
            raise failed

    async def close(self) -> None:
        """Close the stores; `running` does it by itself."""
        await self.places.close()
        await self.views.close()
        await self.log.close()
        await self.vault.close()

    def start(self, name: str, loop: Coroutine[Any, Any, None]) -> None:
        """Run a loop until Muster ends."""
        if self._tasks is None:
            loop.close()
            raise RuntimeError("Muster is not running")
        task = self._tasks.create_task(self._guard(name, loop), name=name)
        self._own.add(task)
        task.add_done_callback(self._own.discard)
        task.add_done_callback(lambda _: loop.close())  # where it was cancelled before it began

    async def _guard(self, name: str, loop: Coroutine[Any, Any, None]) -> None:
        """A loop that dies turns readiness red and ends the process (whoever serves waits for `died`)."""
        try:
            await loop
        except Exception as error:
            log_of.exception("the %s died", name)
            self.failure = f"the {name} died: {error}"
            self.died.set()

    # -- commands ------------------------------------------------------------------------------------------

    def writer(self, jurisdiction: str) -> Writer:
        """The writer of a jurisdiction, started on first use."""
        known = self.writers.get(jurisdiction)
        if known is None:
            known = self.writers[jurisdiction] = Writer(
                jurisdiction,
                log=self.log,
                vault=self.vault,
                clock=self.clock,
                timezone=self.timezone,
                lookup=lambda ids, upto: self._recorded(jurisdiction, ids, upto),
                recorded=self._accepted,
                erased=self._erased,
                snapshots=self.snapshots,
                appending=self.figures.appending,
            )
            self.start(f"writer of {jurisdiction}", self._write(known))
        return known

    async def _write(self, writer: Writer) -> None:
        """Until it has been idle for long, where others could go on at any time. One that is parked stays, to
        say so, until the program is started anew."""
        await writer.run(IDLE_SECONDS if self.shared else None)
        if not writer.parked:  # nothing is awaited since it found its queue empty
            del self.writers[writer.jurisdiction]
        self.log.release(writer.jurisdiction)

    def knows(self, jurisdiction: str) -> bool:
        """Whether it has data, as far as was seen here."""
        return jurisdiction in self.writers or jurisdiction in self.projector.positions

    def jurisdictions(self) -> list[str]:
        """Those that have data, sorted."""
        return sorted({*self.writers, *self.projector.positions})

    async def found(self, jurisdiction: str, seconds: float = 0.0) -> bool:
        """Whether it has data; looks where it is new here, and waits where others have just begun it."""
        if not self.knows(jurisdiction) and self.shared:
            await self.projector.reached(jurisdiction, 1, seconds)
            await self.projector.catch_up(jurisdiction)
        return self.knows(jurisdiction)

    async def submit(self, jurisdiction: str, group: Sequence[Asked]) -> list[Outcome]:
        """Record commands in order; one answer each. Raises Parked, Overloaded."""
        began = time.perf_counter()
        outcomes = await self.writer(jurisdiction).submit(group)
        self.figures.answered(outcomes, began)
        return outcomes

    async def _recorded(self, jurisdiction: str, ids: Sequence[str], upto: int) -> dict[str, Known]:
        head = await self.views.head(jurisdiction)
        if head.position < upto or "commands" in await self.views.degraded(jurisdiction):
            raise ViewsUnavailable(f"the view of {jurisdiction}'s commands is being folded anew")
        try:
            rows = (await self.views.load(jurisdiction, {"commands": ids})).get("commands", {})
        except RowUnreadable as error:
            raise ViewsUnavailable(str(error)) from error
        return {key: Known(row.position, row.body, row.name) for key, row in rows.items() if row}  # type: ignore[attr-defined]

    def _accepted(self, jurisdiction: str, stored: Stored) -> None:
        self.projector.offer(jurisdiction, stored)

    def advanced(self, jurisdiction: str, position: int) -> None:
        if jurisdiction in self.writers:
            self.writers[jurisdiction].viewed(position)
        for listener in self.listeners:
            listener(jurisdiction, position)
        self._reset_if_due(jurisdiction, position)

    def _erased(self, jurisdiction: str, position: int) -> None:
        """A key was destroyed; its event is at `position` or before."""
        self._resets[jurisdiction] = position
        self._reset_if_due(jurisdiction, self.projector.positions.get(jurisdiction, 0))

    def _reset_if_due(self, jurisdiction: str, position: int) -> None:
        if self._resets.get(jurisdiction, position + 1) <= position:
            del self._resets[jurisdiction]
            self.reset(jurisdiction)
            if self._tasks:
                self.start(f"sweeper of {jurisdiction}", self._sweep_all(jurisdiction))

    def reset(self, jurisdiction: str) -> None:
        """Screens must fetch anew."""
        for reset in self.resetters:
            reset(jurisdiction)

    async def _keep_inspecting(self, inspect: Inspect) -> None:
        while True:
            try:
                found = await inspect()
            except LogUnavailable as error:
                log_of.warning("the log's settings cannot be looked at: %s", error)
            else:
                for one in set(found) - set(self.unclean):
                    log_of.error("%s", one)
                self.unclean = found
            await asyncio.sleep(INSPECT_SECONDS)

    # -- the ticker ----------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        """Expire offers that nobody answered."""
        looked = 0.0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for jurisdiction, writer in list(self.writers.items()):
                due = self._due(jurisdiction, writer)
                if due and not writer.parked:
                    with suppress(Overloaded, Parked):  # the next tick tries again
                        await self.submit(jurisdiction, due)
            if self.shared and (now := asyncio.get_running_loop().time()) - looked > LOOK_SECONDS:
                looked = now
                with suppress(ViewsUnavailable, RowUnreadable):
                    await self._wake()

    async def _sweep(self) -> None:
        """Places expire with the duty."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self._sweep_all()

    async def _sweep_all(self, only: str | None = None) -> None:
        try:
            for jurisdiction in [only] if only else await self.places.jurisdictions():
                await self.sweep(jurisdiction)
        except (PlacesUnavailable, ViewsUnavailable, RowUnreadable) as error:
            log_of.warning("places could not be swept: %s", error)

    async def sweep(self, jurisdiction: str) -> None:
        """Forget the places of who is off duty, retired or erased by now."""
        await sweep(self.places, self.views, jurisdiction, self.clock.now())

    async def _wake(self) -> None:
        """Command those again that have an offer which is past, though no command came for long; and, once,
        those with erasures: who recorded one may have died before its keys were destroyed."""
        for jurisdiction in [code for code in self.projector.positions if code not in self.writers]:
            if jurisdiction not in self._erasures_seen:
                erasing = Query(filters={"name": ERASURES}, limit=1)
                found = await self.views.query(jurisdiction, "activity", erasing)
                self._erasures_seen.add(jurisdiction)
                if found.items:
                    self.writer(jurisdiction)
                    continue
            offered = Query(filters={"state": ["offered"]}, limit=1000)
            page = await self.views.query(jurisdiction, "assignments", offered)
            ends = [getattr(row, "expires_at", None) for _, row in page.items]
            if any(at and at <= self.clock.now() for at in ends):
                self.writer(jurisdiction)

    def _due(self, jurisdiction: str, writer: Writer) -> list[Asked]:
        if writer.state.moved is not None:
            return []
        now = self.clock.now()
        due = [(key, at) for key, at in writer.state[OFFERS].items() if at <= now]
        return [
            Asked(
                id=str(uuid5(EXPIRY, f"{jurisdiction}/{key}/{at.isoformat()}")),
                command=Expire(assignment=key),
                actor="service/ticker",
                received=now,
            )
            for key, at in due[:500]
        ]


def public_views() -> list[str]:
    """Names of the views that have an endpoint."""
    return sorted(name for name, view in catalog.items() if view.public)
