"""Commands answered without a task, over connections that do as they please."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from service import J, Service

from services.recorder.envelope import Outcome

PATH = f"/api/v1/{J}/commands/worker.register"
HEALTH = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"


class Connection:
    """A connection to the service, and what is said on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, secret: str) -> None:
        self.reader, self.writer, self._secret = reader, writer, secret

    def request(self, worker: str, *, version: str = "1.1", **more: str) -> bytes:
        body = json.dumps({"worker": worker, "role": "courier"}).encode()
        headers = {
            "host": "x",
            "authorization": f"Bearer {self._secret}",
            "idempotency-key": str(uuid4()),
            "content-length": str(len(body)),
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        return f"POST {PATH} HTTP/{version}\r\n{head}\r\n".encode() + body

    async def answer(self) -> tuple[int, dict[str, str], Any]:
        """Return the status, headers and body of the next answer."""
        async with asyncio.timeout(10):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            status, *lines = head.strip().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines)
            if "content-length" not in headers:
                return int(status.split()[1]), headers, None
            body = await self.reader.readexactly(int(headers["content-length"]))
        return int(status.split()[1]), headers, json.loads(body)

    async def closed(self) -> bool:
        async with asyncio.timeout(10):
            return await self.reader.read() == b""


@asynccontextmanager
async def connected(service: Service) -> AsyncIterator[Connection]:
    host, port = service.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    secret = service.http.headers["authorization"].removeprefix("Bearer ")
    yield Connection(reader, writer, secret)
    writer.close()


@pytest.fixture
async def there(service: Service) -> Service:
    """A service whose jurisdiction exists, so that commands can be sent to it at once."""
    await service.ok("worker.register", worker="first", role="courier")
    return service


