"""Notices from other processes through PostgreSQL, and the proof that they arrive."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any, Final

import asyncpg

from services.postgres.blocking import CONNECT_SECONDS, DURABLE, TROUBLE, Blocking

PING_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 2
_PING: Final = "ping:"

log_of = logging.getLogger("muster.postgres")


class Listener:
    """Calls `notice(payload)` for each notice on a channel, and `lost()` when some may have been missed.

    Once a second it sends itself a notice: notices come in the order in which they were committed, so when
    one returns, all from before it have arrived.
    """

    def __init__(
        self,
        blocking: Blocking,
        dsn: str,
        channel: str,
        notice: Callable[[str], None],
        lost: Callable[[], None],
    ) -> None:
        self._blocking, self._dsn, self._channel = blocking, dsn, channel
        self._notice, self._lost = notice, lost
        self._own = _PING + secrets.token_hex(8)
        self._answered = asyncio.Event()
        self._heard = (0.0, 0.0)
        blocking.start(self._run())

    @property
    def heard(self) -> tuple[float, float]:
        """(since, until): every notice committed between these monotonic instants has arrived."""
        return self._heard

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except TROUBLE as error:
                log_of.warning("notices on %s may be missed: %s", self._channel, str(error) or type(error))
            self._heard = (0.0, 0.0)
            self._lost()
            await asyncio.sleep(PING_SECONDS)

    async def _listen(self) -> None:
        """Until a ping is not answered."""
        connection = await asyncpg.connect(
            self._dsn, timeout=CONNECT_SECONDS, command_timeout=ANSWER_SECONDS, server_settings=DURABLE
        )
        try:
            await connection.add_listener(self._channel, self._received)
            since = time.monotonic()
            while True:
                await self._ping(since)
                await asyncio.sleep(PING_SECONDS)
        finally:
            connection.terminate()

    async def _ping(self, since: float) -> None:
        self._answered.clear()
        sent = time.monotonic()
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._blocking.on_connection(
                lambda c: c.execute("SELECT pg_notify($1, $2)", self._channel, self._own)
            )
            await self._answered.wait()
        self._heard = (since, sent)

    def _received(self, connection: Any, pid: int, channel: str, payload: object) -> None:
        text = str(payload)
        if text == self._own:
            self._answered.set()
        elif not text.startswith(_PING):
            self._notice(text)
