"""The state of one jurisdiction, kept level with its log: from a snapshot on, where one fits."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

from events.commit import Commit, Head, Recorded, decode
from services.decisions.decide import apply, confirm
from services.decisions.state import COMMANDS, RecordedCommand, State
from services.log.port import Log, LogDamaged, LogUnavailable, Stored
from services.recorder.errors import SnapshotMismatch
from services.recorder.snapshotting import EVERY, SnapshotKeeper

KEEP_IDS: Final = 50_000
"""Ids of commands that are held in memory, at least."""

log_of = logging.getLogger("muster.writer")
Lookup = Callable[[Sequence[str], int], Awaitable[dict[str, RecordedCommand]]]
"""Commands by id from the view, once it has reached a position. Raises ViewsUnavailable where it has not."""
Found = Callable[[Sequence[Recorded]], None]
"""Told the events of each commit that is read."""


class Replica:
    """What rules are decided on."""

    def __init__(self, jurisdiction: str, log: Log, lookup: Lookup, keeper: SnapshotKeeper | None) -> None:
        self.state = State(jurisdiction)
        self.viewed = 0
        """The view of commands has reached this position: older ids need no memory."""
        self._jurisdiction, self._log, self._lookup, self._keeper = jurisdiction, log, lookup, keeper
        self._forgotten = 0
        """Ids of commands up to this position may be looked up in the view only."""

    async def restore(self) -> None:
        """Begin with the snapshot, if the log goes on from it. Raises LogUnavailable."""
        if self._keeper is None or self.state.head.position:
            return
        self.state, self._forgotten = await self._keeper.restore() or (self.state, self._forgotten)
        try:
            await self._check_snapshot()
        except SnapshotMismatch as error:
            log_of.warning("%s; it is read from its beginning", error)
            await self._keeper.drop()
            self._reset()
        except LogUnavailable:  # the next attempt begins with the snapshot too, so that it is checked
            self._reset()
            raise

    async def _check_snapshot(self) -> None:
        end = await self._log.end(self._jurisdiction)
        if end.position < self.state.head.position:
            raise SnapshotMismatch(f"the snapshot of {self._jurisdiction} is beyond the log")
        await self.follow(end)
        if self.state.head.position == end.position and self.state.head != end:
            raise SnapshotMismatch(f"the snapshot of {self._jurisdiction} is of another log")

    def _reset(self) -> None:
        self.state, self._forgotten = State(self._jurisdiction), 0

    async def follow(self, head: Head, found: Found = lambda _: None) -> None:
        """Read up to `head` at least; what was decided but not accepted is gone by then.

        Raises LogUnavailable; LogDamaged, UnknownEvent, BadEvent, SnapshotMismatch where it cannot be read.
        """
        if head.position < self.state.head.position or head == self.state.head:
            return
        async for batch in self._log.read(self._jurisdiction, self.state.head.position):
            for stored in batch:
                commit = self._decoded(stored)
                if commit.prev != self.state.head.hash:
                    raise SnapshotMismatch(f"the snapshot of {self._jurisdiction} is not of this log")
                apply(self.state, commit, stored.head)
                found(commit.events)
            self._evict()
            await asyncio.sleep(0)

    async def is_level(self) -> bool:
        """Whether nothing is in the log beyond the state. Raises LogUnavailable."""
        return await self._log.end(self._jurisdiction) == self.state.head

    def _decoded(self, stored: Stored) -> Commit:
        try:
            return decode(stored.data)
        except msgspec.DecodeError as error:
            why = f"its commit cannot be read: {error}"
            raise LogDamaged(self._jurisdiction, self.state.head.position + 1, why) from error

    def confirm(self, commit: Commit, head: Head) -> None:
        """What was decided is in the log, and leads to `head`."""
        confirm(self.state, commit, head)

    async def recall(self, commands: Sequence[str]) -> dict[str, RecordedCommand]:
        """Those of the ids that are recorded, though no longer held in memory. Raises ViewsUnavailable."""
        if not self._forgotten:
            return {}
        missing = [key for key in commands if key not in self.state[COMMANDS]]
        return await self._lookup(missing, self._forgotten) if missing else {}

    def settle(self) -> None:
        """After a group: old ids are let go, and a snapshot is taken when it is time."""
        self._evict()
        self._keep(EVERY)

    async def leave(self, least: int) -> None:
        """A last snapshot, if `least` events came since the one before, for whoever comes back."""
        self._keep(least)
        if self._keeper:
            await self._keeper.done()

    def _keep(self, least: int) -> None:
        if self._keeper:
            self._keeper.offer(self.state, self.viewed, least)

    def _evict(self) -> None:
        """Forget ids that the view of commands holds, once there are many."""
        commands = self.state[COMMANDS]
        if len(commands) <= KEEP_IDS:
            return
        for key in [k for k, known in commands.items() if known.position <= self.viewed]:
            del commands[key]
        self._forgotten = max(self._forgotten, self.viewed)
