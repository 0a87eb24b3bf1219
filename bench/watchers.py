"""`python -m bench.watchers`: how long a change takes to reach every page that is open.

Watchers follow the roster while check-ins arrive. Each change counts from when it was sent, on the clock, so
that deciding, writing and folding it are in the figure; the watchers run in this process, on another core.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from bisect import bisect_left
from pathlib import Path
from typing import Final
from uuid import uuid4

import psutil
import uvloop

from bench.__main__ import item, processor_seconds, register, served
from bench.large import HERE, J
from bench.load import load, post
from bench.past import say

WORKERS: Final = 1_000
SETTLE: Final = 3.0
AT_ONCE: Final = 50
"""Watchers that connect at the same time."""


class Watchers:
    """Open streams, and when each received which position."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._request = (
            f"GET {HERE}/stream?views=roster HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token}\r\n\r\n"
        ).encode()
        self.seen: list[list[tuple[int, float]]] = []
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def watch(self) -> None:
        """Follow the stream, and note the last position of whatever arrives together."""
        async with self._gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
            writer.write(self._request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head, head
        mine: list[tuple[int, float]] = []
        self.seen.append(mine)
        while some := await reader.read(2**18):
            at = some.rfind(b"id: ")
            line = some[at + 4 :].partition(b"\n")
            if at >= 0 and line[1]:
                mine.append((int(line[0]), time.perf_counter()))

    def delays(self, sent: dict[int, float]) -> list[float]:
        """Return the seconds from sending each change to each watcher's receiving it, the shortest first."""
        found: list[float] = []
        for mine in self.seen:
            positions = [position for position, _ in mine]
            for position, begun in sent.items():
                at = bisect_left(positions, position)
                if at == len(mine):
                    raise SystemExit(f"a watcher did not receive position {position}")
                found.append(mine[at][1] - begun)
        return sorted(found)


async def changes(port: int, token: str, rate: float, seconds: float) -> dict[int, float]:
    """Send check-ins at a rate; return when each position was sent."""
    sent: dict[int, float] = {}

    async def one(n: int) -> None:
        body = json.dumps({"worker": f"W{n % WORKERS}", "area": f"{J}-{n // WORKERS % 2}"}).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        begun = time.perf_counter()
        writer.write(post(f"{HERE}/commands/worker.check_in", body, token, str(uuid4())))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        answer = json.loads(await reader.readexactly(length))
        assert answer["outcome"] == "accepted", answer
        sent[answer["position"]] = begun
        writer.close()

    begun, tasks = time.perf_counter(), list[asyncio.Task[None]]()
    for n in range(int(rate * seconds)):
        tasks.append(asyncio.create_task(one(n)))
        await asyncio.sleep(max(0.0, begun + (n + 1) / rate - time.perf_counter()))
    await asyncio.gather(*tasks)
    return sent


def serving() -> list[float]:
    """Return the processor seconds of the process that answers, then of the one that projects."""
    return processor_seconds(psutil.Process().children()[0])


async def run(count: int, rate: float, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, token):
        await register(port, token, WORKERS)
        areas = [item("area.define", {"area": f"{J}-{n}", "name": f"Area {n}"}) for n in range(2)]
        await load(port, 1, 1, lambda _: post(f"{HERE}/commands", json.dumps(areas).encode(), token))
        watchers = Watchers(port, token)
        tasks = [asyncio.create_task(watchers.watch()) for _ in range(count)]
        while len(watchers.seen) < count:
            for done in (one for one in tasks if one.done()):
                done.result()
            await asyncio.sleep(0.1)
        await asyncio.sleep(SETTLE)
        before = serving()
        sent = await changes(port, token, rate, seconds)
        spent = [after - one for one, after in zip(before, serving(), strict=True)]
        await asyncio.sleep(SETTLE)
        for task in tasks:
            task.cancel()
    found = watchers.delays(sent)
    p50, p99 = (1_000 * found[int(len(found) * q)] for q in (0.5, 0.99))
    say(f"{count:,} watchers, {len(sent) / seconds:.0f} changes/s, change -> received: p50", f"{p50:.0f} ms")
    say("  p99", f"{p99:.0f} ms", f"limit 1,000 ms, load {os.getloadavg()[0]:.0f}")
    say(
        "  processor time of the service",
        " + ".join(f"{100 * one / seconds:.0f} %" for one in spent),
        "of a core",
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.watchers", description=__doc__)
    parser.add_argument("--watchers", type=int, default=1_000)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args()
    uvloop.run(run(given.watchers, given.rate, given.seconds))


if __name__ == "__main__":
    main()
