"""`python -m bench.past`: search by name and reads of the past on a large log, beside their limits.

Seconds of processor time of one thread, as other work may run beside.
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import uvloop

from bench.__main__ import served
from bench.large import J, build
from projections.catalog import public_views
from projections.catalog import views as catalog
from services import wiring
from services.access import Principal
from services.api.rows import Opener
from services.api.searching import Finder
from services.application.muster import Muster
from services.base.memory import give_back
from services.history.person_times import PersonTimes
from services.search.index import Index
from services.views.port import Query

ROUNDS: Final = 20
PLACES: Final = 200
SECONDS: Final = 10.0
AT_ONCE: Final = 50
"""Check-ins of one list."""
TEXTS: Final = ("Courier 00999", "resident", "99", "c", "C-00123", "nobody of this name")


def memory() -> float:
    """Return this process's resident MiB."""
    give_back()
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024  # type: ignore[index]


async def costs(work: Callable[[], Awaitable[Any]], rounds: int = ROUNDS) -> list[float]:
    """Return seconds of processor time of each round, the shortest first."""
    found: list[float] = []
    for _ in range(rounds):
        begun = time.process_time()
        await work()
        found.append(time.process_time() - begun)
    return sorted(found)


def say(what: str, figure: str, limit: str = "") -> None:
    print(f"{what:<64} {figure:>20}  {limit}", flush=True)


async def search(muster: Muster) -> None:
    """Print what the search costs to build, in memory, and for each text."""
    before = memory()
    index = Index(J, muster.views, muster.vault, muster.progress)
    (built,) = await costs(lambda: index.ready(3600), 1)
    people = sum(map(len, index.rows.values()))
    say(f"search of {people:,} rows built, CPU", f"{built:.1f} s", f"{memory() - before:.0f} MiB")
    for areas, whose in (((), ""), (("nowhere",), " for a caller who may see none")):
        asker = Principal(id="p1", name="desk", scope="dispatcher", areas=areas)
        opener = Opener(muster.vault, J, areas=areas)
        finder = Finder(index, muster.views, muster.vault, J, asker, opener, names=True, phones=False)
        for text in TEXTS:
            worst = (await costs(lambda finder=finder, text=text: finder.find(text, 20)))[-1]
            what = f"find {text!r}{whose}, CPU, slowest of {ROUNDS}"
            say(what, f"{1000 * worst:.1f} ms", "limit 200 ms")


async def person_times(muster: Muster) -> None:
    """Print what a page of person-times costs in each order, once they are indexed."""
    times = PersonTimes(muster.views, muster.progress, muster.announcements)
    (built,) = await costs(lambda: times.page(J, Query(sort="-since")), 1)
    say("index of person-times built, CPU", f"{built:.1f} s")
    for name, query in {
        **{f"sort={order}": Query(sort=order) for order in ("since", "-since", "-until", "-seconds")},
        "area, sort=-since": Query(areas=[f"{J}-3"], sort="-since"),
        "still on duty": Query(filters={"until": [None]}),
    }.items():
        worst = (await costs(lambda query=query: times.page(J, query)))[-1]
        say(f"a page of 100 intervals, {name}, CPU", f"{1000 * worst:.1f} ms", "limit 50 ms")
    await times.close()


async def as_of(muster: Muster, data: Path) -> None:
    """Print what it costs to keep the past, and to read a page of any view, position and order."""
    end, random = (await muster.log.end(J)).position, Random(17)
    past = await wiring.past(data, muster.log)
    if past is None:
        raise SystemExit("unset MUSTER_PAST_MB")
    (made,) = await costs(lambda: past.make(J), 1)
    size = (data / "past.sqlite").stat().st_size
    say("past views made, CPU", f"{made:.0f} s", f"{size / 2**20:,.0f} MiB, {size / end:,.0f} bytes an event")
    seconds: list[float] = []
    worst = ""
    for _ in range(PLACES):
        view = catalog[random.choice(public_views())]
        sort = random.choice([None, *(way + name for name in ("key", *view.filters) for way in ("", "-"))])
        position = random.randrange(1_000, end)
        read = past.page(J, view, position, Query(sort=sort))
        begun = time.process_time()
        if await read is None:
            raise SystemExit(f"position {position} was forgotten: raise MUSTER_PAST_MB")
        seconds.append(time.process_time() - begun)
        if seconds[-1] == max(seconds):
            worst = f"{view.name} as_of={position} sort={sort}"
    seconds.sort()
    p50, p99 = (1_000 * seconds[int(PLACES * q)] for q in (0.5, 0.99))
    say(f"page of 100 as of {PLACES} positions, any view and order, CPU: p50", f"{p50:.0f} ms")
    say("  p99", f"{p99:.0f} ms", f"limit 500 ms; slowest {1_000 * seconds[-1]:.0f} ms: {worst}")
    await past.close()


async def run(data: Path, workers: int, events: int) -> None:
    if not (data / "views.sqlite").exists():
        with served(data) as (port, token):
            await build(port, token, workers, events)
            await asyncio.sleep(5)
    muster = await wiring.embedded(data)
    try:
        muster.progress.positions[J] = (await muster.views.head(J)).position
        say("events", f"{muster.progress.positions[J]:,}")
        await search(muster)
        await person_times(muster)
        await as_of(muster, data)
    finally:
        await muster.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.past", description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the data folder here and use it again")
    parser.add_argument("--workers", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=200_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(run(given.data or Path(folder), given.workers, given.events))


if __name__ == "__main__":
    main()
