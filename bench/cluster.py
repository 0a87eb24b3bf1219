"""`make bench-cluster`: benchmark a local cluster, each figure next to its limit.

The figures are not a gate. As machines are noisy, each is the median of several short runs, with its range.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from bench import (
    cluster_back,
    cluster_jurisdictions,
    cluster_live,
    cluster_log,
    cluster_pair,
    cluster_rebuild,
    cluster_views,
)
from bench.cluster_history import yichun
from bench.cluster_jurisdictions import REQUESTS
from bench.cluster_tools import Figures
from services.sandbox.cluster import Cluster


@contextmanager
def stores(folder: Path) -> Iterator[Cluster]:
    """Start only the broker and database of a cluster; stop them on exit."""
    cluster = Cluster(folder, apis=2, projectors=2)
    try:
        for child in (cluster.database, cluster.broker):
            child.start()
        for child in (cluster.database, cluster.broker):
            child.wait_ready(60)
        cluster.migrate()
        os.environ.update(cluster.env)
        yield cluster
    finally:
        cluster.stop()


async def run(scale: float, history: int) -> Figures:
    """Run all benchmarks in a temporary folder."""
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may run as another user
        with stores(Path(folder) / "cluster") as cluster:
            pids = {child.name: child.pid or 0 for child in cluster.children if child.pid}
            pids["bench"] = os.getpid()
            await cluster_log.measure(figures, cluster.folder, scale, pids)
            events = await yichun(cluster.folder / "yichun")
            stage = await cluster_views.measure(figures, cluster, events[: int(len(events) * scale)], pids)
            await cluster_pair.measure(figures, stage, pids)
            await cluster_rebuild.measure(figures, stage, pids, scale)
            await stage.views.close()
        whole = Cluster(Path(folder) / "whole", apis=2, projectors=2)
        whole.start()
        try:
            await cluster_live.measure(figures, whole, scale, history)
            await cluster_back.measure(figures, whole)
        finally:
            whole.stop()
        await cluster_jurisdictions.measure(figures, Path(folder) / "many", int(REQUESTS * scale))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-cluster", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the runs; 1 = about four minutes")
    parser.add_argument(
        "--history", type=int, default=200_000, help="events in the log when an API process starts"
    )
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    asked = parser.parse_args()
    begun = time.monotonic()
    figures = uvloop.run(run(asked.scale, asked.history))
    if asked.json:
        figures.keep(asked.json)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {time.monotonic() - begun:.0f} s in all")


if __name__ == "__main__":
    main()
