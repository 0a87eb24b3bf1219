"""One connection pool per process, with timeouts on everything and a single kind of error."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Final, NamedTuple, Self, TypeVar

import asyncpg
from asyncpg.transaction import Transaction

from services.adapters.postgres.pulse import Pulse
from services.base.unavailable import DatabaseUnavailable

T = TypeVar("T")
SIZE: Final = 16
CONNECT_SECONDS: Final = 5
COMMAND_SECONDS: Final = 30.0
CLOSE_SECONDS: Final = 5.0
SETTINGS: Final = {
    "application_name": "muster",
    "synchronous_commit": "on",  # acknowledged writes survive a crash, whatever the server's default
    "idle_in_transaction_session_timeout": "10s",  # a hung process must not hold locks
    "jit": "off",
}
WRITER: Final = {
    **SETTINGS,
    "plan_cache_mode": "force_generic_plan",  # few statements, again and again: each is planned once
    "enable_seqscan": "off",  # rows are found by their keys, even in a table planned for while it was empty
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
"""Of a process that does little but write views."""
BAD_VALUE: Final = (asyncpg.DataError, ValueError)
"""A given value cannot be stored or encoded; not a server fault."""
TROUBLE: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""Errors raised when the server is down, slow, full or of another version."""
_ENDED: Final = (
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.PostgresConnectionError,
    ConnectionError,
)
"""The server ended the session."""


