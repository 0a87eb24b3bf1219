"""Figures 8 to 10: a killed process, on the clock and in processor time of its successor.

The clock counts what others take of the cores. `queued` is how long a thread of the successor was ready to
run but had no core: what is left without it is about what an idle machine would take.
"""

import asyncio
import time
from collections.abc import Sequence

import aiohttp

from bench.cluster_live import Api
from bench.cluster_tools import Figures, cpu_seconds, median, queued_seconds, until
from services.sandbox.child import Child
from services.sandbox.cluster import Cluster

ROUNDS = 3
J = "BACK"


async def measure(figures: Figures, cluster: Cluster) -> None:
    """Measure a running cluster of two API processes and two projectors. Nobody else restarts processes."""
    headers = {"Authorization": f"Bearer {cluster.token}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        one, other = (Api(http, url) for url in cluster.urls)
        await one.send(J, "worker.register", worker="W0", role="courier")
        await _projectors(figures, cluster, one)
        await _api(figures, cluster, one, other)
        await _broker(figures, cluster, one)


def _kill(children: Sequence[Child]) -> float:
    """Kill processes and start their successors, as a supervisor does. Return the time."""
    for child in children:
        child.kill()
    begun = time.perf_counter()
    for child in children:
        child.start()
    return begun


async def _projectors(figures: Figures, cluster: Cluster, api: Api) -> None:
    """Kill both, and wait until what is recorded meanwhile is shown."""
    clock, work, queued = list[float](), list[float](), list[float]()
    for n in range(ROUNDS):
        begun = _kill(cluster.projectors)
        position = await api.send(J, "worker.register", worker=f"P{n}", role="courier")
        await until(
            lambda position=position: _shown(api, position), "views after both projectors were killed"
        )
        clock.append(time.perf_counter() - begun)
        work += [cpu_seconds(child.pid or 0) for child in cluster.projectors]
        queued.append(min(queued_seconds(child.pid or 0) for child in cluster.projectors))
        await asyncio.sleep(5)
    _say(figures, "8  both projectors killed -> views show what was recorded meanwhile", clock, work, queued)


async def _api(figures: Figures, cluster: Cluster, killed: Api, other: Api) -> None:
    """Kill one, and wait until its successor answers with what another one recorded."""
    clock, work, queued, listening = list[float](), list[float](), list[float](), list[float]()
    child = cluster["api-1"]
    for n in range(ROUNDS):
        begun = _kill([child])
        position = await other.send(J, "worker.register", worker=f"A{n}", role="courier")
        await until(lambda: asyncio.to_thread(child.ready), "an API process")
        listening.append(cpu_seconds(child.pid or 0))
        await until(lambda position=position: _shown(killed, position), "its first answer")
        clock.append(time.perf_counter() - begun)
        work.append(cpu_seconds(child.pid or 0))
        queued.append(queued_seconds(child.pid or 0))
    _say(figures, "9  an API process killed -> its successor shows the views", clock, work, queued)
    figures.say("   of it until it listens", f"{median(listening):.1f} s of CPU", cpu_seconds=listening)


async def _broker(figures: Figures, cluster: Cluster, api: Api) -> None:
    """Kill the only one. Its start is Java's; then clients find it and a command is acknowledged."""
    clock, work, queued, starts = list[float](), list[float](), list[float](), list[float]()
    child = cluster.broker
    for n in range(ROUNDS):
        begun = _kill([child])
        sent = asyncio.create_task(_acknowledged(api, f"B{n}"))
        await until(lambda: asyncio.to_thread(child.ready), "the broker")
        starts.append(time.perf_counter() - begun)
        work.append(cpu_seconds(child.pid or 0))
        queued.append(queued_seconds(child.pid or 0))
        await sent
        clock.append(time.perf_counter() - begun)
        await asyncio.sleep(3)
    _say(figures, "10 the only broker killed -> a command is acknowledged", clock, work, queued)
    after = [whole - start for whole, start in zip(clock, starts, strict=True)]
    figures.say("   of it until it listens", f"{median(starts):.1f} s", seconds=starts)
    figures.say("   of it from then on", f"{median(after):.1f} s", seconds=after)


async def _acknowledged(api: Api, worker: str) -> None:
    async def sent() -> bool:
        try:
            await api.send(J, "worker.register", worker=worker, role="courier")
        except (aiohttp.ClientError, AssertionError):
            return False
        return True

    await until(sent, "a command after the broker was killed", 0.05)


async def _shown(api: Api, position: int) -> bool:
    try:
        await api.shows(J, position)
    except (aiohttp.ClientError, AssertionError):
        return False
    return True


def _say(figures: Figures, what: str, clock: list[float], work: list[float], queued: list[float]) -> None:
    limit = f"goal < 5 s; {median(work):.1f} s of CPU, queued {median(queued):.1f} s"
    figures.say(what, f"{median(clock):.1f} s", limit, seconds=clock, cpu_seconds=work, queued=queued)