@pytest.fixture
def direct(there: Service, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The workers of commands that were sent directly."""
    commands, workers = there.muster.commands, list[str]()
    usual = commands.send

    def send(jurisdiction: str, group: Any, then: Callable[[list[Outcome]], None]) -> None:
        workers.extend(one.command.worker for one in group)
        usual(jurisdiction, group, then)

    monkeypatch.setattr(commands, "send", send)
    return workers


async def _workers(service: Service) -> set[str]:
    return {one["worker"] for one in await service.rows("roster")} - {"first"}


async def test_one_after_another_on_one_connection(there: Service, direct: list[str]) -> None:
    async with connected(there) as one:
        for worker in ("a", "b", "c"):
            one.writer.write(one.request(worker))
            status, headers, body = await one.answer()
            assert (status, body["outcome"]) == (200, "accepted")
            assert headers["content-type"] == "application/json"
            assert headers["date"]
            assert headers["x-content-type-options"] == "nosniff"
    assert direct == ["a", "b", "c"]
    assert await _workers(there) == {"a", "b", "c"}


async def test_requests_sent_ahead_are_answered_in_order(there: Service, direct: list[str]) -> None:
    async with connected(there) as one:
        one.writer.write(one.request("a") + HEALTH + one.request("b") + one.request("") + HEALTH)
        answers = [await one.answer() for _ in range(5)]
    assert [status for status, *_ in answers] == [200, 200, 200, 422, 200]
    assert [body.get("outcome") for *_, body in answers] == ["accepted", None, "accepted", None, None]
    assert direct == ["a"]
    assert await _workers(there) == {"a", "b"}


@pytest.mark.parametrize("pieces", [(-3,), (40,), (40, -10), (-34, -33, -1)], ids=str)
async def test_a_request_in_pieces(there: Service, pieces: tuple[int, ...]) -> None:
    async with connected(there) as one:
        whole = one.request("a")
        edges = [0, *(cut if cut > 0 else len(whole) + cut for cut in pieces), len(whole)]
        for start, end in pairwise(edges):
            one.writer.write(whole[start:end])
            await asyncio.sleep(0.02)
        assert (await one.answer())[2]["outcome"] == "accepted"
        one.writer.write(one.request("b"))
        assert (await one.answer())[2]["outcome"] == "accepted"
    assert await _workers(there) == {"a", "b"}


async def test_a_body_in_chunks(there: Service, direct: list[str]) -> None:
    async with connected(there) as one:
        whole = one.request("a", transfer_encoding="chunked", content_length="")
        head, _, body = whole.partition(b"\r\n\r\n")
        one.writer.write(head + b"\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        assert (await one.answer())[2]["outcome"] == "accepted"
    assert direct == ["a"]


async def test_a_sender_that_waits_to_be_told_to_go_on(there: Service) -> None:
    async with connected(there) as one:
        head, _, body = one.request("a", expect="100-continue").partition(b"\r\n\r\n")
        one.writer.write(head + b"\r\n\r\n")
        assert (await one.answer())[0] == 100
        one.writer.write(body)
        assert (await one.answer())[2]["outcome"] == "accepted"


async def test_a_sender_that_asks_to_close(there: Service) -> None:
    async with connected(there) as one:
        one.writer.write(one.request("a", connection="close"))
        status, headers, _ = await one.answer()
        assert (status, headers["connection"]) == (200, "close")
        assert await one.closed()


async def test_an_old_client(there: Service) -> None:
    async with connected(there) as one:
        one.writer.write(one.request("a", version="1.0"))
        assert (await one.answer())[2]["outcome"] == "accepted"
        assert await one.closed()


async def test_nonsense_after_a_command(there: Service) -> None:
    async with connected(there) as one:
        one.writer.write(one.request("a"))
        assert (await one.answer())[0] == 200
        one.writer.write(b"nonsense\r\n\r\n")
        assert b" 400 " in await one.reader.readline()


@pytest.fixture
async def held(there: Service, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until it is set, the log records nothing."""
    go_on, log = asyncio.Event(), there.muster.log
    usual: Callable[..., Awaitable[bool]] = log.append

    async def append(*given: Any, **more: Any) -> Any:
        await go_on.wait()
        return await usual(*given, **more)

    monkeypatch.setattr(log, "append", append)
    return go_on


async def _queued(direct: list[str]) -> None:
    async with asyncio.timeout(5):
        while not direct:
            await asyncio.sleep(0.01)


async def test_a_sender_that_goes_away_is_recorded(
    there: Service, direct: list[str], held: asyncio.Event
) -> None:
    async with connected(there) as one:
        one.writer.write(one.request("a"))
        await _queued(direct)
    before = there.muster.progress.positions[J]
    held.set()
    assert await there.muster.progress.reached(J, before + 1, 5)
    assert await _workers(there) == {"a"}


async def test_a_server_that_stops_answers_first(
    there: Service, direct: list[str], held: asyncio.Event
) -> None:
    async with connected(there) as one:
        one.writer.write(one.request("a"))
        await _queued(direct)
        there.stop.set()
        await asyncio.sleep(0.3)
        held.set()
        status, headers, body = await one.answer()
        assert (status, body["outcome"], headers["connection"]) == (200, "accepted", "close")
        assert await one.closed()


async def test_a_command_sent_ahead_waits_for_the_first(
    there: Service, direct: list[str], held: asyncio.Event
) -> None:
    async with connected(there) as one:
        one.writer.write(one.request("a"))
        await _queued(direct)
        one.writer.write(HEALTH + one.request("b"))
        await asyncio.sleep(0.05)
        assert direct == ["a"]
        held.set()
        answers = [await one.answer() for _ in range(3)]
    assert [body.get("outcome") for *_, body in answers] == ["accepted", None, "accepted"]
    assert await _workers(there) == {"a", "b"}


@pytest.mark.parametrize("query", ["", "?x=1"], ids=["directly", "otherwise"])
async def test_trailers_are_no_headers(there: Service, query: str) -> None:
    """They may come past a proxy that has checked or set the headers."""
    async with connected(there) as one:
        whole = one.request("a", transfer_encoding="chunked", content_length="", authorization="")
        head, _, body = whole.partition(b"\r\n\r\n")
        token = there.http.headers["authorization"].encode()
        parts = b"%x\r\n%s\r\n0\r\nauthorization: %s\r\n\r\n" % (len(body), body, token)
        one.writer.write(head.replace(PATH.encode(), (PATH + query).encode()) + b"\r\n\r\n" + parts)
        assert (await one.answer())[0] == 401
        one.writer.write(one.request("b"))
        assert (await one.answer())[0] == 200
