"""Snapshots of a cluster: PostgreSQL, shared by all its API processes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from services.postgres.blocking import Blocking, Connection, DatabaseUnavailable
from services.snapshots.packing import checksum
from services.snapshots.port import Snapshot, SnapshotsUnavailable

PART: Final = 32 * 1024 * 1024
"""Bytes of a payload in one row."""
_SECONDS: Final = 60.0
_KEEP: Final = (
    "INSERT INTO decision_snapshots AS kept (jurisdiction, log, position, hash, place, code, checksum)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (jurisdiction) DO UPDATE SET"
    " (log, position, hash, place, code, checksum) = (excluded.log, excluded.position, excluded.hash,"
    " excluded.place, excluded.code, excluded.checksum)"
    " WHERE excluded.position > kept.position OR (excluded.log, excluded.code) <> (kept.log, kept.code)"
    " RETURNING 1"
)
_DROP: Final = "DELETE FROM decision_snapshots WHERE jurisdiction = $1 AND position = $2 AND checksum = $3"
_PARTS: Final = "SELECT payload FROM decision_snapshot_parts WHERE jurisdiction = $1 ORDER BY part"
_CLEAR: Final = "DELETE FROM decision_snapshot_parts WHERE jurisdiction = $1"
_ADD: Final = "INSERT INTO decision_snapshot_parts (jurisdiction, part, payload) VALUES ($1, $2, $3)"

T = TypeVar("T")
log_of = logging.getLogger("muster.snapshots")


class PgSnapshots:
    """In the tables of services/postgres/sql/012_snapshots.sql."""

    def __init__(self, dsn: str, *, part: int = PART) -> None:
        """Connects, which blocks; the tables must be there. Raises SnapshotsUnavailable."""
        self._part = part
        try:
            self._blocking = Blocking(dsn, size=2, seconds=_SECONDS)
        except DatabaseUnavailable as error:
            raise _trouble(error) from error

    async def get(self, jurisdiction: str) -> Snapshot | None:
        found = await self._run(lambda c: _got(c, jurisdiction))
        if found and found.checksum != await asyncio.to_thread(checksum, found.payload):
            log_of.warning("the snapshot of %s is ignored: its checksum is wrong", jurisdiction)
            await self.drop(found)
            return None
        return found

    async def put(self, snapshot: Snapshot) -> bool:
        return await self._run(lambda c: self._put(c, snapshot))

    async def drop(self, snapshot: Snapshot) -> None:
        values = snapshot.jurisdiction, snapshot.position, snapshot.checksum
        await self._run(lambda c: c.execute(_DROP, *values))

    async def close(self) -> None:
        await asyncio.to_thread(self._blocking.close)

    async def _put(self, connection: Connection, s: Snapshot) -> bool:
        """The row first: whoever writes it has the jurisdiction for the rest of the transaction."""
        async with connection.transaction():
            values = s.jurisdiction, s.log, s.position, s.hash, s.place, s.code, s.checksum
            if not await connection.fetchval(_KEEP, *values):
                return False
            await connection.execute(_CLEAR, s.jurisdiction)
            for number, begin in enumerate(range(0, len(s.payload), self._part)):
                await connection.execute(_ADD, s.jurisdiction, number, s.payload[begin : begin + self._part])
        return True

    async def _run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        try:
            return await asyncio.to_thread(self._blocking.run, work)
        except DatabaseUnavailable as error:
            raise _trouble(error) from error


async def _got(connection: Connection, jurisdiction: str) -> Snapshot | None:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        row = await connection.fetchrow(
            "SELECT * FROM decision_snapshots WHERE jurisdiction = $1", jurisdiction
        )
        if row is None:
            return None
        parts = await connection.fetch(_PARTS, jurisdiction)
    return Snapshot(**dict(row), payload=b"".join(part["payload"] for part in parts))


def _trouble(error: Exception) -> SnapshotsUnavailable:
    return SnapshotsUnavailable(f"decision snapshots cannot be read or written: {error}")
