"""Whether PostgreSQL answers: uses of a silent server are cut off, until it is heard again."""

import asyncio
from typing import Any

import asyncpg
import pytest

from services.adapters.postgres import pulse as module
from services.adapters.postgres.pulse import Pulse


class Server:
    """A server that refuses connections until it is up."""

    def __init__(self) -> None:
        self.up, self.refused = False, 0

    async def connect(self, *_: Any, **__: Any) -> "Server":
        if self.up:
            return self
        self.refused += 1
        raise ConnectionRefusedError("it is down")

    async def execute(self, sql: str, *, timeout: float) -> None: ...

    def terminate(self) -> None: ...


async def end_slowly(pulse: Pulse, server: Server) -> None:
    """Use the server until cut off, and then as long as a rollback that waits for it."""
    async with pulse.use(None):
        try:
            await asyncio.Event().wait()
        finally:
            while server.refused < 3:
                await asyncio.sleep(0.001)


async def test_a_use_that_ends_slowly_does_not_stop_the_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.001)
    monkeypatch.setattr(asyncpg, "connect", server.connect)
    pulse = Pulse("", {})
    async with asyncio.timeout(10):
        with pytest.raises(TimeoutError):
            await end_slowly(pulse, server)
        assert pulse.silence
        server.up = True
        while pulse.silence:
            await asyncio.sleep(0.001)
        async with pulse.use(None):
            pass
    await pulse.close()
