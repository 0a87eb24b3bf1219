"""Connections and bodies cost a bounded amount, before anybody is known."""

import asyncio
import contextlib
import json
import resource
from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
from service import J, Service
from starlette.types import Message, Receive, Scope, Send

from services.api.limits import SIGN_IN_BYTES, Bodies, LimitBodies
from services.api.server.connections import Connections, protocol, raise_descriptors
from services.recorder.queue import ANSWERS


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the whole body, then answer 200."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def sent(app: LimitBodies, parts: Iterable[bytes], *, stalls: bool = False, path: str = "/") -> int:
    """Send a body in parts, without an end if it stalls, and return the status."""
    waiting = iter(parts)
    statuses: list[int] = []

    async def receive() -> Message:
        part = next(waiting, None)
        if part is None and stalls:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async with asyncio.timeout(5):
        await app({"type": "http", "path": path, "method": "POST", "headers": []}, receive, send)
    return statuses[0]


async def test_a_body_within_every_limit_is_read() -> None:
    assert await sent(LimitBodies(answering, most=10), [b"12345", b"67890"]) == 200


async def test_a_large_body_is_refused() -> None:
    assert await sent(LimitBodies(answering, most=10), [b"12345", b"678901"]) == 413


async def test_a_body_that_does_not_arrive_is_given_up() -> None:
    assert await sent(LimitBodies(answering, bodies=Bodies(chunk_seconds=0.05)), [b"1"], stalls=True) == 408


async def test_all_bodies_together_have_a_limit() -> None:
    bodies = Bodies(15, chunk_seconds=0.3)
    app = LimitBodies(answering, most=10, bodies=bodies)
    first = asyncio.create_task(sent(app, [b"1234567890"], stalls=True))
    await asyncio.sleep(0)
    async with asyncio.timeout(1):
        while not bodies.held:
            await asyncio.sleep(0)
    assert await sent(app, [b"123456"]) == 503
    assert await sent(app, [b"12345"]) == 200
    assert await first == 408
    assert bodies.held == 0


async def test_slow_photos_without_a_token_leave_room_for_whoever_has_one() -> None:
    bodies = Bodies(40, chunk_seconds=0.3)
    app = LimitBodies(answering, most=10, bodies=bodies)
    slow = asyncio.create_task(sent(app, [b"1234567890"], stalls=True, path="/api/v1/2307/ask/files"))
    async with asyncio.timeout(1):
        while not bodies.held:
            await asyncio.sleep(0)
    assert await sent(app, [b"1"], path="/api/v1/2307/ask/files") == 503
    assert await sent(app, [b"1234567890"], path="/api/v1/2307/files") == 200
    assert await slow == 408
    assert (bodies.held, bodies.unknown) == (0, 0)


async def test_a_sign_in_has_a_small_body(service: Service) -> None:
    answer = await service.http.post("/api/v1/session", json={"token": "x" * SIGN_IN_BYTES})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@contextlib.asynccontextmanager
