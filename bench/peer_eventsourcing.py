"""A peer: check-ins with `eventsourcing` (PyPI) on SQLite, 500 events in one save
(`python -m bench.peer_eventsourcing`). It has no views; its aggregates stay in memory."""

import argparse
import tempfile
import time
from pathlib import Path

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


def rate(folder: Path, events: int) -> tuple[float, float]:
    """Return events per second, durable, and processor seconds of each."""
    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "events.sqlite")}
    app = Application(env=env)
    workers = [Worker(role="courier") for _ in range(WORKERS)]
    app.save(*workers)
    began, spent = time.perf_counter(), time.process_time()
    for first in range(0, events, SIZE):
        some = [workers[n % WORKERS] for n in range(first, first + SIZE)]
        for worker in some:
            worker.check_in(area="B1", by="admin/bench")
        app.save(*some)
    return events / (time.perf_counter() - began), (time.process_time() - spent) / events


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    with tempfile.TemporaryDirectory() as made:
        print(*rate(Path(made), parser.parse_args().events))
