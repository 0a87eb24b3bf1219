"""`python -m bench.jurisdictions`: check-ins of one jurisdiction and of many in one service, in turn."""

import argparse
import asyncio
import json
import os
import tempfile
from pathlib import Path
from statistics import median
from typing import Final
from uuid import uuid4

import psutil
import uvloop

from bench.__main__ import item, processor_seconds, served
from bench.large import AT_ONCE
from bench.load import load, post
from bench.past import say
from services.api.server.serve import running_file

TURNS: Final = 3
CONNECTIONS: Final = 64
WORKERS: Final = 1_000


def codes(count: int) -> list[str]:
    """Return the codes of so many jurisdictions."""
    return [f"M{count}x{n}" for n in range(count)]


async def register(port: int, token: str, where: list[str]) -> None:
    """Spread the workers over the jurisdictions."""
    for number, code in enumerate(where):
        own = range(number, WORKERS, len(where))
        items = [item("worker.register", {"worker": f"W{n}", "role": "courier"}) for n in own]
        for start in range(0, len(items), AT_ONCE):
            body = json.dumps(items[start : start + AT_ONCE]).encode()
            done = await load(port, 1, 1, lambda _, c=code, b=body: post(f"/api/v1/{c}/commands", b, token))
            assert not done.refused


async def check_in(port: int, token: str, where: list[str], requests: int) -> float:
    """Send single check-ins; return how many were accepted a second."""

    def make(n: int) -> bytes:
        worker = n % WORKERS
        code = where[worker % len(where)]
        body = json.dumps({"worker": f"W{worker}", "area": code}).encode()
        return post(f"/api/v1/{code}/commands/worker.check_in", body, token, str(uuid4()))

    done = await load(port, CONNECTIONS, requests, make)
    assert not done.refused
    return done.rate


async def run(counts: list[int], requests: int) -> None:
    rates, costs = dict[int, list[float]](), dict[int, list[list[float]]]()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, token):
        service = psutil.Process(int(json.loads(running_file(Path(folder)).read_text())["pid"]))
        for count in counts:
            await register(port, token, codes(count))
            await check_in(port, token, codes(count), requests // 8)
        for _ in range(TURNS):
            for count in counts:
                before = processor_seconds(service)
                rates.setdefault(count, []).append(await check_in(port, token, codes(count), requests))
                await asyncio.sleep(1)  # the views
                spent = zip(before, processor_seconds(service), strict=True)
                costs.setdefault(count, []).append([1e6 * (now - was) / requests for was, now in spent])
    one = counts[0]
    for count in counts:
        ratio = median(x / y for x, y in zip(rates[count], rates[one], strict=True))
        cost = median(sum(x) / sum(y) for x, y in zip(costs[one], costs[count], strict=True))
        each = " + ".join(f"{median(one):.0f}" for one in zip(*costs[count], strict=True))
        say(
            f"check-ins of {count} jurisdictions, {CONNECTIONS} connections",
            f"{median(rates[count]):,.0f}/s",
            f"{ratio:.2f} of {one} (goal >= 0.8), load {os.getloadavg()[0]:.0f}",
        )
        say("  processor time of each: answering + views", f"{each} us", f"{cost:.2f} by processor time")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.jurisdictions", description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[1, 40, 340])
    parser.add_argument("--requests", type=int, default=8_000)
    given = parser.parse_args()
    uvloop.run(run(given.counts, given.requests))


if __name__ == "__main__":
    main()
