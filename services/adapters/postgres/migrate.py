"""Apply numbered SQL files, each once, in order, in its own transaction."""

import hashlib
from pathlib import Path
from typing import Final

import asyncpg
import msgspec

from services.base.unavailable import DatabaseUnavailable

FOLDER: Final = Path(__file__).with_name("sql")
_LOCK: Final = 0x4D757374
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class Migration(msgspec.Struct, frozen=True):
    """One file, `NNN_name.sql`."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


class Changed(DatabaseUnavailable):
    """An applied migration has been edited."""


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """Return the migrations in order. Raises ValueError for duplicate numbers."""
    found = [
        Migration(int(path.name[:3]), path.stem, path.read_text()) for path in sorted(folder.glob("*.sql"))
    ]
    numbers = [one.number for one in found]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"duplicate migration numbers: {numbers}")
    return found


async def migrate(dsn: str, folder: Path = FOLDER) -> list[str]:
    """Apply pending migrations and return their names. Raises DatabaseUnavailable."""
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (asyncpg.PostgresError, OSError, TimeoutError) as error:
        raise DatabaseUnavailable(f"PostgreSQL cannot be reached: {error}") from error
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(_TABLE)
        return [one.name for one in migrations(folder) if await _apply(connection, one)]
    except (asyncpg.PostgresError, OSError) as error:
        raise DatabaseUnavailable(f"the tables could not be created: {error}") from error
    finally:
        await connection.close(timeout=5)


async def _apply(connection: asyncpg.Connection, one: Migration) -> bool:
    known = await connection.fetchval("SELECT checksum FROM migrations WHERE number = $1", one.number)
    if known == one.checksum:
        return False
    if known is not None:
        raise Changed(f"migration {one.name} was edited after it was applied; migrations must not change")
    async with connection.transaction():
        await connection.execute(one.sql)
        await connection.execute(
            "INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)",
            one.number,
            one.name,
            one.checksum,
        )
    return True
