"""A service and its projector in two processes: whichever is killed, nothing is lost, doubled or left."""

import asyncio
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from scale import scaled
from server import Server, muster

J = "K2"
ROUNDS = scaled("MUSTER_KILLS", 3, 40)
SENDERS = 8


@pytest.fixture(autouse=True)
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_PROCESSES", "2")


PROJECTING = b"services.adapters.sqlite.projecting"


def running(*words: bytes) -> Iterator[tuple[int, int]]:
    """Yield (process, its parent) of those whose command line has these words."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if set(words) <= set((folder / "cmdline").read_bytes().split(b"\0")):
                parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
                yield int(folder.name), int(parent)
        except OSError:  # it ended meanwhile
            continue


def projectors_of(data: Path) -> list[int]:
    """Return the projectors of a data folder, whoever started them."""
    return [process for process, _ in running(PROJECTING, str(data).encode())]


def projectors_by(server: Server) -> list[int]:
    """Return the projectors that a server has started. The past is made in another process."""
    return [process for process, parent in running(PROJECTING) if parent == server.process.pid]


def until(true: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait for something to be so, and return it."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return found


def the_projector(server: Server) -> int:
    return until(lambda: projectors_by(server))[0]


class Sent:
    """What was sent, and the positions of what was acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, int] = {}
        self.open: dict[str, str] = {}

    async def one(self, client: httpx.AsyncClient, key: str, worker: str) -> None:
        self.open[key] = worker
        answer = await client.post(
            f"/api/v1/{J}/commands/worker.check_in",
            json={"worker": worker, "area": J},
            headers={"Idempotency-Key": key},
        )
        assert answer.status_code == 200, answer.text
        self.acknowledged[key] = answer.json()["position"]
        del self.open[key]

    async def many(self, client: httpx.AsyncClient, worker: str) -> None:
        while True:
            await self.one(client, str(uuid4()), worker)

    async def again(self, client: httpx.AsyncClient) -> None:
        for key, worker in list(self.open.items()):
            await self.one(client, key, worker)


def client_of(server: Server) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, headers=server.headers, trust_env=False, timeout=30)


async def register(client: httpx.AsyncClient) -> None:
    for number in range(SENDERS):
        await client.post(
            f"/api/v1/{J}/commands/worker.register",
            json={"worker": f"W{number}", "role": "courier"},
            headers={"Idempotency-Key": f"00000000-0000-4000-8000-{number:012d}"},
        )


async def readiness(client: httpx.AsyncClient, status: int) -> Any:
    """Wait until /readyz answers with this status, and return what it says."""
    async with asyncio.timeout(60):
        while (told := await client.get("/readyz")).status_code != status:
            await asyncio.sleep(0.01)
    return told.json()


async def all_seen(client: httpx.AsyncClient, sent: Sent) -> None:
    """Every acknowledged command is in the log once, at its position, and in the views."""
    positions: dict[str, int] = {}
    for line in (await client.get(f"/api/v1/{J}/log", timeout=60)).text.splitlines():
        event = json.loads(line)
        if event["type"] == "worker.checked_in":
            assert event["command"] not in positions, "recorded twice"
            positions[event["command"]] = event["position"]
    assert positions == sent.acknowledged
    after = {"after": max(positions.values())}
    async with asyncio.timeout(60):  # a busy machine starts a projector in longer than a request waits
        while (shown := await client.get(f"/api/v1/{J}/roster", params=after)).status_code == 504:
            pass
    assert shown.status_code == 200
    assert {row["presence"] for row in shown.json()["items"]} == {"available"}
    assert len(shown.json()["items"]) == SENDERS


def stopped(server: Server, data: Path, number: signal.Signals) -> None:
    """Stop the server. Nothing of it is left, and what it wrote is whole."""
    os.kill(the_projector(server), number)  # a terminal sends SIGINT to both, a service manager SIGTERM
    server.process.send_signal(number)
    server.process.communicate(timeout=30)
    assert server.process.returncode == 0
    assert not list(running(str(data).encode()))
    checked = muster("verify", "--data", str(data))
    assert checked.returncode == 0, checked.stdout + checked.stderr


async def test_the_projector_killed_under_load_is_started_again(tmp_path: Path) -> None:
    chance, sent, server = random.Random(17), Sent(), Server(tmp_path)
    async with client_of(server) as client:
        await register(client)
        senders = [asyncio.create_task(sent.many(client, f"W{n}")) for n in range(SENDERS)]
        for _ in range(ROUNDS):
            os.kill(await asyncio.to_thread(the_projector, server), signal.SIGKILL)
            await asyncio.sleep(chance.uniform(0.1, 0.8))
        for one in senders:
            one.cancel()
        ended = await asyncio.gather(*senders, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended
        await sent.again(client)
        await readiness(client, 200)
        os.kill(the_projector(server), signal.SIGKILL)  # not the first one: the next takes a second or more
        told = await readiness(client, 503)
        assert told["failure"] == "the projector's process ended with status -9; it is started again"
        await readiness(client, 200)
        await all_seen(client, sent)
    stopped(server, tmp_path, signal.SIGINT)


async def test_either_process_killed_at_any_time_loses_and_doubles_nothing(tmp_path: Path) -> None:
    chance, sent = random.Random(2307), Sent()
    for _ in range(ROUNDS):
        server = Server(tmp_path)
        async with client_of(server) as client:
            await register(client)
            await sent.again(client)
            senders = [asyncio.create_task(sent.many(client, f"W{n}")) for n in range(SENDERS)]
            await asyncio.sleep(chance.uniform(0.02, 0.3))
            if chance.random() < 0.5:
                os.kill(the_projector(server), signal.SIGKILL)
                await asyncio.sleep(chance.uniform(0.02, 0.6))
            server.kill()
            await asyncio.gather(*senders, return_exceptions=True)
        if chance.random() < 0.5:  # else the next one starts while the last one's projector may still end
            until(lambda: not projectors_of(tmp_path))
    server = Server(tmp_path)
    async with client_of(server) as client:
        await sent.again(client)
        await all_seen(client, sent)
    until(lambda: len(projectors_of(tmp_path)) == 1)
    stopped(server, tmp_path, signal.SIGTERM)


@pytest.mark.usefixtures("terminal")
def test_a_service_whose_terminal_is_closed_drains_and_waits_for_no_stopped_projector(tmp_path: Path) -> None:
    server = Server(tmp_path)
    os.kill(the_projector(server), signal.SIGSTOP)
    began = time.monotonic()
    server.process.send_signal(signal.SIGHUP)
    server.process.communicate(timeout=30)
    assert server.process.returncode == 0
    assert time.monotonic() - began < 12
    assert not projectors_of(tmp_path)
