"""A large city: 20,000 on the roster, 5,000 of them on duty, 2,000 teams and 2,000 open requests."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measuring import told
from serving import City, served

ON_DUTY, OPEN, ROSTER, TEAMS = 5_000, 2_000, 20_000, 2_000
STREETS = [f"2307{county:02}{street:03}" for county in range(1, 11) for street in range(1, 6)]


KEPT = os.environ.get("MUSTER_LARGE")
"""Where `make test` keeps a filled city for the tests that run alone, while nobody else uses the machine."""


@contextmanager
def large_city(data: Path, *, used: bool = False) -> Iterator[City]:
    """Serve it from an empty folder. `used` = one that other tests left, with some more requests, will do."""
    left = Path(KEPT) if KEPT and used else None
    if left and left.exists():
        shutil.copytree(left, data)
    with served(data) as service:
        city = City(service, "2307")
        if not (left and left.exists()):
            _fill(city)
        yield city
    if KEPT and not used:
        shutil.rmtree(KEPT, ignore_errors=True)
        Path(shutil.copytree(data, f"{KEPT}.draft", dirs_exist_ok=True)).rename(KEPT)


def _fill(city: City) -> None:
    city.ok("jurisdiction.establish", name="大城市", timezone="Asia/Shanghai")
    began = time.monotonic()
    city.batch([*_areas(), *_people(), *_work()])
    told("a large city filled", seconds=round(time.monotonic() - began))


def _areas() -> Iterator[tuple[str, dict[str, Any]]]:
    for county in range(1, 11):
        yield "area.define", {"area": f"2307{county:02}", "name": f"第{county}区"}
    for street in STREETS:
        yield "area.define", {"area": street, "name": f"街道{street[4:]}"}


def _people() -> Iterator[tuple[str, dict[str, Any]]]:
    for n in range(ROSTER):
        who = {
            "worker": f"W{n:05}",
            "role": ("rider", "courier", "volunteer")[n % 3],
            "organisation": f"单位{n % 40}",
        }
        where = STREETS[n % len(STREETS)]
        if n < ON_DUTY:
            yield (
                "worker.check_in",
                {**who, "walk_in": True, "area": where, "name": f"队员{n}", "phone": f"{n:08}"},
            )
        else:
            yield "worker.register", {**who, "home_area": where}


def _work() -> Iterator[tuple[str, dict[str, Any]]]:
    for n in range(TEAMS):
        team = {
            "team": f"T{n:04}",
            "name": f"第{n}小队",
            "kind": "courier",
            "area": STREETS[n % len(STREETS)],
        }
        yield "team.form", {**team, "members": [f"W{n:05}"], "activate": True}
    for n in range(OPEN):
        asked = {"category": ("grocery", "medicine")[n % 2], "priority": 1 + n % 4}
        yield "request.open", {"request": f"R{n:05}", "area": STREETS[n % len(STREETS)], **asked}
