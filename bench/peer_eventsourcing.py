"""A peer: check-ins with `eventsourcing` (PyPI) on SQLite, 500 events in one save
(`python -m bench.peer_eventsourcing`). It has no views.

A command names a worker, which an application of the library gets from its repository, here with a cache of
them all, which copies each. Saving alone is measured too, with aggregates that the caller holds.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

SIZE = 500
WORKERS = 1000


class Worker(Aggregate):
    """A worker that checks in."""

    @event("Registered")
    def __init__(self, role: str) -> None:
        self.role, self.area = role, ""

    @event("CheckedIn")
    def check_in(self, area: str, by: str) -> None:
        """Note where the worker is on duty."""
        self.area = area


def rate(folder: Path, events: int, *, held: bool) -> tuple[float, float]:
    """Return events per second, durable, and processor seconds of each.

    `held`: the caller keeps the aggregates, and none is got from the repository.
    """
    app = Application[UUID](
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(folder / f"events-{held}.sqlite"),
            "AGGREGATE_CACHE_MAXSIZE": str(2 * WORKERS),
            "AGGREGATE_CACHE_FASTFORWARD": "n",  # only this process writes
        }
    )
    workers = [Worker(role="courier") for _ in range(WORKERS)]
    app.save(*workers)
    began, spent = time.perf_counter(), time.process_time()
    for first in range(0, events, SIZE):
        asked = [workers[n % WORKERS] for n in range(first, first + SIZE)]
        some = asked if held else [cast("Worker", app.repository.get(one.id)) for one in asked]
        for worker in some:
            worker.check_in(area="B1", by="admin/bench")
        app.save(*some)
    return events / (time.perf_counter() - began), (time.process_time() - spent) / events


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    with tempfile.TemporaryDirectory() as made:
        asked = parser.parse_args().events
        print(*rate(Path(made), asked, held=False), *rate(Path(made), asked, held=True))
