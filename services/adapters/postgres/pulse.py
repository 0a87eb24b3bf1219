"""Whether the server answers, so that reads do not wait for one that hangs."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Final, TypeVar

import asyncpg

from services.base.unavailable import DatabaseUnavailable

log_of = logging.getLogger("muster.postgres")
T = TypeVar("T")
BEAT_SECONDS: Final = 0.5
"""Interval between questions."""
PATIENCE_SECONDS: Final = 1.0
"""How long an answer may take, unless others arrive meanwhile."""
ANSWER_SECONDS: Final = 10
"""After this long a connection is given up."""
_LOST: Final = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Pulse:
    """Asks the server whether it is there, on a connection of its own.

    Once it is silent, uses that wait for it are cut off and new ones fail at once, until it answers again.
    """

    def __init__(self, dsn: str, settings: dict[str, str]) -> None:
        """Start asking, on the running loop."""
        self.silence: str | None = None
        """Since when the server is silent, in words."""
        self._dsn, self._settings = dsn, settings
        self._uses: set[asyncio.Timeout] = set()
        self._heard_at = 0.0
        """Loop time of the last sign of life."""
        self._beating = asyncio.create_task(self._run(), name="pulse of PostgreSQL")

    async def close(self) -> None:
        """Stop asking."""
        self._beating.cancel()
        with suppress(asyncio.CancelledError):
            await self._beating

    @asynccontextmanager
    async def use(self, seconds: float | None) -> AsyncIterator[asyncio.Timeout]:
        """Limit a use of the server to `seconds`, or to its falling silent.

        Raises TimeoutError, or at once DatabaseUnavailable.
        """
        if self.silence:
            raise DatabaseUnavailable(self.silence)
        async with asyncio.timeout(seconds) as limit:
            self._uses.add(limit)
            try:
                yield limit
            finally:
                self._uses.discard(limit)
        self._heard_at = asyncio.get_running_loop().time()

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, *_LOST) as error:
                log_of.debug("the check of the database starts over: %s", error)
            except Exception:
                log_of.exception("the check of the database failed; starting over")
            await asyncio.sleep(BEAT_SECONDS)

    async def _listen(self) -> None:
        """Connect, and ask until the connection is lost."""
        connecting = asyncpg.connect(self._dsn, timeout=ANSWER_SECONDS, server_settings=self._settings)
        try:
            db = await self._answered(connecting)
        except (OSError, asyncpg.CannotConnectNowError) as error:
            self._falls_silent(str(error) or type(error).__name__)
            raise
        except asyncpg.PostgresConnectionError:
            raise
        except asyncpg.PostgresError:  # it refuses, for its limits or otherwise: it is there
            self._hears()
            raise
        try:
            while True:
                await self._answered(db.execute("SELECT 1", timeout=ANSWER_SECONDS))
                await asyncio.sleep(BEAT_SECONDS)
        finally:
            db.terminate()

    async def _answered(self, asked: Awaitable[T]) -> T:
        """Wait for an answer. Log it while none arrives, here or elsewhere, and keep waiting."""
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(asked)
        try:
            while not task.done():
                begun = loop.time()
                await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
                if not task.done() and self._heard_at < begun:
                    self._falls_silent("it does not answer")
            answer = await task
        finally:
            task.cancel()
        self._hears()
        return answer

    def _hears(self) -> None:
        self.silence, self._heard_at = None, asyncio.get_running_loop().time()

    def _falls_silent(self, why: str) -> None:
        if self.silence is None:
            since = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds")
            self.silence = f"PostgreSQL is silent since {since}: {why}"
        for limit in self._uses:
            if not limit.expired():  # one that is cut off may take a while to end
                limit.reschedule(asyncio.get_running_loop().time())
