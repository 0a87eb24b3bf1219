"""A jurisdiction with a large log, made over HTTP: workers, a week of duties, requests with tasks."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import uuid4

from bench.load import post, send

J: Final = "B1"
HERE: Final = f"/api/v1/{J}"
AREAS: Final = 40
AT_ONCE: Final = 500
HOURS_ON: Final = 8


def item(name: str, data: dict[str, Any], at: datetime | None = None) -> dict[str, Any]:
    """Return one command of a list."""
    found: dict[str, Any] = {"id": str(uuid4()), "name": name, "data": data}
    return found | {"at": at.isoformat(), "observed": True} if at else found


def area(number: int) -> str:
    """Return the area of a worker or request."""
    return f"{J}-{number % AREAS}"


def registrations(workers: int) -> Iterator[dict[str, Any]]:
    """Yield areas, then workers."""
    for n in range(AREAS):
        yield item("area.define", {"area": area(n), "name": f"Area {n}", "lon": 128.9 + n / 100, "lat": 47.7})
    for n in range(workers):
        who = {"worker": f"W{n}", "role": "courier", "home_area": area(n), "name": f"Courier {n:05d}"}
        yield item("worker.register", who | {"phone": f"000{n:08d}", "organisation": f"Group {n % 50}"})


def facts(workers: int, events: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield duties of eight hours, a day apart, the last of which lasts."""
    days = max(1, events // (2 * workers))
    for day in range(days):
        begin = now - timedelta(days=days - day - 1, hours=HOURS_ON + 1)
        for n in range(workers):
            yield item("worker.check_in", {"worker": f"W{n}", "area": area(n + day)}, begin)
        if day < days - 1:
            end = begin + timedelta(hours=HOURS_ON)
            for n in range(workers):
                yield item("worker.check_out", {"worker": f"W{n}"}, end)


def requests(count: int) -> Iterator[dict[str, Any]]:
    """Yield requests, four in five of them with a finished task."""
    for n in range(count):
        made = {"request": f"R{n}", "category": "food", "area": area(n), "contact_name": f"Resident {n:05d}"}
        yield item("request.open", made)
        if n % 5:
            yield item("assignment.dispatch", {"assignment": f"A{n}", "request": f"R{n}", "worker": f"W{n}"})
            yield item("assignment.done", {"assignment": f"A{n}"})


async def build(port: int, token: str, workers: int, events: int) -> None:
    """Fill the jurisdiction. Raises RuntimeError if something is refused."""
    now = datetime.now(UTC)
    for stage in (registrations(workers), facts(workers, events, now), requests(workers // 4)):
        sent = (
            post(f"{HERE}/commands", json.dumps(some).encode(), token)
            for some in iter(lambda stage=stage: list(islice(stage, AT_ONCE)), [])
        )
        first = await send(port, 1, islice(sent, 1))
        rest = await send(port, 4, sent)
        if first.refused or rest.refused:
            raise RuntimeError(f"{first.refused + rest.refused} lists were refused")
