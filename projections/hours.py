"""Hours 工时 per person and period, summed from person-times when read, never stored.

A period is a day, a week (ISO 8601, from Monday), a month or a quarter of the jurisdiction's calendar.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from events.base import Personal
from events.workdays import midnight
from projections.base import Own, Row, View
from projections.presence import IntervalRow, key_in
from projections.roster import RosterRow

By = Literal["day", "week", "month", "quarter", "total"]
PERIODS: Final[tuple[By, ...]] = ("day", "week", "month", "quarter", "total")


class HoursRow(Row, frozen=True, kw_only=True):
    """The duty of one worker in one period."""

    worker: str
    name: Personal | None = None
    """Null once the worker is off the roster or erased."""
    organisation: str | None = None
    """The present one; null once the worker is off the roster. So are role and team."""
    role: str | None = None
    team: str | None = None
    period: str
    """2022-03-28, 2022-W13, 2022-03 or 2022-Q1; empty for the whole span."""
    begins: str
    """First day of the period within the asked span, YYYY-MM-DD."""
    ends: str
    """Last day of the period within the asked span."""
    seconds: float
    hours: float
    """The same, rounded to two decimals."""
    duties: int
    """Person-times (人次) that reach into the period."""
    ongoing: bool = False
    """Whether one of them still lasts; it is counted until now."""
    home_area: str | None = None
    registered_by: str | None = None


class Span(msgspec.Struct, frozen=True):
    """Local days from `first` to `last`, both included, cut into periods."""

    first: date
    last: date
    by: By = "day"

    def periods(self) -> Iterator[tuple[str, date, date]]:
        """Yield (name, first day, last day) of each period, cut to the span."""
        begin = self.first
        while begin <= self.last:
            name, end = _period(begin, self.by)
            last = min(end or self.last, self.last)
            yield name, begin, last
            begin = last + timedelta(days=1)


def _period(day: date, by: By) -> tuple[str, date | None]:
    """Return the name and the last day of the period that holds a day; None = the whole span."""
    if by == "day":
        return day.isoformat(), day
    if by == "week":
        year, week, weekday = day.isocalendar()
        return f"{year}-W{week:02d}", day + timedelta(days=7 - weekday)
    if by == "month":
        return f"{day:%Y-%m}", _after(day.year, day.month) - timedelta(days=1)
    if by == "quarter":
        quarter = (day.month + 2) // 3
        return f"{day.year}-Q{quarter}", _after(day.year, 3 * quarter) - timedelta(days=1)
    return "", None


def _after(year: int, month: int) -> date:
    """Return the first day after a month."""
    return date(year + month // 12, month % 12 + 1, 1)


def seconds_within(one: IntervalRow, begin: datetime | None, end: datetime | None, now: datetime) -> float:
    """Return the seconds of a person-time from `begin` to `end`; one that still lasts counts until now."""
    since = max(one.since, begin) if begin else one.since
    until = min(one.until or now, end) if end else one.until or now
    return max((until - since).total_seconds(), 0.0)


Cut = tuple[str, date, date, datetime, datetime]
"""A period: name, first day, last day, and the instants at which it begins and ends."""


def cuts(span: Span, zone: ZoneInfo) -> Iterator[Cut]:
    """Yield the periods of a span by a calendar."""
    for name, first, last in span.periods():
        yield name, first, last, midnight(first, zone), midnight(last + timedelta(days=1), zone)


def table(
    intervals: Iterable[IntervalRow],
    roster: Mapping[str, RosterRow],
    periods: Sequence[Cut],
    now: datetime,
) -> dict[str, HoursRow]:
    """Return the hours by key: worker and period. Workers without duty in a period have no row in it."""
    found: dict[str, HoursRow] = {}
    for one in intervals:
        for name, first, last, begin, end in _reached(one, periods, now):
            key = key_in(one.worker, name)
            row = found.get(key) or _empty(one.worker, roster.get(one.worker), name, first, last)
            seconds = row.seconds + seconds_within(one, begin, end, now)
            found[key] = msgspec.structs.replace(
                row,
                seconds=seconds,
                hours=round(seconds / 3600, 2),
                duties=row.duties + 1,
                ongoing=row.ongoing or (one.until is None and now < end),
            )
    return found


def _reached(one: IntervalRow, periods: Sequence[Cut], now: datetime) -> Iterator[Cut]:
    """Yield the periods in which a person-time has any length. Periods are in order, so the search is cut."""
    until = one.until or now
    low, high = 0, len(periods)
    while low < high:
        middle = (low + high) // 2
        if periods[middle][4] <= one.since:
            low = middle + 1
        else:
            high = middle
    for period in periods[low:]:
        if period[3] >= until:
            return
        yield period


def _empty(worker: str, known: RosterRow | None, name: str, first: date, last: date) -> HoursRow:
    return HoursRow(
        worker=worker,
        name=known.name if known else None,
        organisation=known.organisation if known else None,
        role=known.role if known else None,
        team=known.team if known else None,
        period=name,
        begins=first.isoformat(),
        ends=last.isoformat(),
        seconds=0.0,
        hours=0.0,
        duties=0,
        home_area=known.home_area if known else None,
        registered_by=known.registered_by if known else None,
    )


HOURS: Final = View(
    name="hours",
    row=HoursRow,
    keys=lambda envelope: (),
    evolve=lambda row, envelope, key: row,
    filters=("worker", "organisation", "role", "team", "period", "seconds", "duties"),
    own=Own("worker"),
)
"""How hours are queried: summed on request from all facts of presence."""
