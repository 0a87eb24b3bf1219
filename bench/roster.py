"""`python -m bench.roster`: a page of 100 of the roster while check-ins arrive one by one.

Who checks in (`sending.py`) is a process of its own, beside this one, which reads a page at a time over one
connection, as the console does. Prints the clock, and the processor time of the service.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil

from bench.__main__ import processor_seconds, served
from bench.beside import beside
from bench.large import HERE, area, build
from bench.past import say

PAUSE: Final = 0.05
"""Seconds between two pages."""


async def pages(port: int, token: str, seconds: float) -> list[float]:
    """Read pages for some time; return the milliseconds that each took, the shortest first."""
    took: list[float] = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        path = f"{HERE}/roster?limit=100&area={area(len(took))}"
        begun = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head, head
        await reader.readexactly(int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
        took.append(1_000 * (time.perf_counter() - begun))
        await asyncio.sleep(PAUSE)
    writer.close()
    return sorted(took)


async def run(data: Path, workers: int, events: int, rate: float, at_once: int, seconds: float) -> None:
    if not (data / "views.sqlite").exists():
        with served(data) as (port, token):
            await build(port, token, workers, events)
            await asyncio.sleep(5)
    with served(data) as (port, token):
        (service,) = psutil.Process().children()
        await pages(port, token, 3)
        before = processor_seconds(service)
        alone = await pages(port, token, seconds)
        spent = processor_seconds(service)[0] - before[0]
        say(
            "page of 100 of the roster, alone: p50",
            f"{_at(alone, 0.5):.0f} ms",
            f"p99 {_at(alone, 0.99):.0f} ms",
        )
        say("  processor time", f"{1_000 * spent / len(alone):.1f} ms")
        with beside(token, "sending", "bench.sending", port, rate, workers, at_once) as child:
            await asyncio.sleep(2)
            before, begun = processor_seconds(service), time.monotonic()
            meanwhile = await pages(port, token, seconds)
            took = time.monotonic() - begun
            busy = [after - one for one, after in zip(before, processor_seconds(service), strict=True)]
            told, _ = child.communicate("end\n")
    found = json.loads(told)
    say("check-ins a second meanwhile", f"{found['accepted'] / found['seconds']:,.0f}", f"asked {rate:,.0f}")
    say("page of 100 of the roster beside them: p50", f"{_at(meanwhile, 0.5):.0f} ms")
    say("  p99", f"{_at(meanwhile, 0.99):.0f} ms", f"limit 20 ms, load {os.getloadavg()[0]:.0f}")
    shares = " + ".join(f"{100 * one / took:.0f} %" for one in busy)
    say("  processor time: answering + views", shares, "of a core")


def _at(ordered: list[float], share: float) -> float:
    return ordered[int(len(ordered) * share)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.roster", description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the data folder here and use it again")
    parser.add_argument("--workers", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=1_000, help="check-ins a second")
    parser.add_argument("--at-once", type=int, default=1, help="check-ins in a request")
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = given.data or Path(folder)
        asyncio.run(run(data, given.workers, given.events, given.rate, given.at_once, given.seconds))


if __name__ == "__main__":
    main()
