"""One writer per jurisdiction: takes queued commands, decides them, appends one commit at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Final
from uuid import uuid4

from events import catalog
from services.base.clock import Clock
from services.base.throttle import Throttle
from services.decisions.base import Refused
from services.decisions.jurisdiction.commands import Fence
from services.decisions.state import COMMANDS, Away, State
from services.log.port import Log, LogDamaged, LogUnavailable, OutcomeUnknown
from services.recorder.envelope import CommandEnvelope, Outcome
from services.recorder.erasing import VaultBacklog
from services.recorder.errors import Parked, SnapshotMismatch
from services.recorder.group import LEAST_COMMANDS, MOST_COMMANDS, next_size
from services.recorder.queue import CommandQueue, Queued
from services.recorder.recording import OnRecorded, Recorder
from services.recorder.replica import Lookup, Replica
from services.recorder.sealing import Vault
from services.recorder.snapshotting import LEAST, SnapshotKeeper
from services.snapshots.port import RowsLost, Snapshots
from services.vault.errors import VaultUnavailable
from services.views.port import ViewsUnavailable

GAIN_SECONDS: Final = 0.05
"""Longest pause between two groups while too many command ids wait in memory for the views."""
RETRY_SECONDS: Final = 1.0
"""Interval between attempts at the vault's backlog while no commands arrive."""


log_of = logging.getLogger("muster.writer")


