"""PostgreSQL for code that blocks: one thread with an event loop and a small pool of connections."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, Final, TypeAlias, TypeVar

import asyncpg

CONNECT_SECONDS: Final = 5
COMMAND_SECONDS: Final = 10.0
SIZE: Final = 4
DURABLE: Final = {"synchronous_commit": "on", "application_name": "muster"}
"""What is told as kept survives a crash of the server, whatever the database's default is."""

T = TypeVar("T")
Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy
log_of = logging.getLogger("muster.postgres")


class DatabaseUnavailable(Exception):
    """PostgreSQL did not answer, or refused; whether something was changed is not known."""


class Taken(Exception):
    """A row with this key is there already."""


class Blocking:
    """May be called from any thread but its own, by several at once."""

    def __init__(self, dsn: str, *, size: int = SIZE, seconds: float = COMMAND_SECONDS) -> None:
        """Connects. Raises DatabaseUnavailable."""
        self._seconds = seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="muster-postgres", daemon=True)
        self._thread.start()
        self._pool: asyncpg.Pool | None = None
        try:
            self._pool = self._wait(self._open(dsn, size), CONNECT_SECONDS + 1)
        except BaseException:
            self._stop()
            raise

    def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do it on a connection. Raises DatabaseUnavailable, Taken."""
        return self._wait(self._on_connection(work), CONNECT_SECONDS + self._seconds + 1)

    def start(self, loop: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine beside, on the same thread, until `close`."""
        asyncio.run_coroutine_threadsafe(loop, self._loop).add_done_callback(_tell)

    async def on_connection(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """As `run`, for coroutines given to `start`."""
        async with asyncio.timeout(CONNECT_SECONDS + self._seconds):
            return await self._on_connection(work)

    def close(self) -> None:
        """Waits for nobody; calls under way end with DatabaseUnavailable."""
        if self._thread.is_alive():
            try:
                self._wait(self._shut(), CONNECT_SECONDS)
            finally:
                self._stop()

    async def _open(self, dsn: str, size: int) -> asyncpg.Pool:
        pool = await asyncpg.create_pool(
            dsn,
            min_size=0,  # at the first use again, rather than from a loop of the pool's own that warns
            max_size=size,
            timeout=CONNECT_SECONDS,
            command_timeout=self._seconds,
            server_settings=DURABLE,
        )
        async with pool.acquire(timeout=CONNECT_SECONDS):
            return pool

    async def _on_connection(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        if self._pool is None:
            raise DatabaseUnavailable("not connected to PostgreSQL")
        async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection:
            return await work(connection)

    async def _shut(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._pool is None:
            return
        try:
            async with asyncio.timeout(CONNECT_SECONDS / 2):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    def _wait(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("the thread of the database cannot wait for itself")
        if not self._thread.is_alive():
            work.close()
            raise DatabaseUnavailable("the connection to PostgreSQL is closed")
        waiting = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return waiting.result(seconds)
        except asyncpg.UniqueViolationError as error:
            raise Taken(str(error)) from error
        except TROUBLE as error:
            waiting.cancel()
            raise DatabaseUnavailable(f"PostgreSQL: {str(error) or type(error).__name__}") from error

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CONNECT_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()


def _tell(done: Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()):
        log_of.error("a loop beside the database died", exc_info=error)


TROUBLE: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
    CancelledError,
)
"""What a call can end with where the server is down, slow, full or of another version."""
