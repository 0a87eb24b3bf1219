"""What every store of snapshots can do; its adapters pass one suite (tests/contract/test_snapshots.py)."""

from typing import Protocol

import msgspec

from events.commit import Head


class SnapshotsUnavailable(Exception):
    """The store of snapshots cannot be used now; everything can be done without it, only slower."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The confirmed state of one jurisdiction, packed (see services.snapshots.packing)."""

    jurisdiction: str
    log: str
    """UUID of the log it is of."""
    position: int
    hash: str
    place: int | None = None
    """A hint where the log keeps the commit that led to (position, hash)."""
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
    """At most one snapshot per jurisdiction. Every method raises SnapshotsUnavailable."""

    async def get(self, jurisdiction: str) -> Snapshot | None:
        """The kept one, whatever log or code it is of; None = none, or one that is damaged (logged)."""
        ...

    async def put(self, snapshot: Snapshot) -> bool:
        """Keep it instead of an older one, or of one of another log or code; whether it was kept. Durable."""
        ...

    async def drop(self, snapshot: Snapshot) -> None:
        """Remove this one, if it still is the kept one: it does not fit the log."""
        ...

    async def close(self) -> None: ...


def supersedes(new: Snapshot, position: int, log: str, code: str) -> bool:
    """Whether the new one takes the place of a kept one with these."""
    return new.position > position or (new.log, new.code) != (log, code)
