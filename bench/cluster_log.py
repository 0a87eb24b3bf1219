"""Commands through Writer and Kafka log in one process: one sender, and many compared to a bare chain."""

import asyncio
import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.cluster_tools import Cpu, Figures, chained, median, quantile, spread
from events.commit import Head, Recorded, decode
from services import wiring
from services.application.muster import Muster
from services.decisions.base import Command
from services.decisions.worker.commands import CheckIn, Register
from services.log.port import Log, Stored
from services.recorder.envelope import CommandEnvelope

SENDERS = 512
WORKERS = 1_000


def envelope(command: Command) -> CommandEnvelope:
    """Wrap a new command with a new id."""
    return CommandEnvelope(
        id=str(uuid4()), command=command, actor="dispatcher/bench", received=datetime.now(UTC)
    )


def check_in(number: int, jurisdiction: str) -> CommandEnvelope:
    return envelope(CheckIn(worker=f"W{number % WORKERS}", area=jurisdiction))


async def begin(muster: Muster, jurisdiction: str) -> None:
    """Create a jurisdiction with workers."""
    for first in range(0, WORKERS, 500):
        group = [envelope(Register(worker=f"W{n}", role="courier")) for n in range(first, first + 500)]
        answers = await muster.commands.submit(jurisdiction, group)
        assert {answer.outcome for answer in answers} == {"accepted"}, answers[0]


async def alone(muster: Muster, jurisdiction: str, commands: int) -> list[float]:
    """Send commands one by one; return the seconds of each."""
    found: list[float] = []
    for number in range(commands):
        one, begun = check_in(number, jurisdiction), time.perf_counter()
        (answer,) = await muster.commands.submit(jurisdiction, [one])
        found.append(time.perf_counter() - begun)
        assert answer.outcome == "accepted", answer
    return found


async def together(muster: Muster, jurisdiction: str, commands: int) -> float:
    """Send commands from many concurrent senders; return commands per second."""
    ready = iter([check_in(number, jurisdiction) for number in range(commands)])

    async def sender() -> None:
        for one in ready:
            (answer,) = await muster.commands.submit(jurisdiction, [one])
            assert answer.outcome == "accepted", answer

    begun = time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(SENDERS)))
    return commands / (time.perf_counter() - begun)


async def bare_chain(log: Log, jurisdiction: str, groups: list[tuple[Recorded, ...]]) -> float:
    """Append the same events with as many senders and as large commits, undecided; return events/s."""
    loop, head = asyncio.get_running_loop(), Head()
    ready = iter([event for group in groups for event in group])
    waiting: deque[tuple[Recorded, asyncio.Future[None]]] = deque()

    async def sender() -> None:
        for event in ready:
            answer: asyncio.Future[None] = loop.create_future()
            waiting.append((event, answer))
            await answer

    begun, most = time.perf_counter(), max(map(len, groups))
    senders = asyncio.gather(*(sender() for _ in range(SENDERS)))
    await asyncio.sleep(0)
    while waiting:
        taken = [waiting.popleft() for _ in range(min(len(waiting), most))]
        ((data, head),) = chained(jurisdiction, [[event for event, _ in taken]], head)
        assert await log.append(jurisdiction, data)
        for _, answer in taken:
            answer.set_result(None)
        await asyncio.sleep(0)
    await senders
    assert head.position == sum(map(len, groups))
    return head.position / (time.perf_counter() - begun)


async def recorded(log: Log, jurisdiction: str, after: int) -> list[Stored]:
    return [one async for batch in log.read(jurisdiction, after) for one in batch]


async def measure(figures: Figures, folder: Path, scale: float, pids: dict[str, int]) -> None:
    """Measure figures 1 (in process) and 2."""
    muster = await wiring.opened(folder / "in-process")
    async with muster.running():
        await begin(muster, "L0")
        await alone(muster, "L0", 100)
        runs = [await alone(muster, "L0", int(500 * scale)) for _ in range(3)]
        _say_alone(figures, "1  acknowledged command, 1 sender, log and Writer", runs)
        await _compare(figures, muster, int(20_000 * scale), pids)


def _say_alone(figures: Figures, what: str, runs: list[list[float]]) -> None:
    p50, p99 = ([quantile(run, q) for run in runs] for q in (0.5, 0.99))
    figures.say(
        f"{what}: p50 / p99",
        f"{median(p50):.1f} / {median(p99):.1f} ms",
        f"goal < 5 / < 20 ms; p99 {spread(p99, ' ms', 1)}",
        p50_ms=p50,
        p99_ms=p99,
    )


async def _compare(figures: Figures, muster: Muster, commands: int, pids: dict[str, int]) -> None:
    ours: list[float] = []
    peers: list[float] = []
    sizes: list[float] = []
    used: dict[str, Any] = {}
    for run in range(3):
        jurisdiction = f"L{run + 1}"
        await begin(muster, jurisdiction)
        cpu = Cpu.of(pids)
        ours.append(await together(muster, jurisdiction, commands))
        used = cpu.used()
        stored = await recorded(muster.log, jurisdiction, WORKERS)
        groups = [decode(one.data).events for one in stored]
        sizes.append(sum(map(len, groups)) / len(groups))
        peers.append(await bare_chain(muster.log, f"L{run + 1}-bare", groups))
    ratios = [one / peer for one, peer in zip(ours, peers, strict=True)]
    figures.say(
        f"2  acknowledged commands/s, {SENDERS} waiting senders, decisions included",
        f"{median(ours):,.0f}/s",
        f"same chain, no decisions {median(peers):,.0f}/s: ratio {median(ratios):.2f} (goal >= 0.4;"
        f" {spread(ratios, '', 2)}); {median(sizes):,.0f} events per commit",
        ours=ours,
        peer=peers,
        ratio=ratios,
        events_per_commit=sizes,
        cpu_seconds=used,
    )
