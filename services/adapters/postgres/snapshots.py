"""A cluster's snapshots: PostgreSQL, shared by all API processes."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Final

import asyncpg

from services.adapters.postgres.pool import Pool
from services.base.unavailable import DatabaseUnavailable
from services.snapshots.packing import checksum
from services.snapshots.port import Idle, RowsLost, Snapshot, SnapshotsUnavailable

PART: Final = 32 * 1024 * 1024
"""Bytes of a payload per row."""
_AT_ONCE: Final = 2_000
"""Rows put away in one statement."""
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
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('decision_snapshots'), hashtext($1))"
_FORGET: Final = (
    "DELETE FROM decision_rows WHERE jurisdiction = $1 AND NOT EXISTS"
    " (SELECT FROM decision_snapshots WHERE jurisdiction = $1 AND log = $2 AND code = $3)"
)
_PUT_AWAY: Final = (
    "INSERT INTO decision_rows (jurisdiction, key, name, data)"
    " SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bytea[])"
    " ON CONFLICT (jurisdiction, key, name) DO UPDATE SET data = excluded.data"
)
_FIND: Final = (
    "SELECT kept.name, kept.key, kept.data FROM decision_snapshots AS one"
    " LEFT JOIN decision_rows AS kept ON kept.jurisdiction = one.jurisdiction AND kept.key = ANY($5)"
    " WHERE one.jurisdiction = $1 AND one.log = $2 AND one.code = $3 AND one.position <= $4"
)
_ADD: Final = "INSERT INTO decision_snapshot_parts (jurisdiction, part, payload) VALUES ($1, $2, $3)"

log_of = logging.getLogger("muster.snapshots")


class PgSnapshots:
    """See services.snapshots.port. Uses the tables of 012_snapshots.sql and 019_put_away.sql."""

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

    async def put(self, snapshot: Snapshot, idle: Iterable[Idle] = ()) -> bool:
        """Lock the jurisdiction for the rest of the transaction first."""
        s = snapshot
        with _translated():
            async with self._pool.writing() as db:
                await db.execute(_LOCK, s.jurisdiction)
                await db.execute(_FORGET, s.jurisdiction, s.log, s.code)
                values = s.jurisdiction, s.log, s.position, s.hash, s.place, s.code, s.checksum
                if not await db.fetchval(_KEEP, *values):
                    return False
                await db.execute(_CLEAR, s.jurisdiction)
                for number, begin in enumerate(range(0, len(s.payload), self._part)):
                    part = s.payload[begin : begin + self._part]
                    await db.execute(_ADD, s.jurisdiction, number, part, timeout=_SECONDS)
                rows = iter(idle)
                while some := list(islice(rows, _AT_ONCE)):
                    names, keys, data = zip(*some, strict=True)
                    await db.execute(_PUT_AWAY, s.jurisdiction, keys, names, data, timeout=_SECONDS)
        return True

    async def find(self, of: Snapshot, position: int, keys: Sequence[str]) -> list[Idle]:
        with _translated():
            asked = of.jurisdiction, of.log, of.code, position, list(keys)
            found = await self._pool.fetch(_FIND, *asked)
        if not found:
            raise RowsLost(f"the snapshot of {of.jurisdiction} is not that of this state")
        return [(row["name"], row["key"], row["data"]) for row in found if row["key"] is not None]

    async def drop(self, snapshot: Snapshot) -> None:
        with _translated():
            await self._pool.fetch(_DROP, snapshot.jurisdiction, snapshot.position, snapshot.checksum)

    async def close(self) -> None:
        await self._pool.close()

    async def _read(self, jurisdiction: str) -> Snapshot | None:
        async def read(db: asyncpg.Connection) -> Snapshot | None:
            row = await db.fetchrow(_HEADER, jurisdiction)
            if row is None:
                return None
            parts = await db.fetch(_PARTS, jurisdiction, timeout=_SECONDS)
            return Snapshot(**dict(row), payload=b"".join(part["payload"] for part in parts))

        with _translated():
            return await self._pool.read(read)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise SnapshotsUnavailable(f"decision snapshots cannot be read or written: {error}") from error
