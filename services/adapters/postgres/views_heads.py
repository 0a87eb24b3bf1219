"""Heads, views set aside and the step outbox in PostgreSQL: statements run on a given connection."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from events.commit import Head
from services.views.port import Batch
from services.views.steps import pack

KEEP: Final = 4_000
"""Newest steps kept per jurisdiction."""
KEEP_BYTES: Final = 16 * 2**20

HEAD: Final = "SELECT position, hash FROM heads WHERE jurisdiction = $1"
ASIDE: Final = "SELECT table_name, since FROM degraded WHERE jurisdiction = $1"
HEADS: Final = "SELECT jurisdiction, position, hash FROM heads WHERE jurisdiction = ANY($1::text[])"
ASIDES: Final = "SELECT jurisdiction, table_name FROM degraded WHERE jurisdiction = ANY($1::text[])"
_FIRST: Final = "INSERT INTO heads VALUES ($1, 0, $2) ON CONFLICT DO NOTHING"
_LOCK: Final = f"{HEAD} FOR UPDATE"
_MOVE: Final = "UPDATE heads SET position = $2, hash = $3 WHERE jurisdiction = $1"
_OTHERS: Final = "SELECT table_name, NULL FROM view_versions WHERE NOT table_name = ANY($2::text[])"
_STANDING: Final = f"{ASIDE} UNION ALL {_OTHERS}"
_SET_ASIDE: Final = """
INSERT INTO degraded SELECT $1, * FROM unnest($2::text[], $3::bigint[]) ON CONFLICT DO NOTHING
"""
_REBUILT: Final = "DELETE FROM degraded WHERE jurisdiction = $1 AND table_name = $2"
_ADD_STEP: Final = "INSERT INTO steps (jurisdiction, after, upto, size, changes) VALUES ($1, $2, $3, $4, $5)"
_STEPS: Final = """
SELECT after, upto, changes FROM steps WHERE jurisdiction = $1 AND upto > $2 ORDER BY upto LIMIT $3
"""
OLDEST: Final = "SELECT after FROM steps WHERE jurisdiction = $1 ORDER BY upto LIMIT 1"
_PRUNE: Final = """
DELETE FROM steps WHERE jurisdiction = $1 AND upto <= (
    SELECT max(upto) FROM (
        SELECT upto, row_number() OVER newest AS n, sum(size) OVER newest AS bytes
        FROM steps WHERE jurisdiction = $1 WINDOW newest AS (ORDER BY upto DESC)
    ) AS counted WHERE n > $2 OR (n > 1 AND bytes > $3)
)
"""

Packed = tuple[int, int, bytes]


async def head(db: asyncpg.Connection, jurisdiction: str) -> Head:
    """Return the head of its live views."""
    return head_of(await db.fetch(HEAD, jurisdiction))


def head_of(rows: Sequence[Any]) -> Head:
    """Convert the result of HEAD."""
    return Head(rows[0][0], rows[0][1]) if rows and rows[0][0] else Head()


async def locked(db: asyncpg.Connection, jurisdiction: str) -> Head:
    """Return the head, locked until this transaction ends."""
    return head_of(await db.fetch(_LOCK, jurisdiction))


async def expected(db: asyncpg.Connection, batch: Batch, ours: Mapping[str, str]) -> bool:
    """Whether head and views set aside are still as when the batch was folded; locks the jurisdiction.

    Tables not in `ours` (table -> view) belong to other program versions and are set aside, as they stay
    behind.
    """
    where = batch.jurisdiction
    if not batch.expected.position:
        await db.execute(_FIRST, where, Head().hash)
    if await locked(db, where) != batch.expected:
        return False
    rows = await db.fetch(_STANDING, where, list(ours))
    aside = {table for table, since in rows if since is not None}
    if {ours[table] for table in aside if table in ours} != batch.aside:
        return False
    await set_aside(db, where, {table: 0 for table, _ in rows if table not in ours and table not in aside})
    return True


async def set_aside(db: asyncpg.Connection, jurisdiction: str, tables: dict[str, int]) -> None:
    """Set aside tables that no longer advance, each with the position since which."""
    if tables:
        await db.execute(_SET_ASIDE, jurisdiction, list(tables), list(tables.values()))


async def move(db: asyncpg.Connection, batch: Batch, step: bytes) -> None:
    """Store the packed step and move the head."""
    where = batch.jurisdiction
    await add_step(db, where, batch.expected.position, batch.head.position, step)
    await db.execute(_MOVE, where, batch.head.position, batch.head.hash)


async def add_step(db: asyncpg.Connection, jurisdiction: str, after: int, upto: int, packed: bytes) -> None:
    """Add a step to the outbox."""
    await db.execute(_ADD_STEP, jurisdiction, after, upto, len(packed), packed)


async def rebuilt(db: asyncpg.Connection, jurisdiction: str, table: str, at: Head) -> None:
    """Mark a table as complete again and delete earlier steps."""
    await db.execute(_REBUILT, jurisdiction, table)
    await db.execute("DELETE FROM steps WHERE jurisdiction = $1", jurisdiction)
    await add_step(db, jurisdiction, at.position, at.position, pack(()))


async def steps(db: asyncpg.Connection, jurisdiction: str, after: int, limit: int) -> list[Packed] | None:
    """Return (after, upto, packed) beyond a position; None if the outbox does not reach back that far."""
    if after >= (await head(db, jurisdiction)).position:
        return []
    oldest = await db.fetchval(OLDEST, jurisdiction)
    if oldest is None or oldest > after:
        return None
    return [(a, u, packed) for a, u, packed in await db.fetch(_STEPS, jurisdiction, after, limit)]


async def prune(db: asyncpg.Connection, jurisdiction: str) -> None:
    """Delete old steps."""
    await db.execute(_PRUNE, jurisdiction, KEEP, KEEP_BYTES)