class _OneLine(logging.Filter):
    """Drop the driver's traceback for each failed reconnection; the error message is enough."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        if record.exc_info and record.exc_info[1]:
            record.msg, record.args = f"{record.getMessage()}: {error_text(record.exc_info[1])}", ()
            record.exc_info = record.exc_text = None
        return True


logging.getLogger("asyncpg.pool").addFilter(_OneLine())


class BadValue(DatabaseUnavailable):
    """A value cannot be stored or encoded; retrying does not help."""


class ConnectionLost(DatabaseUnavailable):
    """The server ended the session in use, as after a restart; another one may work at once."""


class _Connection(asyncpg.Connection):
    """Session state is never changed, so nothing needs resetting after use."""

    def get_reset_query(self) -> str:
        return ""


class _Connections:
    """The connections, whether the server answers, and the number of handles using them."""

    def __init__(self, pool: asyncpg.Pool, dsn: str) -> None:
        self.pool, self.dsn, self.handles = pool, dsn, 0
        self.loop, self.pulse = asyncio.get_running_loop(), Pulse(dsn, SETTINGS)

    async def release(self) -> None:
        """Drop one handle; after the last one the connections close."""
        self.handles -= 1
        if self.handles:
            return
        await self.pulse.close()
        try:
            await asyncio.wait_for(self.pool.close(), CLOSE_SECONDS)  # also in a task that was cancelled
        except TimeoutError:
            self.pool.terminate()


class _Begun(NamedTuple):
    """A transaction, and what ends the use of its connection."""

    use: AsyncExitStack
    db: asyncpg.Connection
    transaction: Transaction


class Pool:
    """A store's handle on the process's connections, which close with the last handle.

    A connection belongs to one task while in use. If the server has ended its session, what only reads, and
    what has not begun, takes another one by itself; what may have written raises ConnectionLost. All methods
    except `close` raise DatabaseUnavailable, or BadValue if a value is at fault.
    """

    def __init__(self, connections: _Connections, seconds: float | None = None) -> None:
        connections.handles += 1
        self._connections, self._seconds, self.closed = connections, seconds, False

    @classmethod
    async def open(
        cls, dsn: str, seconds: float | None = None, settings: Mapping[str, str] = SETTINGS
    ) -> Self:
        """Connect. If given, `seconds` limits each use of a connection through this handle."""
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=SIZE,
                timeout=CONNECT_SECONDS,
                command_timeout=COMMAND_SECONDS,
                max_inactive_connection_lifetime=60,
                statement_cache_size=300,
                server_settings=dict(settings),
                connection_class=_Connection,
            )
        except TROUBLE as error:
            raise DatabaseUnavailable(f"PostgreSQL cannot be reached: {error_text(error)}") from error
        return cls(_Connections(pool, dsn), seconds)

    @property
    def silence(self) -> str | None:
        """Since when the server is silent, in words; None while it answers."""
        return self._connections.pulse.silence

    @property
    def shareable(self) -> bool:
        """Whether any handle is still open, on the calling loop."""
        return self._connections.handles > 0 and self._connections.loop is asyncio.get_running_loop()

    def share(self, seconds: float | None = None) -> "Pool":
        """Return another handle on the same connections; requires `shareable`."""
        return Pool(self._connections, seconds)

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """Run one statement and return its rows. One that writes begins on a session known to be there."""
        if sql.lstrip().startswith("SELECT"):
            return await _while_lost(lambda: self._fetched(sql, values))
        use, db = await _while_lost(self._answering)
        async with use:
            return await db.fetch(sql, *values)

    async def put(self, sql: str, *values: Any) -> None:
        """Run one statement that writes the same however often it runs; again if its session ended."""
        await _while_lost(lambda: self._fetched(sql, values))

    async def _fetched(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        async with self.connection() as db:
            return await db.fetch(sql, *values)

    async def _answering(self) -> tuple[AsyncExitStack, asyncpg.Connection]:
        async with AsyncExitStack() as use:
            db = await use.enter_async_context(self.connection())
            await db.execute("SELECT 1")
            return use.pop_all(), db

    async def value(self, sql: str, *values: Any) -> Any:
        """Run one statement and return the first column of its first row; None if there is no row."""
        rows = await self.fetch(sql, *values)
        return rows[0][0] if rows else None

    async def read(self, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Return what `work` reads in a read-only transaction, on one snapshot. It may run more than once."""

        async def read() -> T:
            async with self._transaction(isolation="repeatable_read", readonly=True) as db:
                return await work(db)

        return await _while_lost(read)

    @asynccontextmanager
    async def writing(self, *, undo: bool = False) -> AsyncIterator[asyncpg.Connection]:
        """Open a transaction; with `undo` it is always rolled back."""
        async with self._transaction(isolation="read_committed", undo=undo) as db:
            yield db

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Acquire a connection in autocommit mode."""
        if self.closed:
            raise DatabaseUnavailable("the connection to PostgreSQL is closed")
        if self._connections.loop is not asyncio.get_running_loop():
            raise RuntimeError("pool used on another event loop: asyncpg would crash the process")
        pool, pulse = self._connections.pool, self._connections.pulse
        gone = False
        try:
            async with pulse.use(self._seconds) as limit:
                db = await pool.acquire(timeout=CONNECT_SECONDS)
                try:
                    yield db  # type: ignore[misc]
                except BAD_VALUE:
                    await db.execute("ROLLBACK")  # the server still waits for the unencodable value
                    raise
                except _ENDED:
                    _drop(db)  # it may not know yet
                    raise
                finally:
                    gone = _ended(db)
                    if limit.expired():  # otherwise its release would wait for the server
                        _drop(db)
                    with suppress(*TROUBLE):  # one that cannot be reset is dropped; its work is done
                        await pool.release(db)
        except (*BAD_VALUE, asyncpg.IntegrityConstraintViolationError) as error:
            raise BadValue(error_text(error)) from error
        except TROUBLE as error:
            kind = ConnectionLost if gone and not pulse.silence else DatabaseUnavailable
            raise kind(pulse.silence or f"PostgreSQL: {error_text(error)}") from error

    async def dedicated(self, seconds: float) -> asyncpg.Connection:
        """Open a connection outside the pool, with this command timeout. The caller closes it."""
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
        """Wait for work in progress, up to a time limit, then close."""
        if not self.closed:
            self.closed = True
            await self._connections.release()

    @asynccontextmanager
    async def _transaction(
        self, *, isolation: Any, readonly: bool = False, undo: bool = False
    ) -> AsyncIterator[asyncpg.Connection]:
        use, db, transaction = await _while_lost(lambda: self._begun(isolation, readonly))
        async with use:
            try:
                yield db
            except BaseException:
                if self.silence:
                    _drop(db)  # otherwise the rollback would wait for the server
                else:
                    with suppress(*TROUBLE):  # a lost connection is rolled back by the server
                        await transaction.rollback()
                raise
            await (transaction.rollback() if undo else transaction.commit())

    async def _begun(self, isolation: Any, readonly: bool) -> _Begun:
        async with AsyncExitStack() as use:
            db = await use.enter_async_context(self.connection())
            transaction = db.transaction(isolation=isolation, readonly=readonly)
            await transaction.start()
            return _Begun(use.pop_all(), db, transaction)


async def _while_lost(work: Callable[[], Awaitable[T]]) -> T:
    """Return the result of `work`, beginning again while the server has ended the session that it used.

    All sessions of the pool may have ended, and each is found to be so by being used.
    """
    for _ in range(SIZE):
        with suppress(ConnectionLost):
            return await work()
    return await work()


def _ended(db: Any) -> bool:
    """Whether a connection is closed. The pool takes one back as soon as it is."""
    try:
        return db.is_closed()
    except asyncpg.InterfaceError:
        return True


def _drop(db: Any) -> None:
    with suppress(asyncpg.InterfaceError):
        db.terminate()


def error_text(error: BaseException) -> str:
    """Return an error's message, or its type if it has none."""
    return str(error) or type(error).__name__
