"""Figures 1 (over HTTP), 5, 6 and 7: a complete cluster from the users' point of view."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from bench.cluster_log import begin, check_in
from bench.cluster_tools import Cpu, Figures, process, quantile, until
from projections.catalog import views as catalog
from services import wiring
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views import PgViews
from services.log.identity import partition_of
from services.sandbox.child import free_port
from services.sandbox.cluster import Cluster

RATE = 500
"""Commands per second."""
EVERY = 10
"""One in this many commands is followed until it is visible."""


class Api:
    """A client of one API process."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self.url = http, url

    async def send(self, jurisdiction: str, name: str, **body: Any) -> int:
        """Send a command; return its position."""
        path = f"{self.url}/api/v1/{jurisdiction}/commands/{name}"
        async with self._http.post(path, json=body, headers={"Idempotency-Key": str(uuid4())}) as answer:
            told = await answer.json(content_type=None)
            assert answer.status == 200, told
            return told["position"]

    async def shows(self, jurisdiction: str, position: int) -> None:
        """Wait, as a page does, until a row at this position can be read."""
        path = f"{self.url}/api/v1/{jurisdiction}/roster/W0"
        async with self._http.get(path, params={"after": position}) as answer:
            assert answer.status == 200, await answer.text()

    async def stream(self, jurisdiction: str, seen: dict[int, float]) -> None:
        """Record when each position arrives on the stream."""
        path = f"{self.url}/api/v1/{jurisdiction}/stream"
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._http.get(path, params={"views": "roster"}, timeout=timeout) as answer:
            async for line in answer.content:
                if line.startswith(b"id: "):
                    seen[int(line[4:])] = time.perf_counter()


