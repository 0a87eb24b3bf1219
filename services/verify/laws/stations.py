"""A station is what its history says at any date, its days sum its uses, and its needs count their events."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from events.dated import order
from events.need import NeedClosed, NeedOpened, Side
from events.need_facts import need_at
from events.station_facts import standing
from projections.need_sums import sums
from projections.needs import NeedRow
from projections.needs import row_of as need_row
from projections.station_days import StationDayRow, key_of
from projections.stations import StationRow, row_of
from services.verify.laws.base import Law, Rows

_OPENED: Final = NeedOpened.NAME
_DATES: Final = 20
"""Dates at which the sums of needs are counted again."""


def broken(jurisdiction: str, rows: Rows) -> Iterable[str]:
    """Yield the stations, days and needs whose figures, at any date, do not follow from their rows."""
    for key, row in rows["stations"].items():
        yield from (f"station {key} {what}" for what in _of_station(row))
    yield from _of_days(rows)
    for key, row in rows["needs"].items():
        now = need_at(row.history)
        if list(row.history) != sorted(row.history, key=order) or now is None or need_row(key, now) != row:
            yield f"need {key} is not what its history says"
    yield from _of_sums(rows)


def _of_station(row: StationRow) -> Iterator[str]:
    now = standing(row.history)
    if list(row.history) != sorted(row.history, key=order):
        yield "has a history that is not in the order of its time"
    if now is None or row_of(row.station, now, row.reports) != row:
        yield "is not what its history and its reports say"
    for fact in row.history:
        then = standing(row.history, fact.at)
        if then and then.on_map_since and then.state != "active":
            yield f"is on the public map at {fact.at.isoformat()}, although it is withdrawn"


def _of_days(rows: Rows) -> Iterator[str]:
    """Uses of a day are the uses that happened on it, each once."""
    uses: Iterable[Any] = rows["station_uses"].values()
    sums = Counter(key_of(use.station, use.day) for use in uses)
    days: dict[str, StationDayRow] = dict(rows["station_days"])
    for key in sorted({*sums, *days}):
        day = days.get(key)
        told = day.uses if day else 0
        if told != sums[key] or (
            day and not told == sum(day.by_hour.values()) == sum(day.by_service.values())
        ):
            yield f"day {key} of a station has {told} uses, of {sums[key]} that happened"


def _of_sums(rows: Rows) -> Iterator[str]:
    """The sums of needs count each open one once, by item and side, at dates over all of their time."""
    needs: list[NeedRow] = [*rows["needs"].values()]
    told = sorted({fact.at for row in needs for fact in row.history})
    for instant in told[:: max(1, len(told) // _DATES)] + told[-1:]:
        open_ = Counter(one for row in needs if (one := _open_at(row, instant)))
        found, totals = sums(needs, instant)
        if {(one.item, one.side): one.open for one in found} != open_ or totals.short + totals.surplus != sum(
            open_.values()
        ):
            yield f"sums of needs at {instant.isoformat()} are not those of the needs open then"


def _open_at(row: NeedRow, instant: datetime) -> tuple[str, Side] | None:
    """Return item and side of a need that was open, by nothing but the last word about it."""
    words = [one for one in row.history if one.at <= instant and one.what in (_OPENED, NeedClosed.NAME)]
    last_opened = next((one for one in reversed(words) if one.what == _OPENED), None)
    return (row.item, last_opened.side) if last_opened and words[-1] is last_opened else None


LAW = Law(
    code="stations",
    meaning="A station, its days or its needs do not follow from what was recorded, at some date.",
    broken=broken,
)
