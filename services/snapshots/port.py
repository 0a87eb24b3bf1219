"""Interface of every snapshot store; all adapters pass tests/contract/test_snapshots.py."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from events.commit import Head


class SnapshotsUnavailable(Exception):
    """Snapshots are unavailable at the moment. All but what was put away can do without them, only slower."""


class RowsLost(Exception):
    """Rows that were put away cannot be found as they were at a position: the state has to be made again."""


Idle = tuple[str, str, bytes]
"""A row that was put away: table, key, row."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One jurisdiction's confirmed state, packed (see services.snapshots.packing)."""

    jurisdiction: str
    log: str
    """UUID of the log it belongs to."""
    position: int
    hash: str
    place: int | None = None
    """Hint: where the log stores the commit that led to (position, hash)."""
    code: str
    """Fingerprint of the program that made it."""
    checksum: str
    """SHA-256 of the payload, 64 hex digits."""
    payload: bytes
    """zstd."""

    @property
    def head(self) -> Head:
        return Head(self.position, self.hash)


class Snapshots(Protocol):
    """At most one snapshot per jurisdiction. All methods raise SnapshotsUnavailable."""

    async def get(self, jurisdiction: str) -> Snapshot | None:
        """Return the stored snapshot of any log or code; None if there is none, or it is damaged (logged)."""
        ...

    async def put(self, snapshot: Snapshot, idle: Iterable[Idle] = ()) -> bool:
        """Durably replace an older snapshot, or one of another log or code; True if it was stored.

        `idle`: rows to put away along with it, all or none. Those put away earlier with snapshots of this log
        and code stay, each in its newest form.
        """
        ...

    async def find(self, of: Snapshot, position: int, keys: Sequence[str]) -> list[Idle]:
        """Return what was put away under these keys, in any table, by snapshots of this log and code.

        `of` needs no payload. Raises RowsLost if there is no snapshot, or one later than `position`.
        """
        ...

    async def drop(self, snapshot: Snapshot) -> None:
        """Remove this snapshot, and what was put away, if it is still the stored one: it does not fit."""
        ...

    async def close(self) -> None: ...


def supersedes(new: Snapshot, position: int, log: str, code: str) -> bool:
    """Whether the new snapshot replaces a stored one with these values."""
    return new.position > position or (new.log, new.code) != (log, code)
