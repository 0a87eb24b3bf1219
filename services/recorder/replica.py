"""One jurisdiction's state, kept level with its log and restored from a snapshot if one fits."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice, takewhile
from typing import Final

import msgspec

from events import catalog
from events.base import EventEnvelope
from events.commit import Commit, Head, Recorded, decode
from services.base.memory import give_back
from services.decisions.base import Command
from services.decisions.decide import apply_end, apply_one, confirm
from services.decisions.naming import named
from services.decisions.state import COMMANDS, Away, RecordedCommand, State
from services.log.port import Log, LogDamaged, LogMismatch, LogUnavailable, Stored
from services.recorder.errors import SnapshotMismatch
from services.recorder.snapshotting import EVERY, SnapshotKeeper
from services.snapshots.port import RowsLost, SnapshotsUnavailable

MOST_AT_ONCE: Final = 100_000
"""Events read from the log before idle rows are put away."""
KEEP_IDS: Final = 50_000
"""Most command ids held in memory, if the view of commands has the older ones."""
CROWDED: Final = 250_000
"""Too many command ids in memory, 360 bytes each: the views that should have them are far behind."""
EVICT: Final = 2_000
"""Ids forgotten at once, in a millisecond."""

log_of = logging.getLogger("muster.writer")
Lookup = Callable[[Sequence[str], int], Awaitable[dict[str, RecordedCommand]]]
"""Return commands by id from the view, once it reaches a position. Raises ViewsUnavailable if it has not."""
Found = Callable[[Sequence[Recorded]], None]
"""Called with the events of each commit read."""


class Replica:
    """The state that commands are decided on."""

    def __init__(self, jurisdiction: str, log: Log, lookup: Lookup, keeper: SnapshotKeeper | None) -> None:
        self.state = State(jurisdiction)
        self.viewed = 0
        """Position reached by the view of commands; older ids need not be kept in memory."""
        self._jurisdiction, self._log, self._lookup, self._keeper = jurisdiction, log, lookup, keeper
        self._forgotten = 0
        """Command ids up to this position may be found only in the view."""
        self._read: int | None = None
        """While the state is made: events read from the log since it was last gathered."""
        self._gathers = True

    @property
    def crowded(self) -> bool:
        """Whether memory holds too many command ids."""
        return len(self.state[COMMANDS]) > CROWDED

    async def restore(self) -> None:
        """Restore the snapshot, if the log continues it. Raises LogUnavailable."""
        if self._keeper is None or self.state.head.position:
            return
        self.state, self._forgotten = await self._keeper.restore() or (self.state, self._forgotten)
        try:
            await self._check_snapshot()
        except SnapshotMismatch as error:
            log_of.warning("%s; reading the log from the beginning", error)
            await self._keeper.drop()
            self._reset()
        except LogUnavailable:  # start over, so that the next attempt checks the snapshot too
            self._reset()
            raise

    async def _check_snapshot(self) -> None:
        end = await self._log.end(self._jurisdiction)
        if end.position < self.state.head.position:
            raise SnapshotMismatch(f"the snapshot of {self._jurisdiction} is ahead of the log")
        await self.follow(end)
        if self.state.head.position == end.position and self.state.head != end:
            raise SnapshotMismatch(f"the snapshot of {self._jurisdiction} belongs to another log")

    def _reset(self) -> None:
        self.state, self._forgotten = State(self._jurisdiction), 0

    async def follow(self, head: Head, found: Found = lambda _: None) -> None:
        """Read at least up to `head`. Decisions not accepted must have been undone.

        Raises LogUnavailable; LogDamaged, UnknownEvent, BadEvent, SnapshotMismatch if the log is unreadable;
        RowsLost if the state has to be made again.
        """
        if head.position < self.state.head.position or head == self.state.head:
            return
        async for batch in self._log.read(self._jurisdiction, self.state.head.position):
            for stored in batch:
                commit = self._decoded(stored)
                if commit.prev != self.state.head.hash:
                    raise SnapshotMismatch(f"the snapshot of {self._jurisdiction} is not from this log")
                await self._apply(commit, stored.head)
                if self._read is not None:
                    self._read += len(commit.events)
                found(commit.events)
            await self._tidy()
            await asyncio.sleep(0)

    async def _apply(self, commit: Commit, head: Head) -> None:
        for envelope in list(catalog.envelopes(commit)):
            mark = self.state.mark()
            while away := _away(self.state, envelope):
                self.state.undo(mark)
                await self.take_back(away)
        apply_end(self.state, commit, head)

    async def hydrate(self) -> None:
        """Make the state, from the snapshot if there is one, and else from the log. Raises as `follow`."""
        self._read = 0
        try:
            await self.restore()
            await self.follow(await self._log.end(self._jurisdiction))
            if self._read >= MOST_AT_ONCE // 4:
                await self._gather()
        finally:
            self._read = None

    async def _tidy(self) -> None:
        """After a part of the log: forget and put away what is not needed in memory."""
        self._evict(KEEP_IDS if self._read is None else 0)
        if self._read is None:
            self._keep(MOST_AT_ONCE)
        elif self._read >= MOST_AT_ONCE:
            await self._gather()

    async def _gather(self) -> None:
        """Store the state and read it back. One made event by event says the same texts over and over, and
        lies scattered among what was let go of: it would take far more memory as long as the process runs."""
        head, self._read = self.state.head, 0
        await self.leave(1)
        if self._keeper is None or self._keeper.stored != head.position or not self._gathers:
            return
        self._reset()
        await asyncio.to_thread(give_back)
        self.state, self._forgotten = await self._keeper.restore() or (self.state, self._forgotten)
        self._gathers = self.state.head == head
        if not self._gathers:
            raise RowsLost(f"the snapshot of {self._jurisdiction} that was just stored cannot be read")

    async def take_back(self, away: Away) -> None:
        """Take back rows that were put away. Raises LogUnavailable, RowsLost."""
        if self._keeper is None:
            raise RowsLost(f"nothing was put away of {self._jurisdiction}")
        try:
            found = await self._keeper.find(self.state, away.keys)
        except SnapshotsUnavailable as error:
            raise LogUnavailable(str(error)) from error
        if away.exist and not set(away.keys) <= {key for _, key, _ in found}:
            raise RowsLost(f"rows put away of {self._jurisdiction} are gone: {', '.join(away.keys)}")
        self.state.take_back(away.keys, found)

    async def at_hand(self, asked: Iterable[tuple[Command, str]]) -> None:
        """Take back what commands name, at once; what else they need is taken back when it is missed."""
        if self.state.partial and (keys := named(self.state, asked)):
            await self.take_back(Away(keys))

    async def start_over(self) -> None:
        """Drop the state, since rows of it are lost, and its snapshot."""
        if self._keeper:
            await self._keeper.drop()
        self._reset()

    async def is_level(self) -> bool:
        """Whether the log ends where the state does. Raises LogUnavailable."""
        return await self._log.end(self._jurisdiction) == self.state.head

    async def check_end(self) -> None:
        """After a lost race: the log must still lead through what was read. Raises LogMismatch."""
        end, head = await self._log.end(self._jurisdiction), self.state.head
        if end.position < head.position or (end.position == head.position and end != head):
            raise LogMismatch(self._jurisdiction, head, end)

    def _decoded(self, stored: Stored) -> Commit:
        try:
            return decode(stored.data)
        except msgspec.DecodeError as error:
            why = f"its commit cannot be read: {error}"
            raise LogDamaged(self._jurisdiction, self.state.head.position + 1, why) from error

    def confirm(self, commit: Commit, head: Head) -> None:
        """Mark the decided commit as recorded, leading to `head`."""
        confirm(self.state, commit, head)

    async def recall(self, commands: Sequence[str]) -> dict[str, RecordedCommand]:
        """Return recorded commands among ids no longer in memory. Raises ViewsUnavailable."""
        if not self._forgotten:
            return {}
        missing = [key for key in commands if key not in self.state[COMMANDS]]
        return await self._lookup(missing, self._forgotten) if missing else {}

    def settle(self) -> None:
        """After a group, evict old ids and take a snapshot if due."""
        self._evict(KEEP_IDS)
        self._keep(EVERY)

    async def leave(self, least: int) -> None:
        """Take a last snapshot if at least `least` events have been added since the previous one."""
        if self._keeper:
            await self._keeper.done()
            self._keep(least)
            await self._keeper.done()

    def _keep(self, least: int) -> None:
        if self._keeper:
            self._keeper.offer(self.state, self.viewed, least)

    def _evict(self, most: int) -> None:
        """Forget the oldest ids held by the view of commands, once there are many."""
        commands = self.state[COMMANDS]
        if len(commands) <= most:
            return
        oldest = islice(commands.items(), len(commands) - most + EVICT)
        in_view = takewhile(lambda known: known[1].position <= self.viewed, oldest)
        for key in [key for key, _ in in_view]:
            del commands[key]
        self._forgotten = max(self._forgotten, self.viewed)


def _away(state: State, envelope: EventEnvelope) -> Away | None:
    """Apply an event; return what is missing for it, if anything."""
    try:
        apply_one(state, envelope)
    except Away as away:
        return away
    return None
