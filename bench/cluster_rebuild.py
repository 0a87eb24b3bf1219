"""A log of many cities, projected from its beginning: its speed, and whether it is taken for dead."""

import asyncio
import time
from itertools import count
from typing import Final

from bench.cluster_pair import bound
from bench.cluster_tools import Cpu, Figures, chained, process, until
from bench.cluster_views import Run, Stage, send

EVENTS: Final = 300_000


async def measure(figures: Figures, stage: Stage, pids: dict[str, int], scale: float) -> None:
    """Measure the figure."""
    ends: dict[str, int] = {}
    for n in count():
        if sum(ends.values()) >= EVENTS * scale:
            break
        commits = list(chained(f"R{n}", stage.groups))
        await send(stage.cluster, f"R{n}", [data for data, _ in commits])
        ends[f"R{n}"] = commits[-1][1].position
    folder = stage.cluster.folder / "bench-rebuild"
    exits, log = folder / "watchdog-exits", stage.cluster.folder / "logs" / "bench-rebuild.log"
    words = ("-m", "services.cli", "projector", "--data", str(folder))

    async def there() -> bool:
        found = await stage.views.positions()
        return all(found.get(code, 0) >= end for code, end in ends.items())

    async def begun() -> bool:
        return bool(ends.keys() & (await stage.views.positions()).keys())

    with process(*words, env={"MUSTER_METRICS_PORT": "0"}, log=log) as child:
        await until(begun, "the first event", seconds=600)
        cpu, started = Cpu.of({**pids, "worker": child.pid}), time.perf_counter()
        took = await until(there, "the whole log", 0.2, seconds=3_600) - started
        run = Run(sum(ends.values()) / took, cpu.used())
    ended = await asyncio.to_thread(exits.read_text) if exits.exists() else "0"
    figures.say(
        f"11 a log of {sum(ends.values()):,} events of {len(ends)} cities, projected from its beginning",
        f"{run.rate:,.0f}/s",
        f"watchdog exits: {ended.strip() or 0} (goal 0); {bound([run])}",
        cpu_seconds=run.cpu,
        seconds=took,
    )
