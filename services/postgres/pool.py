"""A pool of connections for code on an event loop: timeouts on everything, one kind of error."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg

from services.postgres.blocking import TROUBLE
from services.views.port import BadQuery, ViewsUnavailable

SIZE: Final = 8
CONNECT_SECONDS: Final = 5.0
COMMAND_SECONDS: Final = 30.0
CLOSE_SECONDS: Final = 5.0
SETTINGS: Final = {
    "application_name": "muster-views",
    "synchronous_commit": "on",  # the last commit of a night has no later one that would bring it back
    "idle_in_transaction_session_timeout": "10s",  # a process that hangs holds no lock for ever
    "jit": "off",
}
BAD_VALUE: Final = (asyncpg.DataError, ValueError)
"""What was given cannot be held or encoded: the server is not at fault."""


class _Connection(asyncpg.Connection):
    """Nobody changes a session's state, so that nothing is to be reset after each use."""

    def get_reset_query(self) -> str:
        return ""


class Pool:
    """Opened by `open`. Each connection is one task's as long as that has it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool, self._closed = pool, False

    @classmethod
    async def open(cls, dsn: str) -> "Pool":
        """Connects. Raises ViewsUnavailable."""
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=SIZE,
                timeout=CONNECT_SECONDS,
                command_timeout=COMMAND_SECONDS,
                max_inactive_connection_lifetime=60,
                statement_cache_size=300,
                server_settings=SETTINGS,
                connection_class=_Connection,
            )
        except TROUBLE as error:
            raise ViewsUnavailable(f"PostgreSQL cannot be reached: {_said(error)}") from error
        return cls(pool)

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """One statement. Raises BadQuery, ViewsUnavailable."""
        try:
            async with self._connection() as db:
                try:
                    return await db.fetch(sql, *values)
                except BAD_VALUE:
                    await db.execute("ROLLBACK")  # the server waits for the rest of what could not be encoded
                    raise
        except BAD_VALUE as error:
            raise BadQuery(f"this cannot be asked of the views: {error}") from error
        except TROUBLE as error:
            raise ViewsUnavailable(f"PostgreSQL: {_said(error)}") from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[asyncpg.Connection]:
        """One instant of the database. Raises BadQuery, ViewsUnavailable."""
        try:
            async with self._transaction(isolation="repeatable_read", readonly=True) as db:
                yield db
        except BAD_VALUE as error:
            raise BadQuery(f"this cannot be asked of the views: {error}") from error

    @asynccontextmanager
    async def writing(self, *, undo: bool = False) -> AsyncIterator[asyncpg.Connection]:
        """All or nothing; nothing at all where `undo`. Raises ViewsUnavailable; what a row raises
        that cannot be held passes as it is."""
        async with self._transaction(isolation="read_committed", undo=undo) as db:
            yield db

    async def close(self) -> None:
        """Waits for what is under way, but not for ever."""
        if self._closed:
            return
        self._closed = True
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def _transaction(
        self, *, isolation: Any, readonly: bool = False, undo: bool = False
    ) -> AsyncIterator[asyncpg.Connection]:
        try:
            async with self._connection() as db:
                begun = db.transaction(isolation=isolation, readonly=readonly)
                await begun.start()
                try:
                    yield db
                except BaseException:
                    with suppress(*TROUBLE):  # a connection that was lost has rolled back by itself
                        await begun.rollback()
                    raise
                await (begun.rollback() if undo else begun.commit())
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError):
            raise
        except TROUBLE as error:
            raise ViewsUnavailable(f"PostgreSQL: {_said(error)}") from error

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        if self._closed:
            raise ViewsUnavailable("the view store is closed")
        async with self._pool.acquire(timeout=CONNECT_SECONDS) as db:
            yield db  # type: ignore[misc]


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
