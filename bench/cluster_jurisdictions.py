"""`python -m bench.cluster_jurisdictions`: check-ins of one jurisdiction and of many in a cluster, in turn.

One API process and one projector: what a check-in costs each process, views included. What they take while
nothing happens is subtracted, as on a busy machine a check-in waits longer.
"""

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Final

import uvloop

from bench.cluster_tools import Cpu, Figures, median, until
from bench.jurisdictions import CONNECTIONS, WORKERS, check_in, codes, register
from projections.catalog import views as catalog
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views import PgViews
from services.sandbox.cluster import Cluster

COUNTS: Final = (1, 40)
REQUESTS: Final = 6_000
TURNS: Final = 3
REST_SECONDS: Final = 6


class Turns:
    """Passes over the same cluster with one and with many jurisdictions."""

    def __init__(self, cluster: Cluster, views: PgViews, requests: int) -> None:
        self._port = int(cluster.urls[0].rsplit(":", 1)[1])
        self._token, self._views, self._requests = cluster.token, views, requests
        self._pids = {child.name: child.pid or 0 for child in cluster.children}
        self._sent = 0
        self._idle: dict[str, float] = {}
        """Processor seconds per second of processes that have nothing to do."""
        self.rates, self.costs = dict[int, list[float]](), dict[int, dict[str, list[float]]]()

    async def begin(self, count: int) -> None:
        """Register workers, and warm up."""
        await register(self._port, self._token, codes(count))
        self._sent += WORKERS
        await self._one(count, self._requests // 4)

    async def rest(self, seconds: float) -> None:
        """Measure what a cluster takes that has nothing to do."""
        await asyncio.sleep(1)
        cpu = Cpu.of(self._pids)
        await asyncio.sleep(seconds)
        self._idle = {name: spent / seconds for name, spent in cpu.used().items()}

    async def turn(self, count: int) -> None:
        """Measure one pass, until all views show it."""
        cpu, begun = Cpu.of(self._pids), time.perf_counter()
        rate = await self._one(count, self._requests)
        took = time.perf_counter() - begun
        self.rates.setdefault(count, []).append(rate)
        for name, seconds in cpu.used().items():
            costs = self.costs.setdefault(count, {}).setdefault(name, [])
            costs.append(1e6 * (seconds - took * self._idle[name]) / self._requests)

    async def _one(self, count: int, requests: int) -> float:
        rate = await check_in(self._port, self._token, codes(count), requests)
        self._sent += requests

        async def shown() -> bool:
            return sum((await self._views.positions()).values()) >= self._sent  # nobody else sends

        await until(shown, "the views", 0.05)
        return rate


async def measure(figures: Figures, folder: Path, requests: int) -> None:
    """Measure a cluster of its own."""
    cluster = Cluster(folder, apis=1, projectors=1)
    cluster.start()
    try:
        turns = await _turns(cluster, requests)
    finally:
        cluster.stop()
    for count in COUNTS:
        _say(figures, turns, count)


async def _turns(cluster: Cluster, requests: int) -> Turns:
    views = await PgViews.open(await Pool.open(cluster.database.dsn), catalog)
    turns = Turns(cluster, views, requests)
    for count in COUNTS:
        await turns.begin(count)
    await turns.rest(REST_SECONDS)
    for _ in range(TURNS):
        for count in COUNTS:
            await turns.turn(count)
    await views.close()
    return turns


def _say(figures: Figures, turns: Turns, count: int) -> None:
    pairs = zip(turns.rates[count], turns.rates[COUNTS[0]], strict=True)
    costs = {name: median(found) for name, found in turns.costs[count].items()}
    first = sum(median(found) for found in turns.costs[COUNTS[0]].values())
    figures.say(
        f"12 check-ins in {count} jurisdictions, {CONNECTIONS} connections",
        f"{median(turns.rates[count]):,.0f}/s",
        f"{median([one / other for one, other in pairs]):.2f} of {COUNTS[0]} (goal >= 0.7);"
        f" load {os.getloadavg()[0]:.0f}",
        rates=turns.rates[count],
    )
    told = ", ".join(f"{name} {cost:.0f}" for name, cost in costs.items())
    whole = sum(costs.values())
    figures.say(
        "   processor time of each",
        f"{whole:,.0f} us",
        f"{first / whole:.2f} of it with one; {told}",
        us=costs,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cluster_jurisdictions", description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    asked = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may run as another user
        uvloop.run(measure(Figures(), Path(folder) / "cluster", asked.requests))
    print(f"{time.monotonic() - begun:.0f} s in all")


if __name__ == "__main__":
    main()
