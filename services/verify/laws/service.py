"""At any date: no two intervals of a person's service overlap, and its sums agree with them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from projections.serving import Asked, Book, ServiceRow, book, sums
from services.verify.laws.base import Law, Rows

MOST_DATES: Final = 3
"""Dates checked: the last one, and others spread evenly over the facts of reporting."""
_LITTLE: Final = 0.001
"""Seconds by which sums may differ, as they are rounded."""


def broken(jurisdiction: str, rows: Rows) -> Iterator[str]:
    """Yield what overlaps or does not add up at some of the dates."""
    here: Any = rows["jurisdictions"].get(jurisdiction)
    zone = ZoneInfo(here.timezone if here else "UTC")
    for when in _dates(rows):
        found = book(rows, when)
        yield from (f"{what} at {when.isoformat()}" for what in _overlaps(found))
        yield from (f"{what} at {when.isoformat()}" for what in _sums(jurisdiction, found, zone))


def _overlaps(found: Book) -> Iterator[str]:
    people: dict[str, list[ServiceRow]] = {}
    for row in found.rows.values():
        people.setdefault(row.worker, []).append(row)
    for worker, rows in people.items():
        parts = sorted((part for row in rows for part in row.parts), key=lambda part: part.since)
        for earlier, later in pairwise(parts):
            if later.since < earlier.until:
                yield f"service of {worker} counts twice from {later.since.isoformat()}"
        shown = _union((row.since, row.until) for row in rows if row.state in ("counted", "overlaps"))
        counted = sum((part.length for part in parts), timedelta())
        if shown != counted:
            yield f"service of {worker} counts {counted}, but {shown} is shown"


def _union(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """Return how long some intervals last together, each instant once."""
    length, end = timedelta(), None
    for since, until in sorted(spans):
        begin = max(since, end) if end else since
        length += max(until - begin, timedelta())
        end = max(until, end) if end else until
    return length


def _sums(jurisdiction: str, found: Book, zone: ZoneInfo) -> Iterator[str]:
    times = sum(row.state == "counted" for row in found.rows.values())
    seconds = sum(row.seconds for row in found.rows.values())
    whole = Asked(zone=zone, root=jurisdiction)
    for asked in (whole, msgspec.structs.replace(whole, by="week", level=1)):
        rows = sums(found, asked).values()
        counted = sum(row.person_times for row in rows)
        length = sum(row.seconds for row in rows)
        if counted != times or abs(length - seconds) > _LITTLE:
            yield (
                f"service by {asked.by} is {counted} person-times and {length} s, "
                f"one by one it is {times} and {seconds} s"
            )


def _dates(rows: Rows) -> Sequence[datetime]:
    some: Iterable[Any] = rows["presence"].values()
    others: Iterable[Any] = rows["services"].values()
    homes: Iterable[Any] = rows["homes"].values()
    if not rows["homes"]:
        return []
    dates = {row.at for row in some} | {row.until for row in others}
    ordered = sorted(dates | {one.at for row in homes for one in row.changes})
    step = max(1, len(ordered) // MOST_DATES)
    return [*ordered[::step][:MOST_DATES], *ordered[-1:]]


LAW = Law(
    code="service",
    meaning="Intervals of one person's service overlap, or its sums do not add up.",
    broken=broken,
)
