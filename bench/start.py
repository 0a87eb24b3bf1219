"""`python -m bench.start`: start behind a large log, and the memory that the service takes, beside limits.

The clock counts from the start of the process to the first answers; processor time is of all its processes.
"""

import argparse
import asyncio
import json
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import psutil
import uvloop

from bench.__main__ import processor_seconds, served
from bench.large import HERE, area, build, item
from bench.load import load, post
from bench.past import say
from bench.reads import get
from services.api.server.serve import running_file

TURNS: Final = 1
BATCHES: Final = 20
SETTLE_SECONDS: Final = 10.0
MIB: Final = 2**20


def resident(top: psutil.Process) -> list[float]:
    """Return the resident MiB of a process, then of each that it started."""
    return [one.memory_info().rss / MIB for one in (top, *top.children(recursive=True))]


def told(figures: list[float], unit: str) -> str:
    """Return the figures of several processes, and their sum."""
    return f"{' + '.join(f'{one:.1f}' if one < 10 else f'{one:.0f}' for one in figures)} {unit}"


async def until(answered: Callable[[], Awaitable[bool]], begun: float) -> float:
    """Ask until it is answered; return the seconds since the start."""
    while not await answered():
        await asyncio.sleep(0.02)
    return time.perf_counter() - begun


async def accepts(port: int, token: str) -> bool:
    """Whether a command is accepted."""
    body = json.dumps([item("worker.check_in", {"worker": "W1", "area": area(1)})]).encode()
    return not (await load(port, 1, 1, lambda _: post(f"{HERE}/commands", body, token))).refused


async def start(data: Path, workers: int, last: bool) -> tuple[float, float, list[float]]:
    """Start once. Return seconds to the first page and to the first command, and processor seconds."""
    begun = time.perf_counter()
    with served(data) as (port, token):
        service = psutil.Process(int(json.loads(running_file(data).read_text())["pid"]))

        async def page() -> bool:
            return (await get(port, token, f"{HERE}/roster?limit=100")).status == 200

        seen, taken = await until(page, begun), await until(lambda: accepts(port, token), begun)
        spent = processor_seconds(service)
        if last:
            await memory(service, port, token, workers)
    return seen, taken, spent


async def memory(service: psutil.Process, port: int, token: str, workers: int) -> None:
    """Print the memory after a start, after work, and after a search."""
    await asyncio.sleep(SETTLE_SECONDS)
    say(
        "resident memory after the start (answering, views, past)",
        told(resident(service), "MiB"),
        "limit 400 MiB",
    )
    bodies = [
        json.dumps(
            [
                item("worker.check_in", {"worker": f"W{(n * 500 + i) % workers}", "area": area(n)})
                for i in range(500)
            ]
        ).encode()
        for n in range(BATCHES)
    ]
    await load(port, 4, BATCHES, lambda n: post(f"{HERE}/commands", bodies[n], token))
    await asyncio.sleep(SETTLE_SECONDS)
    say(f"  after {BATCHES * 500:,} check-ins", told(resident(service), "MiB"))
    body = json.dumps({"text": "courier 00999"}).encode()
    assert not (await load(port, 1, 1, lambda _: post(f"{HERE}/find", body, token))).refused
    await asyncio.sleep(SETTLE_SECONDS)
    say("  with the search of names", told(resident(service), "MiB"))


async def run(data: Path, workers: int, events: int) -> None:
    if not (data / "views.sqlite").exists():
        with served(data) as (port, token):
            await build(port, token, workers, events)
            await asyncio.sleep(SETTLE_SECONDS)
    found = sorted([await start(data, workers, turn == TURNS - 1) for turn in range(TURNS)])
    page, command, spent = found[TURNS // 2]
    say(f"start behind {events:,} events: first page", f"{page:.1f} s", "limit 3 s")
    say("  first command accepted", f"{command:.1f} s", f"load {os.getloadavg()[0]:.0f}")
    say("  processor time of its processes", told(spent, "s"))
    await upgraded(data)


async def upgraded(data: Path) -> None:
    """Start without a snapshot, as after an upgrade that changed what it holds: the state is made from the
    log. Print what is resident then, and was at most."""
    shutil.rmtree(data / "snapshots", ignore_errors=True)
    begun = time.perf_counter()
    with served(data) as (port, token):
        service = psutil.Process(int(json.loads(running_file(data).read_text())["pid"]))
        seconds = await until(lambda: accepts(port, token), begun)
        spent = processor_seconds(service)
        await asyncio.sleep(SETTLE_SECONDS)
        say("first start after an upgrade: first command", f"{seconds:.1f} s", told(spent, "s of processor"))
        say("  resident memory then", told(resident(service), "MiB"), f"at most {most_resident(service)} MiB")


def most_resident(process: psutil.Process) -> int:
    """Return the most MiB that were resident so far."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return int(next(one.split()[1] for one in lines if one.startswith("VmHWM"))) >> 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.start", description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the data folder here and use it again")
    parser.add_argument("--workers", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=200_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(run(given.data or Path(folder), given.workers, given.events))


if __name__ == "__main__":
    main()
