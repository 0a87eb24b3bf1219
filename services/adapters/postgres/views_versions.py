"""Version the view tables in PostgreSQL: create missing ones, drop unused ones."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import asyncpg

from services.adapters.postgres.views_table import PgTable

UNUSED: Final = timedelta(days=7)
_LOCK: Final = 0x4D757375
_KNOWN: Final = "SELECT table_name FROM view_versions"
_USED: Final = """
UPDATE view_versions SET used_at = now()
WHERE table_name = ANY($1::text[]) AND used_at < now() - interval '10 minutes'
"""
_DROPPABLE: Final = """
SELECT table_name FROM view_versions WHERE NOT table_name = ANY($1::text[]) AND used_at < now() - $2::interval
"""


async def make(db: asyncpg.Connection, tables: Iterable[PgTable]) -> None:
    """Create missing tables; several processes may do so at once."""
    await db.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
    known = {row[0] for row in await db.fetch(_KNOWN)}
    missing = [table for table in tables if table.name not in known]
    if missing:
        # Waits for current writers; later ones find the new tables and set them aside.
        await db.execute("LOCK TABLE heads IN SHARE ROW EXCLUSIVE MODE")
    for table in missing:
        await db.execute(table.ddl())
        await db.execute(
            "INSERT INTO view_versions VALUES ($1, $2, $3)", table.name, table.view.name, table.signature
        )
        await db.execute(
            "INSERT INTO degraded SELECT jurisdiction, $1, 0 FROM heads WHERE position > 0", table.name
        )
    if missing:
        await db.execute("DELETE FROM steps")  # they lack rows of the new tables, so streams start over


async def use(db: asyncpg.Connection, tables: Iterable[PgTable]) -> None:
    """Record that these tables are in use; called now and then."""
    await db.execute(_USED, [table.name for table in tables])


async def drop_unused(db: asyncpg.Connection, tables: Iterable[PgTable], unused: timedelta) -> list[str]:
    """Drop other versions' tables unused for this long; return their names."""
    await db.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
    found = await db.fetch(_DROPPABLE, [table.name for table in tables], unused)
    for (name,) in found:
        await db.execute(f'DROP TABLE IF EXISTS "{name}"')
        await db.execute("DELETE FROM view_versions WHERE table_name = $1", name)
        await db.execute("DELETE FROM degraded WHERE table_name = $1", name)
    return [row[0] for row in found]
