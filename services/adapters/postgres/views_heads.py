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
STANDING: Final = """
SELECT jurisdiction, position, hash,
    ARRAY(SELECT table_name FROM degraded WHERE degraded.jurisdiction = heads.jurisdiction)
FROM heads WHERE jurisdiction = ANY($1::text[])
"""
_FIRST: Final = "INSERT INTO heads SELECT code, 0, $2 FROM unnest($1::text[]) AS code ON CONFLICT DO NOTHING"
_LOCK: Final = f"{HEAD} FOR UPDATE"
_LOCK_ALL: Final = f"{HEADS} ORDER BY jurisdiction FOR UPDATE"
_MOVE: Final = """
UPDATE heads SET position = new.position, hash = new.hash
FROM unnest($1::text[], $2::bigint[], $3::text[]) AS new(jurisdiction, position, hash)
WHERE heads.jurisdiction = new.jurisdiction
"""
_OTHERS: Final = (
    "SELECT NULL, table_name FROM view_versions WHERE NOT table_name = ANY(string_to_array($2, ' '))"
)
_RENEWED: Final = """
SELECT jurisdiction, '' FROM steps JOIN heads USING (jurisdiction)
WHERE jurisdiction = ANY($1::text[]) AND upto = position AND after = upto
"""
"""Jurisdictions of which a view was rebuilt at their head: the step of a rebuild leads nowhere."""
_STANDING: Final = f"{ASIDES} UNION ALL {_OTHERS} UNION ALL {_RENEWED}"
_SET_ASIDE: Final = """
INSERT INTO degraded SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING
"""
_REBUILT: Final = "DELETE FROM degraded WHERE jurisdiction = $1 AND table_name = $2"
_ADD_STEPS: Final = """
INSERT INTO steps (jurisdiction, after, upto, size, changes)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::int[], $5::bytea[])
"""
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


async def expected(
    db: asyncpg.Connection, batches: Sequence[Batch], ours: Mapping[str, str], renewed: dict[str, Head]
) -> list[bool]:
    """Whether head and views set aside are still as when each batch was folded; locks the jurisdictions, in
    one order for all writers, so that no two wait for each other.

    Tables not in `ours` (table -> view) belong to other program versions and are set aside, as they stay
    behind. Nor is it as before once another process has rebuilt a view at that head, which `renewed` notes:
    the batch may be folded on the old rows.
    """
    codes = sorted(batch.jurisdiction for batch in batches)
    new = [batch.jurisdiction for batch in batches if not batch.expected.position]
    if new:
        await db.execute(_FIRST, sorted(new), Head().hash)
    at = {code: head_of([(position, hash_)]) for code, position, hash_ in await db.fetch(_LOCK_ALL, codes)}
    aside: dict[str, set[str]] = {code: set() for code in codes}
    foreign, moved = list[str](), set[str]()
    for code, table in await db.fetch(_STANDING, codes, " ".join(ours)):
        if code is None:
            foreign.append(table)
        elif not table:
            moved.update({code} if renewed.get(code) != at[code] else ())
            renewed[code] = at[code]
        else:
            aside[code].add(table)
    fine = [
        at.get(batch.jurisdiction, Head()) == batch.expected
        and batch.jurisdiction not in moved
        and {ours[table] for table in aside[batch.jurisdiction] if table in ours} == batch.aside
        for batch in batches
    ]
    going = [batch.jurisdiction for batch, so in zip(batches, fine, strict=True) if so]
    await set_aside(db, [(code, one, 0) for code in going for one in foreign if one not in aside[code]])
    return fine


async def set_aside(db: asyncpg.Connection, tables: Sequence[tuple[str, str, int]]) -> None:
    """Set aside (jurisdiction, table, since) that no longer advance from that position."""
    if tables:
        await db.execute(_SET_ASIDE, *map(list, zip(*tables, strict=True)))


async def move(db: asyncpg.Connection, batches: Sequence[Batch], packed: Sequence[bytes]) -> None:
    """Store each batch's packed step and move the heads."""
    steps = zip(batches, packed, strict=True)
    await add_steps(db, [(b.jurisdiction, b.expected.position, b.head.position, step) for b, step in steps])
    codes = [batch.jurisdiction for batch in batches]
    ends = [batch.head.position for batch in batches]
    await db.execute(_MOVE, codes, ends, [batch.head.hash for batch in batches])


async def add_steps(db: asyncpg.Connection, steps: Sequence[tuple[str, int, int, bytes]]) -> None:
    """Add steps (jurisdiction, after, upto, packed) to the outbox."""
    codes, after, upto, packed = map(list, zip(*steps, strict=True))
    await db.execute(_ADD_STEPS, codes, after, upto, list(map(len, packed)), packed)


async def rebuilt(db: asyncpg.Connection, jurisdiction: str, table: str, at: Head) -> None:
    """Mark a table as complete again and delete earlier steps."""
    await db.execute(_REBUILT, jurisdiction, table)
    await db.execute("DELETE FROM steps WHERE jurisdiction = $1", jurisdiction)
    await add_steps(db, [(jurisdiction, at.position, at.position, pack(()))])


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
