"""Two cities, projected by one process and by two: what a second one brings, and what a rebalance costs."""

import asyncio
import os
import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Final

from bench.cluster_tools import Cpu, Figures, chained, median, process, spread, until
from bench.cluster_views import PARTITIONS, PROBES, Run, Stage, send
from services.log.identity import partition_of

WHERE: Final = (0, PARTITIONS - 1)
"""Partitions of the two cities: whichever way they are dealt out, two processes have one each."""
ROUNDS: Final = 3
LOOK_SECONDS: Final = 0.1
"""Looking takes of the same cores."""
_REBALANCE: Final = re.compile(rb"rebalance: \d+ partitions, projected to their ends after ([0-9.]+) s")


def cities(label: str) -> list[str]:
    """Return a new jurisdiction in each of the partitions."""
    return [
        next(name for n in count() if partition_of(name := f"{label}-{n}", PARTITIONS) == where)
        for where in WHERE
    ]


async def one(stage: Stage, label: str, processes: int, pids: dict[str, int], costs: list[float]) -> Run:
    """Run one pass with this many projectors; note what their rebalances cost."""
    commits = {name: list(chained(name, stage.groups)) for name in cities(label)}
    folder = stage.cluster.folder
    logs = [folder / "logs" / f"bench-{label}-{n}.log" for n in range(processes)]
    with ExitStack() as stack:
        workers = dict(pids)
        for n, log in enumerate(logs):
            words = ("-m", "services.cli", "projector", "--data", str(folder / f"bench-{label}-{n}"))
            child = stack.enter_context(process(*words, env={"MUSTER_METRICS_PORT": "0"}, log=log))
            workers[f"worker-{n + 1}"] = child.pid
            await until(lambda log=log: _joined(log), f"projector {n + 1}")
        for name, found in commits.items():
            await send(stage.cluster, name, [data for data, _ in found[:PROBES]])
            await stage.shows(name, found[PROBES - 1][1])
        cpu, begun = Cpu.of(workers), time.perf_counter()
        for name, found in commits.items():
            await send(stage.cluster, name, [data for data, _ in found[PROBES:]])
        ends = await asyncio.gather(
            *(stage.shows(name, found[-1][1], LOOK_SECONDS) for name, found in commits.items())
        )
        costs += [float(seconds) for log in logs for seconds in _REBALANCE.findall(log.read_bytes())]
        events = sum(f[-1][1].position - f[PROBES - 1][1].position for f in commits.values())
        return Run(events / (max(ends) - begun), cpu.used())


async def _joined(log: Path) -> bool:
    return bool(_REBALANCE.search(log.read_bytes()))


async def measure(figures: Figures, stage: Stage, pids: dict[str, int]) -> None:
    """Measure the figures."""
    alone, both, costs = list[Run](), list[Run](), list[float]()
    for n in range(ROUNDS):
        alone.append(await one(stage, f"A{n}", 1, pids, costs))
        both.append(await one(stage, f"B{n}", 2, pids, costs))
    ratios = [two.rate / first.rate for first, two in zip(alone, both, strict=True)]
    figures.say(
        "4  two projectors on two cities, relative to one",
        f"ratio {median(ratios):.2f}",
        f"goal >= 1.7 on four cores; work of projectors {_work(both) / _work(alone):.2f} times"
        f" ({spread(ratios, '', 2)}); {bound(alone)}",
        ratio=ratios,
        cpu_seconds=[run.cpu for run in (*alone, *both)],
    )
    figures.say(
        "4  a rebalance, until all is projected to its end", f"{median(costs):.1f} s", spread(costs, " s", 1)
    )


def bound(alone: Sequence[Run]) -> str:
    """Say what two could bring at most on these cores: one and its stores already need more than one."""
    need: dict[str, float] = {}
    for run in alone:
        for name, seconds in run.cpu.items():
            need[name.rstrip("-1")] = need.get(name.rstrip("-1"), 0.0) + seconds
    own, cores = need.pop("worker"), os.cpu_count() or 1
    others = ", ".join(f"{name} {seconds / own:.2f}" for name, seconds in need.items())
    most = cores * own / (own + need["postgres"] + need["kafka"])
    return f"for each second of a projector {others}: at most {most:.2f} on {cores} cores"


def _work(runs: Sequence[Run]) -> float:
    """Return the median of the projectors' processor time."""
    return median([sum(seconds for name, seconds in run.cpu.items() if "worker" in name) for run in runs])