class Writer:
    """Decides and records one jurisdiction's commands in order of arrival."""

    def __init__(
        self,
        jurisdiction: str,
        *,
        log: Log,
        vault: Vault,
        clock: Clock,
        timezone: str,
        lookup: Lookup,
        recorded: OnRecorded,
        erased: Callable[[str, int], None],
        snapshots: Snapshots | None = None,
        appending: Callable[[], AbstractContextManager[None]] = nullcontext,
        belongs: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`belongs` raises LogMismatch if the views were folded from another log."""
        self.jurisdiction = jurisdiction
        self.parked: str | None = None
        self.damaged = False
        """Parked because the log is damaged, which an operator may repair."""
        self._log, self._clock, self._belongs = log, clock, belongs
        keeper = SnapshotKeeper(jurisdiction, log, snapshots) if snapshots else None
        self._replica = Replica(jurisdiction, log, lookup, keeper)
        self._backlog = VaultBacklog(jurisdiction, vault, erased)
        self._recorder = Recorder(
            jurisdiction,
            self._replica,
            self._backlog,
            log=log,
            vault=vault,
            clock=clock,
            timezone=timezone,
            recorded=recorded,
            appending=appending,
        )
        self._throttle, self._crowds = Throttle(), Throttle()
        self._gained = asyncio.Event()
        """Set when the views have followed."""
        self._reading = asyncio.Lock()
        """Held while the state may be ahead of the log."""
        self._queue = CommandQueue()
        self._work = asyncio.Event()
        self._hydrated = asyncio.Event()
        self._taken: list[Queued] = []
        """Commands being recorded."""
        self._at_once = MOST_COMMANDS
        """Number of commands sealed together, slightly more than can be decided in time."""
        self._left = False
        """Idle for long and about to be dropped."""

    # -- for senders ---------------------------------------------------------------------------------------

    async def submit(self, group: Sequence[CommandEnvelope]) -> list[Outcome]:
        """Record these commands in order. Raises Parked, Overloaded."""
        return await self.put(group)

    def put(self, group: Sequence[CommandEnvelope]) -> asyncio.Future[list[Outcome]]:
        """Do as `submit`, without waiting for the outcomes. Raises Parked, Overloaded."""
        self._refuse_if_parked()
        sent = self._queue.put(group)
        self._work.set()
        return sent.answer

    async def status(self, command: str) -> Outcome:
        """Return accepted, refused (code `not_recorded`) or pending for a command id."""
        self._refuse_if_parked()
        if any(one.envelope.id == command for one in (*self._taken, *self._queue)):
            return Outcome(command, "pending")
        if command in self._recorder.unknown and not await self._fenced():
            return Outcome(command, "pending")
        await self.ready()
        await self._catch_up()
        known = self.state[COMMANDS].get(command) or (await self._replica.recall([command])).get(command)
        if known is None:
            return Outcome.because(command, "refused", Refused("not_recorded"))
        return Outcome(command, "accepted", known.position)

    def viewed(self, position: int) -> None:
        """Note the position reached by the `commands` view; older ids need not be kept in memory."""
        self._replica.viewed = position
        self._gained.set()

    @property
    def state(self) -> State:
        """State at the log's end; ahead of it while commands are being decided."""
        return self._replica.state

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def take_back(self, state: State, away: Away) -> None:
        """Take back rows of a state that is being looked at. Raises LogUnavailable."""
        async with self._reading:
            try:
                if state is self.state:
                    return await self._replica.take_back(away)
            except RowsLost as error:
                await self._start_over(error)
        raise LogUnavailable(f"the state of {self.jurisdiction} was made again")

    async def ready(self) -> None:
        """Wait until the state is loaded. Raises Parked."""
        await self._hydrated.wait()
        self._refuse_if_parked()

    def _refuse_if_parked(self) -> None:
        if self.parked:
            raise Parked(self.parked)

    async def _catch_up(self) -> None:
        """Read to the log's end. Erasures found there wake the loop."""
        try:
            async with self._reading:
                try:
                    await self._recorder.follow(await self._log.end(self.jurisdiction))
                except RowsLost as error:
                    await self._start_over(error)
        finally:
            if self._backlog:
                self._work.set()

    async def _fenced(self) -> bool:
        """Ensure that no earlier attempt can still land: True once a later commit of ours, or one that moved
        the jurisdiction, is in the log."""
        fence = CommandEnvelope(
            id=str(uuid4()),
            command=Fence(commands=tuple(sorted(self._recorder.unknown))),
            actor="service/writer",
            received=self._clock.now(),
        )
        outcome = (await self.submit([fence]))[0]
        return outcome.outcome == "accepted" or outcome.code == "jurisdiction.moved"

    # -- the loop ------------------------------------------------------------------------------------------

    async def run(self, idle: float | None = None) -> None:
        """Load the state, then serve until cancelled, or until `idle` seconds pass without a command.

        An unreadable jurisdiction is parked; this never raises for it.
        """
        try:
            await self._hydrate()
            while not self._left:
                while await self._worked(idle):
                    await self._serve()
                await self._leave()
        except (LogDamaged, SnapshotMismatch, catalog.UnknownEvent, catalog.BadEvent) as error:
            log_of.error("jurisdiction %s is parked: %s", self.jurisdiction, error)
            self.parked, self.damaged = str(error), isinstance(error, LogDamaged)
            self._hydrated.set()
            why = Refused("jurisdiction.parked", jurisdiction=self.jurisdiction, error=self.parked)
            _pending([*self._taken, *self._queue.take()], why)

    async def _hydrate(self) -> None:
        """Load the state, retrying until the log responds."""
        while not self._hydrated.is_set():
            try:
                if self._belongs:
                    await self._belongs()
                await self._replica.hydrate()
                await self._backlog.repeat(self.state)
                self._hydrated.set()
            except RowsLost as error:
                await self._forget(error)
            except (LogUnavailable, VaultUnavailable, ViewsUnavailable) as error:
                log_of.error("cannot read %s at the moment: %s", self.jurisdiction, error)
                _pending(self._queue.take(), Refused("log.unavailable"))
                await asyncio.sleep(0.5)

    async def _start_over(self, why: RowsLost) -> None:
        """Make the state again, from another process's snapshot or from the log."""
        await self._forget(why)
        await self._hydrate()

    async def _forget(self, why: RowsLost) -> None:
        log_of.warning("rebuilding the state of %s: %s", self.jurisdiction, why)
        self._hydrated.clear()
        await self._replica.start_over()

    async def _worked(self, idle: float | None) -> bool:
        """Wait for work; False after `idle` seconds without any."""
        if self._work.is_set():
            return True
        try:
            async with asyncio.timeout(idle):
                await self._work.wait()
        except TimeoutError:
            return bool(self._queue)
        return True

    async def _leave(self) -> None:
        """Take a last snapshot; then stop, unless work arrived meanwhile."""
        await self._replica.leave(LEAST)
        self._left = not self._queue and not self._backlog

    async def _let_views_gain(self) -> None:
        """Wait for views that are far behind, but not for long, as they may stand still."""
        if (more := self._crowds.more()) is not None:
            log_of.warning("the views of %s are far behind; taking fewer commands%s", self.jurisdiction, more)
        self._gained.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(GAIN_SECONDS):
                await self._gained.wait()

    async def _serve(self) -> None:
        most = self._at_once
        if self._replica.crowded:
            most = min(most, LEAST_COMMANDS)
            await self._let_views_gain()
        self._taken = taken = self._queue.take(most)
        if not taken and not self._backlog:
            self._work.clear()
            return
        try:
            async with self._reading:
                await self._recorder.flush()
                left = await self._recorder.record(taken) if taken else []
        except RowsLost as error:
            async with self._reading:
                await self._start_over(error)
            self._queue.put_back(taken)
            self._taken = []
            return
        except (LogUnavailable, OutcomeUnknown, VaultUnavailable, ViewsUnavailable) as error:
            self.state.undo()
            if (more := self._throttle.more()) is not None:
                log_of.error("cannot write %s; retrying: %s%s", self.jurisdiction, error, more)
            _pending(taken, Refused("log.unavailable"))
            self._taken = []
            await asyncio.sleep(0.05 if taken else RETRY_SECONDS)
            return
        self._queue.put_back(left)
        self._at_once = next_size(len(taken), len(taken) - len(left))
        self._taken = []


def _pending(group: Sequence[Queued], why: Refused) -> None:
    for queued in group:
        queued.resolve(Outcome.because(queued.envelope.id, "pending", why))
