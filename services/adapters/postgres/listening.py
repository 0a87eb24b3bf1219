"""Notices from other processes through PostgreSQL, with proof that they arrive."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from services.adapters.postgres.pool import TROUBLE, Pool, error_text
from services.base.unavailable import DatabaseUnavailable

PING_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 2
_PING: Final = "ping:"

log_of = logging.getLogger("muster.postgres")


class Listener:
    """Calls `notice(payload)` for each notice on a channel, and `lost()` when some may have been missed.

    It sends itself a notice every second. Notices arrive in commit order, so once its own returns, all
    earlier ones have arrived.
    """

    def __init__(
        self, pool: Pool, channel: str, notice: Callable[[str], None], lost: Callable[[], None]
    ) -> None:
        """Start listening on the running loop."""
        self._pool, self._channel = pool, channel
        self._notice, self._lost = notice, lost
        self._own = _PING + secrets.token_hex(8)
        self._answered = asyncio.Event()
        self._notice_window = (0.0, 0.0)
        self._listening = asyncio.create_task(self._run(), name=f"listening on {channel}")

    @property
    def notice_window(self) -> tuple[float, float]:
        """(since, until): every notice committed between these monotonic instants has arrived."""
        return self._notice_window

    async def close(self) -> None:
        """Stop listening."""
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (DatabaseUnavailable, *TROUBLE) as error:
                log_of.warning("notices on %s may be missed: %s", self._channel, error_text(error))
            except Exception:
                log_of.exception("notices on %s may be missed", self._channel)
            self._notice_window = (0.0, 0.0)
            self._lost()
            await asyncio.sleep(PING_SECONDS)

    async def _listen(self) -> None:
        """Listen until a ping is not answered."""
        connection = await self._pool.dedicated(ANSWER_SECONDS)
        try:
            await connection.add_listener(self._channel, self._received)
            since = time.monotonic()
            while True:
                await self._ping(since)
                await asyncio.sleep(PING_SECONDS)
        finally:
            connection.terminate()

    async def _ping(self, since: float) -> None:
        """Ping over another connection, the way other processes' notices arrive."""
        self._answered.clear()
        sent = time.monotonic()
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._pool.fetch("SELECT pg_notify($1, $2)", self._channel, self._own)
            await self._answered.wait()
        self._notice_window = (since, sent)

    def _received(self, connection: Any, pid: int, channel: str, payload: object) -> None:
        text = str(payload)
        if text == self._own:
            self._answered.set()
        elif not text.startswith(_PING):
            self._notice(text)
