"""`python -m bench.watchers`: how long a change takes to reach every page that is open.

Watchers follow the roster while check-ins arrive. Each change counts from when it was sent, on the clock, so
that deciding, writing and folding it are in the figure. The watchers are a process of their own
(`watching.py`) and ask for gzip, as pages do.
"""

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
import time
from bisect import bisect_left
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

import psutil
import uvloop

from bench.__main__ import item, processor_seconds, register, served
from bench.beside import beside
from bench.large import HERE, J
from bench.load import load, post
from bench.past import say

WORKERS: Final = 1_000
SETTLE: Final = 3.0
SAMPLED: Final = 50
"""Watchers that are measured; the others are read like them, but what they receive is dropped."""


class Received(NamedTuple):
    """What the process of the watchers says at the end."""

    sampled: list[list[tuple[int, float]]]
    """Of each stream that was measured: ids, and when they came."""
    bytes: int
    reads: int
    closed: int
    """Streams that ended before the run did."""

    def delays(self, sent: dict[int, float]) -> list[float]:
        """Return the seconds from sending each change to each watcher's receiving it, the shortest first."""
        found: list[float] = []
        for mine in self.sampled:
            positions = [position for position, _ in mine]
            for position, begun in sent.items():
                at = bisect_left(positions, position)
                if at == len(mine):
                    raise SystemExit(f"a watcher did not receive position {position}")
                found.append(mine[at][1] - begun)
        return sorted(found)


def watching(
    port: int, token: str, count: int, *, plain: bool
) -> AbstractContextManager["subprocess.Popen[str]"]:
    """Open streams in another process, and wait until each has its snapshot."""
    sampled, path = max(1, count // SAMPLED), f"{HERE}/stream?views=roster"
    return beside(token, "open", "bench.watching", port, path, count, sampled, "plain" if plain else "gzip")


async def changes(port: int, token: str, rate: float, seconds: float) -> tuple[dict[int, float], list[float]]:
    """Send check-ins at a rate; return when each position was sent, and how long each answer took."""
    sent: dict[int, float] = {}
    took: list[float] = []

    async def one(n: int) -> None:
        body = json.dumps({"worker": f"W{n % WORKERS}", "area": f"{J}-{n // WORKERS % 2}"}).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        begun = time.monotonic()
        writer.write(post(f"{HERE}/commands/worker.check_in", body, token, str(uuid4())))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        answer = json.loads(await reader.readexactly(length))
        assert answer["outcome"] == "accepted", answer
        sent[answer["position"]] = begun
        took.append(time.monotonic() - begun)
        writer.close()

    begun, tasks = time.perf_counter(), list[asyncio.Task[None]]()
    for n in range(int(rate * seconds)):
        tasks.append(asyncio.create_task(one(n)))
        await asyncio.sleep(max(0.0, begun + (n + 1) / rate - time.perf_counter()))
    await asyncio.gather(*tasks)
    return sent, sorted(took)


def spent(child: "subprocess.Popen[str]") -> list[float]:
    """Return the processor seconds of the process that answers, the one that projects, and the watchers."""
    watchers = psutil.Process(child.pid)
    (service,) = (one for one in psutil.Process().children() if one.pid != child.pid)
    return [*processor_seconds(service), *processor_seconds(watchers)]


async def run(count: int, rate: float, seconds: float, *, plain: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, token):
        await register(port, token, WORKERS)
        areas = [item("area.define", {"area": f"{J}-{n}", "name": f"Area {n}"}) for n in range(2)]
        await load(port, 1, 1, lambda _: post(f"{HERE}/commands", json.dumps(areas).encode(), token))
        with watching(port, token, count, plain=plain) as child:
            await asyncio.sleep(SETTLE)
            before = spent(child)
            sent, took = await changes(port, token, rate, seconds)
            busy = [after - one for one, after in zip(before, spent(child), strict=True)]
            await asyncio.sleep(SETTLE)
            told, _ = child.communicate("end\n")
    received = Received(**json.loads(told))
    assert not received.closed, f"{received.closed} streams ended"
    found = received.delays(sent)
    p50, p99, answered, late = (
        1_000 * some[int(len(some) * q)] for some in (found, took) for q in (0.5, 0.99)
    )
    what = f"{count:,} watchers, {len(sent) / seconds:.0f} changes/s, change -> received"
    say(f"{what}: p50", f"{p50:.0f} ms", f"{len(received.sampled)} of them measured")
    say("  p99", f"{p99:.0f} ms", f"limit 1,000 ms, load {os.getloadavg()[0]:.0f}")
    say("  of it until the change was answered: p50", f"{answered:.0f} ms", f"p99 {late:.0f} ms")
    shares = [f"{100 * one / seconds:.0f} %" for one in busy]
    say("  processor time: answering + views; watchers", " + ".join(shares[:2]), f"{shares[2]} of a core")
    say(
        "  received by each watcher",
        f"{received.bytes / count / 1_000:,.0f} kB",
        f"{received.reads / count:.0f} reads",
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.watchers", description=__doc__)
    parser.add_argument("--watchers", type=int, nargs="+", default=[1_000, 5_000])
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--plain", action="store_true", help="without gzip, which pages ask for")
    given = parser.parse_args()
    for count in given.watchers:
        uvloop.run(run(count, given.rate, given.seconds, plain=given.plain))


if __name__ == "__main__":
    main()
