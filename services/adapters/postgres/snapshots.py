"""A cluster's snapshots: PostgreSQL, shared by all API processes."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.adapters.postgres.pool import Pool
from services.base.unavailable import DatabaseUnavailable
from services.snapshots.packing import checksum
from services.snapshots.port import Snapshot, SnapshotsUnavailable

PART: Final = 32 * 1024 * 1024
"""Bytes of a payload per row."""
_SECONDS: Final = 60.0
"""Timeout of statements that carry a payload."""
_KEEP: Final = (
    "INSERT INTO decision_snapshots AS kept (jurisdiction, log, position, hash, place, code, checksum)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (jurisdiction) DO UPDATE SET"
    " (log, position, hash, place, code, checksum) = (excluded.log, excluded.position, excluded.hash,"
    " excluded.place, excluded.code, excluded.checksum)"
    " WHERE excluded.position > kept.position OR (excluded.log, excluded.code) <> (kept.log, kept.code)"
    " RETURNING 1"
)
_HEADER: Final = "SELECT * FROM decision_snapshots WHERE jurisdiction = $1"
_DROP: Final = "DELETE FROM decision_snapshots WHERE jurisdiction = $1 AND position = $2 AND checksum = $3"
_PARTS: Final = "SELECT payload FROM decision_snapshot_parts WHERE jurisdiction = $1 ORDER BY part"
_CLEAR: Final = "DELETE FROM decision_snapshot_parts WHERE jurisdiction = $1"
_ADD: Final = "INSERT INTO decision_snapshot_parts (jurisdiction, part, payload) VALUES ($1, $2, $3)"

log_of = logging.getLogger("muster.snapshots")


class PgSnapshots:
    """See services.snapshots.port. Uses the tables of services/adapters/postgres/sql/012_snapshots.sql."""

    def __init__(self, pool: Pool, *, part: int = PART) -> None:
        """Takes ownership of the handle; the tables must exist."""
        self._pool, self._part = pool, part

    async def get(self, jurisdiction: str) -> Snapshot | None:
        found = await self._read(jurisdiction)
        if found and found.checksum != await asyncio.to_thread(checksum, found.payload):
            log_of.warning("ignoring the snapshot of %s: its checksum is wrong", jurisdiction)
            await self.drop(found)
            return None
        return found

    async def put(self, snapshot: Snapshot) -> bool:
        """Write the header row first; it locks the jurisdiction for the rest of the transaction."""
        s = snapshot
        with _translated():
            async with self._pool.writing() as db:
                values = s.jurisdiction, s.log, s.position, s.hash, s.place, s.code, s.checksum
                if not await db.fetchval(_KEEP, *values):
                    return False
                await db.execute(_CLEAR, s.jurisdiction)
                for number, begin in enumerate(range(0, len(s.payload), self._part)):
                    part = s.payload[begin : begin + self._part]
                    await db.execute(_ADD, s.jurisdiction, number, part, timeout=_SECONDS)
        return True

    async def drop(self, snapshot: Snapshot) -> None:
        with _translated():
            await self._pool.fetch(_DROP, snapshot.jurisdiction, snapshot.position, snapshot.checksum)

    async def close(self) -> None:
        await self._pool.close()

    async def _read(self, jurisdiction: str) -> Snapshot | None:
        with _translated():
            async with self._pool.reading() as db:
                row = await db.fetchrow(_HEADER, jurisdiction)
                if row is None:
                    return None
                parts = await db.fetch(_PARTS, jurisdiction, timeout=_SECONDS)
        return Snapshot(**dict(row), payload=b"".join(part["payload"] for part in parts))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise SnapshotsUnavailable(f"decision snapshots cannot be read or written: {error}") from error
