"""One pool of connections per process: timeouts on everything, one kind of error."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg

from services.base.unavailable import DatabaseUnavailable

SIZE: Final = 16
CONNECT_SECONDS: Final = 5
COMMAND_SECONDS: Final = 30.0
CLOSE_SECONDS: Final = 5.0
SETTINGS: Final = {
    "application_name": "muster",
    "synchronous_commit": "on",  # what is reported as kept survives a crash, whatever the server's default is
    "idle_in_transaction_session_timeout": "10s",  # a process that hangs holds no lock for ever
    "jit": "off",
}
BAD_VALUE: Final = (asyncpg.DataError, ValueError)
"""What was given cannot be held or encoded: the server is not at fault."""
TROUBLE: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""What a call can end with where the server is down, slow, full or of another version."""


class BadValue(DatabaseUnavailable):
    """A value was refused that cannot be held or encoded; trying again does not help."""


class _Connection(asyncpg.Connection):
    """Nobody changes a session's state, so that nothing is to be reset after each use."""

    def get_reset_query(self) -> str:
        return ""


class _Connections:
    """The connections, and how many handles use them."""

    def __init__(self, pool: asyncpg.Pool, dsn: str) -> None:
        self.pool, self.dsn, self.handles = pool, dsn, 0
        self.loop = asyncio.get_running_loop()

    async def release(self) -> None:
        """One handle less; after the last one the connections close."""
        self.handles -= 1
        if self.handles:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()


class Pool:
    """A store's handle on the connections of its process; the last handle that closes ends them.

    Each connection is one task's as long as that has it. All but `close` raises DatabaseUnavailable, and
    BadValue where a value is at fault.
    """

    def __init__(self, connections: _Connections, seconds: float | None = None) -> None:
        connections.handles += 1
        self._connections, self._seconds, self.closed = connections, seconds, False

    @classmethod
    async def open(cls, dsn: str, seconds: float | None = None) -> "Pool":
        """Connects; with `seconds`, each use of a connection through this handle ends after so long."""
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
            raise DatabaseUnavailable(f"PostgreSQL cannot be reached: {error_text(error)}") from error
        return cls(_Connections(pool, dsn), seconds)

    @property
    def shareable(self) -> bool:
        """Whether some handle is open still, on the loop that asks."""
        return self._connections.handles > 0 and self._connections.loop is asyncio.get_running_loop()

    def share(self, seconds: float | None = None) -> "Pool":
        """Another handle on the same connections, `shareable` as they are."""
        return Pool(self._connections, seconds)

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """The rows of one statement."""
        async with self.connection() as db:
            return await db.fetch(sql, *values)

    async def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row of one statement; None = no row."""
        rows = await self.fetch(sql, *values)
        return rows[0][0] if rows else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[asyncpg.Connection]:
        """One instant of the database."""
        async with self._transaction(isolation="repeatable_read", readonly=True) as db:
            yield db

    @asynccontextmanager
    async def writing(self, *, undo: bool = False) -> AsyncIterator[asyncpg.Connection]:
        """All or nothing; nothing at all where `undo`."""
        async with self._transaction(isolation="read_committed", undo=undo) as db:
            yield db

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Each statement is a transaction of its own."""
        if self.closed:
            raise DatabaseUnavailable("the connection to PostgreSQL is closed")
        if self._connections.loop is not asyncio.get_running_loop():
            raise RuntimeError("a pool of another event loop: asyncpg would crash the process")
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._connections.pool.acquire(timeout=CONNECT_SECONDS) as db,
            ):
                try:
                    yield db  # type: ignore[misc]
                except BAD_VALUE:
                    await db.execute("ROLLBACK")  # the server waits for the rest of what could not be encoded
                    raise
        except (*BAD_VALUE, asyncpg.IntegrityConstraintViolationError) as error:
            raise BadValue(error_text(error)) from error
        except TROUBLE as error:
            raise DatabaseUnavailable(f"PostgreSQL: {error_text(error)}") from error

    async def dedicated(self, seconds: float) -> asyncpg.Connection:
        """A connection outside of the pool, for notices; its commands end after so many seconds. The caller
        closes it."""
        try:
            return await asyncpg.connect(
                self._connections.dsn,
                timeout=CONNECT_SECONDS,
                command_timeout=seconds,
                server_settings=SETTINGS,
            )
        except TROUBLE as error:
            raise DatabaseUnavailable(f"PostgreSQL cannot be reached: {error_text(error)}") from error

    async def close(self) -> None:
        """Waits for what is under way, but not for ever."""
        if not self.closed:
            self.closed = True
            await self._connections.release()

    @asynccontextmanager
    async def _transaction(
        self, *, isolation: Any, readonly: bool = False, undo: bool = False
    ) -> AsyncIterator[asyncpg.Connection]:
        async with self.connection() as db:
            begun = db.transaction(isolation=isolation, readonly=readonly)
            await begun.start()
            try:
                yield db
            except BaseException:
                with suppress(*TROUBLE):  # a connection that was lost has rolled back by itself
                    await begun.rollback()
                raise
            await (begun.rollback() if undo else begun.commit())


def error_text(error: BaseException) -> str:
    """What an error says, or at least what it is."""
    return str(error) or type(error).__name__
