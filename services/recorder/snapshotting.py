"""Snapshots of a jurisdiction, taken by its writer so that a restart need not read the whole log."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from services.base.memory import trim
from services.decisions.snapshot import Frozen, Restored, freeze, idle_rows, row_of
from services.decisions.state import COMMANDS, State
from services.log.port import Log
from services.snapshots.packing import pack, unpack
from services.snapshots.port import RowsLost, Snapshot, Snapshots, SnapshotsUnavailable

EVERY: Final = 20_000
"""Fewest events between two snapshots."""
PART: Final = 10
"""Events between two snapshots are also at least one in so many entries of the state, so that packing all of
it costs an event no more the more there is."""
MUCH: Final = 20_000
"""Rows put away at once of which the memory is given back to the system."""
MANY_IDS: Final = 100_000
"""Command ids in a snapshot, from which on it is replaced once views have them. A start reads them all."""
LEAST: Final = 500
"""Fewest events worth a final snapshot."""

log_of = logging.getLogger("muster.snapshots")


class SnapshotKeeper:
    """Snapshots of one jurisdiction. They only save time: errors are logged, never raised."""

    def __init__(self, jurisdiction: str, log: Log, snapshots: Snapshots) -> None:
        self._jurisdiction, self._log, self._snapshots = jurisdiction, log, snapshots
        self._position = self._forgotten = 0
        self._ids = 0
        """Command ids in the stored snapshot: many if the views were far behind."""
        self._last: Snapshot | None = None
        """The last one read or stored, without its payload."""
        self._packing: asyncio.Task[None] | None = None

    async def restore(self) -> tuple[State, int] | None:
        """Return the state, and the position up to which it may lack command ids."""
        try:
            found = await self._snapshots.get(self._jurisdiction)
        except SnapshotsUnavailable as error:
            log_of.warning("cannot read the snapshot of %s: %s", self._jurisdiction, error)
            return None
        restored = await asyncio.to_thread(self._unpacked, found) if found else None
        if found is None or restored is None:
            return None
        self._position, self._forgotten = found.position, restored.forgotten
        self._ids = len(restored.state[COMMANDS])
        self._last = msgspec.structs.replace(found, payload=b"")
        if found.place is not None:
            self._log.add_mark(self._jurisdiction, found.head, found.place)
        return restored.state, restored.forgotten

    def _unpacked(self, found: Snapshot) -> Restored | None:
        restored = unpack(found, self._log.id)
        trim()
        return restored

    @property
    def stored(self) -> int:
        """The position of the stored snapshot; 0 if there is none."""
        return self._last.position if self._last else 0

    async def find(self, state: State, keys: Sequence[str]) -> list[tuple[str, str, Any]]:
        """Return the rows put away under these keys. Raises SnapshotsUnavailable, RowsLost."""
        if self._last is None:
            raise RowsLost(f"nothing was put away of {self._jurisdiction}")
        found = await self._snapshots.find(self._last, state.head.position, keys)
        try:
            return [(name, key, row_of(name, data)) for name, key, data in found]
        except (ValueError, LookupError) as error:
            raise RowsLost(f"rows put away of {self._jurisdiction} cannot be read: {error}") from error

    async def drop(self) -> None:
        """Delete the snapshot, which does not fit the log, or whose rows are lost."""
        await self.done()
        if self._last:
            try:
                await self._snapshots.drop(self._last)
            except SnapshotsUnavailable as error:
                log_of.warning("cannot delete the snapshot of %s: %s", self._jurisdiction, error)
        self._last, self._position, self._forgotten, self._ids = None, 0, 0, 0

    def offer(self, state: State, viewed: int, least: int = EVERY) -> None:
        """Store the confirmed state if `least` events came since the last snapshot; packs it on a thread.

        Command ids up to `viewed` are left out; the view of commands has them. Idle rows are put away.
        """
        if not self._due(state, least) or (self._packing and not self._packing.done()):
            return
        place = self._log.mark(self._jurisdiction)
        known = place[1] if place and place[0] == state.head else None
        self._forgotten = max(self._forgotten, min(viewed, state.head.position))  # views may lag at startup
        frozen = freeze(state, self._forgotten, put_away=True)
        self._position, self._ids = state.head.position, len(state[COMMANDS])
        self._packing = asyncio.create_task(self._keep(state, frozen, known), name="keeping a snapshot")

    def _due(self, state: State, least: int) -> bool:
        """Whether enough changed since the last snapshot, or it has many ids that the views have by now."""
        new = state.head.position - self._position
        if self._ids - len(state[COMMANDS]) >= MANY_IDS:
            return new > 0
        return new >= least and (least < EVERY or new >= state.size // PART)

    async def done(self) -> None:
        """Wait until the offered snapshot is stored."""
        if self._packing:
            await asyncio.wait((self._packing,))

    async def _keep(self, state: State, frozen: Frozen, place: int | None) -> None:
        try:
            snapshot = await asyncio.to_thread(pack, frozen, self._log.id, place)
            if await self._snapshots.put(snapshot, idle_rows(frozen)):
                self._last = msgspec.structs.replace(snapshot, payload=b"")
                await self._put_away(state, frozen)
        except (SnapshotsUnavailable, RowsLost) as error:
            log_of.warning("cannot store a snapshot of %s: %s", self._jurisdiction, error)
        except Exception:  # logged here, as nobody awaits this task
            log_of.exception("cannot store a snapshot of %s", self._jurisdiction)

    async def _put_away(self, state: State, frozen: Frozen) -> None:
        """Let go of the rows that are stored now."""
        if not frozen.idle:
            return
        state.put_away(frozen.idle)
        much = sum(map(len, frozen.idle.values())) > MUCH
        frozen.tables.clear()
        frozen.idle.clear()
        if much:
            await asyncio.to_thread(trim)