async def measure(figures: Figures, cluster: Cluster, scale: float, history: int) -> None:
    """Measure a running cluster of two API processes and two projectors."""
    headers = {"Authorization": f"Bearer {cluster.token}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as http:
        one, other = (Api(http, url) for url in cluster.urls)
        await _alone(figures, one, int(500 * scale))
        pids = {child.name: child.pid or 0 for child in cluster.children}
        await _seen(figures, one, other, max(3, int(8 * scale)), pids)
        await _taken_over(figures, cluster, one)
    await _started(figures, cluster, history)


async def _alone(figures: Figures, api: Api, commands: int) -> None:
    await api.send("H1", "worker.register", worker="W0", role="courier")
    found: list[float] = []
    for _ in range(commands):
        begun = time.perf_counter()
        await api.send("H1", "worker.check_in", worker="W0", area="H1")
        found.append(time.perf_counter() - begun)
    p50, p99 = quantile(found, 0.5), quantile(found, 0.99)
    figures.say(
        "1  acknowledged command, 1 client, over HTTP: p50 / p99",
        f"{p50:.1f} / {p99:.1f} ms",
        "goal < 5 / < 20 ms",
        p50_ms=p50,
        p99_ms=p99,
    )


async def _seen(figures: Figures, writer: Api, reader: Api, seconds: int, pids: dict[str, int]) -> None:
    """Measure the time from acknowledgement by one process to GET and stream on the other."""
    for n in range(100):
        await writer.send("H5", "worker.register", worker=f"W{n}", role="courier")
    await reader.shows("H5", 100)
    streamed: dict[int, float] = {}
    listening = asyncio.create_task(reader.stream("H5", streamed))
    await asyncio.sleep(1)
    read: list[float] = []
    acknowledged: dict[int, float] = {}

    async def one(number: int) -> None:
        position = await writer.send("H5", "worker.check_in", worker=f"W{number % 100}", area="H5")
        told = time.perf_counter()
        acknowledged[position] = told
        if number % EVERY == 0:
            await reader.shows("H5", position)
            read.append(time.perf_counter() - told)

    cpu, begun = Cpu.of(pids), time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(RATE * seconds):
            tasks.create_task(one(number))
            ahead = begun + number / RATE - time.perf_counter()
            if ahead > 0:
                await asyncio.sleep(ahead)
    took = time.perf_counter() - begun
    await asyncio.sleep(1)
    used = cpu.used()
    listening.cancel()
    uptos = sorted(streamed)
    lags = [
        max(0.0, streamed[min(upto for upto in uptos if upto >= position)] - told)
        for position, told in acknowledged.items()
        if position <= uptos[-1]
    ]
    figures.say(
        f"5  acknowledged -> GET at another process, {RATE * seconds / took:,.0f} commands/s: p99",
        f"{quantile(read, 0.99):.0f} ms",
        f"goal < 150 ms; p50 {quantile(read, 0.5):.0f} ms",
        seconds=read,
    )
    figures.say(
        "5  acknowledged -> SSE received at another process: p99",
        f"{quantile(lags, 0.99):.0f} ms",
        f"goal < 150 ms; p50 {quantile(lags, 0.5):.0f} ms; 4 to 20 patches are sent per second",
        p50_ms=quantile(lags, 0.5),
        p99_ms=quantile(lags, 0.99),
    )
    figures.say(
        "   processor time of a command, of all processes",
        f"{1e6 * sum(used.values()) / (RATE * seconds):,.0f} us",
        ", ".join(f"{name} {1e6 * spent / (RATE * seconds):,.0f}" for name, spent in used.items()),
        cpu_seconds=used,
    )


async def _taken_over(figures: Figures, cluster: Cluster, api: Api) -> None:
    """Kill a projector, then send one command per partition."""
    codes: dict[int, str] = {}
    for number in range(500):
        codes.setdefault(partition_of(f"T{number}", 12), f"T{number}")
    for code in codes.values():
        await api.send(code, "worker.register", worker="W0", role="courier")
    await asyncio.sleep(2)
    views = await PgViews.open(await Pool.open(cluster.database.dsn), catalog)
    cluster["projector-1"].kill()
    begun = time.perf_counter()
    ends = {code: await api.send(code, "worker.check_in", worker="W0", area=code) for code in codes.values()}

    async def all_shown() -> bool:
        positions = await views.positions()
        return all(positions.get(code, 0) >= position for code, position in ends.items())

    took = await until(all_shown, "every partition after a projector was killed", 0.05) - begun
    await views.close()
    cluster["projector-1"].start()
    cluster["projector-1"].wait_ready(60)
    figures.say(
        f"6  projector killed -> all {len(codes)} partitions projected again",
        f"{took:.1f} s",
        "goal < 15 s",
        seconds=took,
    )


async def _started(figures: Figures, cluster: Cluster, history: int) -> None:
    """Measure a new API process up to its first acknowledged command in a jurisdiction with a history."""
    os.environ.update(cluster.env)
    muster = await wiring.opened(cluster.folder / "historian")
    async with muster.running():
        await begin(muster, "H7")
        position = 0
        for first in range(0, history, 500):
            group = [check_in(n, "H7") for n in range(first, first + 500)]
            position = (await muster.commands.submit("H7", group))[-1].position or position
        assert await muster.progress.reached("H7", position, 600), "the projectors are behind"
        await asyncio.sleep(3)  # wait for the last snapshot
    port, folder = free_port(), cluster.folder / "fresh"
    log, begun = cluster.folder / "fresh.log", time.perf_counter()
    headers = {"Authorization": f"Bearer {cluster.token}"}
    argv = ("-m", "services.cli", "serve", "--data", str(folder), "--port", str(port))
    with process(*argv, env=cluster.env, log=Path(log)):
        async with aiohttp.ClientSession(headers=headers) as http:
            api = Api(http, f"http://127.0.0.1:{port}")

            async def answers_once() -> bool:
                try:
                    await api.send("H7", "worker.check_in", worker="W1", area="H7")
                except (aiohttp.ClientError, AssertionError):
                    return False
                return True

            took = await until(answers_once, "a fresh API process", 0.02) - begun
    figures.say(
        f"7  API process start -> first acknowledged command, {position:,} events in the log",
        f"{took:.1f} s",
        "goal < 5 s with 1 million events",
        seconds=took,
        events=position,
    )
