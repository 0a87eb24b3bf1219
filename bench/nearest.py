"""The nearest open stations among 100,000, at noon and at 03:00 when one in a thousand is open.

    python -m bench.nearest [--stations N]

Milliseconds of processor time of one search, with the rows that it returns. The limit is 5 ms at p99.
"""

import argparse
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bench.coverage import p99
from events.workdays import calendar_of
from projections.stations import StationRow
from services.stations.board import Asked, StationBoard

STATIONS: Final = 100_000
LIMIT_MS: Final = 5.0
ZONE: Final = "Asia/Shanghai"
HOURS: Final = ("Mo-Fr 08:00-20:00; PH off", "08:00-18:00", "Mo-Sa 09:00-21:00", "Mo-Su 06:30-22:30")
SERVICES: Final = ("rest", "water", "charging", "toilet", "advice")
NOON: Final = datetime(2026, 3, 4, 4, tzinfo=UTC)
NIGHT: Final = datetime(2026, 3, 3, 19, tzinfo=UTC)
"""03:00 in China."""


def rows(count: int, seed: int = 1) -> Iterator[StationRow]:
    """Yield stations around one city; one in a thousand is open at night."""
    rng = random.Random(seed)
    for n in range(count):
        yield StationRow(
            station=f"S{n}",
            name=f"Station {n}",
            kind="youth",
            area="230717",
            lat=47 + rng.gauss(0, 0.5),
            lon=128 + rng.gauss(0, 0.8),
            services=tuple(rng.sample(SERVICES, 2)),
            hours="24/7" if n % 1000 == 0 else rng.choice(HOURS),
            since=NOON,
        )


def searches(board: StationBoard, at: datetime, offers: tuple[str, ...], count: int = 1_000) -> list[float]:
    """Return the milliseconds of searches from random points, in order of size."""
    rng, found = random.Random(2), list[float]()
    for _ in range(count):
        point = 47 + rng.gauss(0, 0.5), 128 + rng.gauss(0, 0.8)
        asked = Asked(point=point, at=at, open=True, offers=offers, limit=10)
        begun = time.thread_time()
        near = board.near(asked, lambda row: True)
        found.append(1000 * (time.thread_time() - begun))
        assert len(near) == asked.limit
        assert all(one.open for one in near)
    return sorted(found)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stations", type=int, default=STATIONS)
    given = parser.parse_args()
    board, begun = StationBoard(ZoneInfo(ZONE), calendar_of(ZONE)), time.thread_time()
    for row in rows(given.stations):
        board.take(row.station, row)
    print(f"{given.stations:,} stations taken up in {time.thread_time() - begun:.1f} s")
    for name, at in (("noon", NOON), ("03:00, one in a thousand open", NIGHT)):
        begun = time.thread_time()
        board.prepare(at)
        print(f"the day's opening: {time.thread_time() - begun:.1f} s")
        for offers in ((), ("charging",)):
            what = "open" if not offers else f"open and offering {', '.join(offers)}"
            read = p99(searches(board, at, offers))
            print(f"10 nearest {what} at {name}: p99 {read:.2f} ms (limit {LIMIT_MS:.0f} ms)")


if __name__ == "__main__":
    main()
