"""Requests sent ahead of answers, on a server whose answers a test gives."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping
from typing import Any

import pytest
import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.api.server.ahead import MOST_AHEAD, Ordered
from services.api.server.connections import MOST_HEAD, Connections, protocol

READ = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"
REFUSED = b"POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
KEPT = REFUSED.replace(b"/refused", b"/kept")
KEEP_ALIVE = 0.1


class _Direct:
    """Refuses some commands at once, and keeps others until they are to be answered."""

    def __init__(self) -> None:
        self.kept: list[Callable[[], None]] = []

    def find(self, url: bytes) -> Mapping[str, str] | None:
        return {"command": url.decode()} if url in (b"/refused", b"/kept") else None

    def answer(self, scope: MutableMapping[str, Any], body: bytes, respond: Callable[..., None]) -> bool:
        if scope["path_params"]["command"] == "/refused":
            respond(Response(status_code=409), [])
        else:
            self.kept.append(lambda: respond(Response(), []))
        return True


class Server:
    """A server that answers a GET once `go` has been released for it."""

    def __init__(self) -> None:
        self.go, self.direct = asyncio.Semaphore(0), _Direct()
        self.begun: list[str] = []
        self.turns = 0
        """Of the loop, for which an answer is delayed."""
        config = uvicorn.Config(
            self._app,
            port=0,
            http=protocol(Connections(idle_seconds=(KEEP_ALIVE, KEEP_ALIVE)), self.direct),
            lifespan="off",
            timeout_graceful_shutdown=1,
            interface="asgi3",
            log_config=None,
        )
        config.load()
        self.server = uvicorn.Server(config)
        self.server.lifespan = config.lifespan_class(config)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun.append(scope["path"])
        await self.go.acquire()
        for _ in range(self.turns):
            await asyncio.sleep(0)
        await Response(f"answer to {scope['path']}.")(scope, receive, send)

    @property
    def waiting(self) -> int:
        """How many requests of the only connection wait for an earlier answer."""
        (one,) = self.server.server_state.connections
        assert isinstance(one, Ordered)
        return len(one.pipeline)

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.server.servers[0].sockets[0].getsockname()[1])


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    made = Server()
    await made.server.startup()
    try:
        async with asyncio.timeout(10):
            yield made
    finally:
        made.go.release()
        await made.server.shutdown()


async def _until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not reached():
            await asyncio.sleep(0.01)


async def test_nothing_more_is_read_while_requests_wait() -> None:
    async with serving() as server:
        reader, writer = await server.open()
        writer.write(b"".join(READ % number for number in range(10)))
        await _until(lambda: bool(server.begun) and server.waiting == 9)
        writer.write(b"".join(READ % number for number in range(10, 20)))
        server.go.release()
        await _until(lambda: server.begun == ["/0", "/1"])
        await asyncio.sleep(0.05)
        assert server.waiting == 8
        for _ in range(19):
            server.go.release()
        await _until(lambda: len(server.begun) == 20)
        answers = [await reader.readuntil(b"answer to /%d." % number) for number in range(20)]
        assert all(b" 200 " in one for one in answers)
        writer.close()


async def test_a_connection_that_sends_too_far_ahead_is_closed() -> None:
    async with serving() as server:
        reader, writer = await server.open()
        writer.write((READ % 1) * (MOST_AHEAD + 2))
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        assert server.begun in ([], ["/1"])
        writer.close()


async def test_a_wait_after_a_refusal_is_not_taken_for_an_idle_connection() -> None:
    async with serving() as server:
        reader, writer = await server.open()
        writer.write(REFUSED + READ % 1)
        assert b" 409 " in await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(3 * KEEP_ALIVE)
        server.go.release()
        assert b" 200 " in await reader.readuntil(b"answer to /1.")
        writer.close()


async def test_a_command_after_a_refusal_is_not_taken_for_an_idle_connection() -> None:
    async with serving() as server:
        reader, writer = await server.open()
        writer.write(REFUSED + KEPT)
        assert b" 409 " in await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(3 * KEEP_ALIVE)
        server.direct.kept[0]()
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        assert await reader.read() == b"", "it is idle now"
        writer.close()


@pytest.mark.parametrize(
    "after",
    [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * (MOST_HEAD + 1)],
    ids=["nonsense", "head"],
)
@pytest.mark.parametrize("first", [KEPT, READ % 1], ids=["command", "read"])
async def test_a_refused_request_is_not_taken_for_the_one_before(first: bytes, after: bytes) -> None:
    async with serving() as server:
        reader, writer = await server.open()
        writer.write(first)
        await _until(lambda: bool(server.direct.kept or server.begun))
        writer.write(after)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()


async def test_a_body_that_is_nonsense_is_refused() -> None:
    async with serving() as server:
        reader, writer = await server.open()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n")
        assert b" 400 " in await reader.readline()
        writer.close()


def test_nonsense_leaves_no_traceback_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Once a connection is closed, uvloop raises when the application answers on it."""
    uvloop = pytest.importorskip("uvloop")
    nonsense = b"POST /%d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n"

    async def send(ahead: bytes, turns: int) -> None:
        async with serving() as server:
            server.turns = turns
            for _ in range(10):
                server.go.release()
            reader, writer = await server.open()
            writer.write(ahead + nonsense % 7)
            with contextlib.suppress(ConnectionError):
                await reader.read()
            writer.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for turns in range(5):
            runner.run(send(b"", turns))
            runner.run(send(READ % 1, turns))
    assert "Exception in ASGI application" not in caplog.text