async def serving(connections: Connections) -> AsyncIterator[int]:
    """Run a server with these limits and yield its port."""
    config = uvicorn.Config(answering, port=0, http=protocol(connections), lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


async def test_a_connection_without_a_request_is_closed_and_one_with_a_request_is_not() -> None:
    async with serving(Connections(head_seconds=0.1)) as port, asyncio.timeout(5):
        silent, slow = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n")
        assert await silent.read() == b""
        slow.close()
        writer.write(b"1")
        assert (await reader.readline()).split()[1] == b"200"
        writer.close()


async def test_a_later_head_that_does_not_arrive_closes_the_connection() -> None:
    async with serving(Connections(head_seconds=0.1)) as port, asyncio.timeout(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
            await asyncio.sleep(0.02)
            writer.write(b"\r\n")
            assert (await reader.readline()).split()[1] == b"200"
            await reader.readuntil(b"0\r\n\r\n")
            await asyncio.sleep(0.15)
        writer.write(b"G")
        assert await reader.read() == b""
        writer.close()


def request(path: str, secret: str, **body: Any) -> bytes:
    """Return a command, or a read if there is no body."""
    content = json.dumps(body).encode() if body else b""
    head = (
        f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


class Connection:
    """One open connection to the service."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    async def answer(self) -> tuple[int, Any]:
        """Return status and body of the next answer."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return int(head.split()[1]), json.loads(await self._reader.readexactly(length))


FLOOD = 300
"""Check-ins at once; `python -m bench.flood` measures a longer flood."""


async def test_a_flood_of_check_ins_is_passed_by_a_call_for_help_and_its_writes_are_readable(
    service: Service,
) -> None:
    await service.ok("area.define", area="230717", name="County 1")
    secret, port = await service.tokens.create("flood", "dispatcher"), int(service.url.rpartition(":")[2])
    callers = [Connection(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(FLOOD + 1)]
    send, desk = f"/api/v1/{J}/commands/", callers.pop()
    answered = 0

    async def check_in(number: int, caller: Connection) -> None:
        nonlocal answered
        body = {"worker": f"W{number}", "area": "230717", "walk_in": True}
        caller.writer.write(request(f"{send}worker.check_in", secret, **body))
        status, told = await caller.answer()
        answered += 1
        assert status == 200, told
        caller.writer.write(request(f"/api/v1/{J}/roster/W{number}?after={told['position']}", secret))
        status, row = await caller.answer()
        assert (status, row["presence"]) == (200, "available"), row
        caller.writer.close()

    async def call_for_help(caller: Connection) -> int:
        life = {"category": "medical", "priority": 1, "area": "230717"}
        caller.writer.write(request(f"{send}request.open", secret, **life))
        status, told = await caller.answer()
        assert status == 200, told
        caller.writer.close()
        return answered

    flood = [asyncio.create_task(check_in(number, one)) for number, one in enumerate(callers)]
    await asyncio.sleep(0)
    before = await call_for_help(desk)
    await asyncio.gather(*flood)
    assert before < FLOOD - ANSWERS


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"a"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X: a\r\n"),
        (b"GET /", b"a"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"e"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: a\r\n"),
    ],
    ids=["header", "headers", "path", "extension", "trailers"],
)
async def test_a_head_without_end_fills_no_memory(begin: bytes, more: bytes) -> None:
    async with serving(Connections()) as port, asyncio.timeout(10):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begin)
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 8 * 2**20:
                writer.write(more * (2**16 // len(more)))
                sent += 2**16
                await writer.drain()
        assert sent < 8 * 2**20, "the connection is closed before"
        writer.close()


async def test_a_large_body_in_small_parts_and_a_long_head_are_read() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 30_000 + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with serving(Connections()) as port, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + b"1000\r\n%b\r\n" % (b"a" * 4096) * 64 + b"0\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()


def test_an_address_has_a_share_of_the_connections() -> None:
    connections = Connections(["10.0.0.0/8"], most=2)
    assert [connections.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert connections.enter("192.0.2.2")
    connections.leave("192.0.2.1")
    assert connections.enter("192.0.2.1")
    assert all(connections.enter("10.1.2.3") for _ in range(10)), "a proxy has many clients"
    assert all(connections.enter("127.0.0.1") for _ in range(10))


async def test_a_connection_may_idle_for_a_while() -> None:
    async with serving(Connections(idle_seconds=(9, 1))) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await reader.readuntil(b"0\r\n\r\n")
            await asyncio.sleep(0.1)
        assert await reader.read() == b""
        writer.close()


def test_a_connection_idles_longer_than_its_client_keeps_it() -> None:
    """A request that meets the end of its connection is lost: a proxy must not send it again."""
    connections = Connections(["10.0.0.0/8"])
    httpx_keeps, caddy_keeps = 5, 120
    assert connections.idle_seconds("192.0.2.1") > httpx_keeps
    assert connections.idle_seconds("10.1.2.3") == connections.idle_seconds("127.0.0.1") > caddy_keeps


def test_one_log_line_a_minute_names_the_address(caplog: pytest.LogCaptureFixture) -> None:
    connections = Connections(most=0)
    for _ in range(5):
        connections.enter("192.0.2.1")
    assert [record.message for record in caplog.records] == [
        "192.0.2.1 has 0 connections open; closing more of them"
    ]


def test_the_limit_of_open_files_is_raised_to_what_the_system_allows() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
    assert raise_descriptors() == hard
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
