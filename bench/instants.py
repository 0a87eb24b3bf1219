"""`python -m bench.instants`: the board at any instant on a large log, beside its limit.

The log is decided in this process, as only reading it is measured: seconds on the clock, and of processor
time, as other work may run beside.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import uuid4

import uvloop

from bench.large import J, facts, registrations, requests
from bench.past import say
from events.commit import Commit, Head, Recorded, digest, encode
from projections.instant import READ
from services.adapters.sqlite.instants import SqliteInstants
from services.adapters.sqlite.log import SqliteLog
from services.base.tuning import tune
from services.decisions.base import Context, commands
from services.decisions.decide import confirm, decide
from services.decisions.state import State
from services.history.instants import Instants
from services.views.port import Query

SIZE: Final = 500
PLACES: Final = 200
PERSONAL: Final = ("name", "phone", "contact_name")
"""Left out, as they would have to be sealed."""


async def build(log: SqliteLog, workers: int, events: int) -> None:
    """Write a log of so many facts. What is refused is left out."""
    state, now = State(J), datetime.now(UTC)
    told = chain(registrations(workers), facts(workers, events, now), requests(workers // 4))
    while some := list(islice(told, SIZE)):
        recorded: list[Recorded] = []
        for one in some:
            recorded += _decided(state, one, now, state.head.position + len(recorded) + 1)
        commit = Commit(
            id=str(uuid4()),
            jurisdiction=J,
            first=state.head.position + 1,
            prev=state.head.hash,
            recorded_at=now,
            events=tuple(recorded),
        )
        data = encode(commit)
        assert await log.append(J, data)
        confirm(state, commit, Head(state.head.position + len(recorded), digest(data)))


def _decided(state: State, item: dict[str, Any], now: datetime, first: int) -> list[Recorded]:
    command_type, data = commands[item["name"]], dict(item["data"])
    for field in PERSONAL:
        if item["name"] != "area.define":
            data.pop(field, None)
    command = command_type.model_validate(data)
    at = datetime.fromisoformat(item["at"]) if "at" in item else now
    ctx = Context(id=item["id"], actor="bench", now=now, at=at, observed="at" in item)
    return decide(state, command, ctx, first, "body")


def whens(random: Random, events: int, workers: int) -> Iterator[datetime]:
    """Yield instants within the days of the log, and a few before and after."""
    days = max(1, events // (2 * workers))
    while True:
        yield datetime.now(UTC) - timedelta(seconds=random.randrange(86_400 * (days + 1)))


async def run(data: Path, workers: int, events: int) -> None:
    log, random = SqliteLog(data / "log.sqlite"), Random(17)
    if not (await log.end(J)).position:
        await build(log, workers, events)
    end = (await log.end(J)).position
    tune()
    store = SqliteInstants(data / "instants.sqlite")
    instants = Instants(log, store, 1 << 40)
    begun = time.process_time()
    await instants.follow(J, end)
    made, size = time.process_time() - begun, await store.size()
    say("board at an instant: events", f"{end:,}", f"{workers:,} workers, load {os.getloadavg()[0]:.0f}")
    say("  made, CPU time an event", f"{1e6 * made / end:.0f} us", f"{size / end:,.0f} bytes an event")
    found: list[tuple[float, float, str]] = []
    for when, _ in zip(whens(random, events, workers), range(PLACES), strict=False):
        name = random.choice(list(READ))
        fields = ("key", *READ[name][0].filters)
        query = Query(sort=random.choice([None, *(way + one for one in fields for way in ("", "-"))]))
        clock, cpu = time.perf_counter(), time.process_time()
        assert await instants.page(J, name, when, query)
        spent = time.perf_counter() - clock, time.process_time() - cpu
        found.append((*spent, f"{name} at={when:%d %H:%M} sort={query.sort}"))
    for which, what in enumerate(("on the clock", "CPU")):
        found.sort(key=lambda one: one[which])
        p50, p99 = (1_000 * found[int(PLACES * q)][which] for q in (0.5, 0.99))
        say(f"page of 100 at {PLACES} instants, {what}: p50", f"{p50:.0f} ms")
        say(
            "  p99",
            f"{p99:.0f} ms",
            f"limit 500 ms; slowest {1_000 * found[-1][which]:.0f} ms: {found[-1][2]}",
        )
    await instants.close()
    await log.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.instants", description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the data folder here and use it again")
    parser.add_argument("--workers", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=200_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.data:
            given.data.mkdir(parents=True, exist_ok=True)
        uvloop.run(run(given.data or Path(folder), given.workers, given.events))


if __name__ == "__main__":
    main()
