"""A worker's hours from their person-times: today, this week and total, by the jurisdiction's calendar."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from projections.hours import midnight, seconds_within
from projections.presence import IntervalRow

SHOWN: Final = 20
"""Number of person-times listed, newest first."""


class PersonTime(Struct):
    """One duty in one area."""

    since: datetime
    until: datetime | None
    area: str
    seconds: float


_Seconds = Annotated[float, Meta(ge=0)]


class Hours(Struct):
    """Seconds of duty."""

    today_seconds: _Seconds
    week_seconds: Annotated[float, Meta(ge=0, description="Since Monday")]
    total_seconds: _Seconds
    on_since: datetime | None
    intervals: Annotated[list[PersonTime], Meta(max_length=SHOWN)]


def hours(intervals: Sequence[IntervalRow], now: datetime, zone: ZoneInfo) -> Hours:
    """Return seconds of duty until now. Weeks begin on Monday. `intervals`: one worker's, by time."""
    today, week = _begins(now, zone)
    return Hours(
        today_seconds=_seconds(intervals, today, now),
        week_seconds=_seconds(intervals, week, now),
        total_seconds=_seconds(intervals, None, now),
        on_since=on_since(intervals),
        intervals=[
            PersonTime(one.since, one.until, one.area, seconds_within(one, None, None, now))
            for one in intervals[-SHOWN:]
        ],
    )


def _begins(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the local midnights at which today and this week began."""
    date = now.astimezone(zone).date()
    monday = date - timedelta(days=date.weekday())
    return midnight(date, zone), midnight(monday, zone)


def _seconds(intervals: Sequence[IntervalRow], begin: datetime | None, now: datetime) -> float:
    return sum(seconds_within(one, begin, None, now) for one in intervals)


def on_since(intervals: Sequence[IntervalRow]) -> datetime | None:
    """Return when the current duty began, across areas without a gap; None = off duty."""
    if not intervals or intervals[-1].until is not None:
        return None
    since = intervals[-1].since
    for one in reversed(intervals[:-1]):
        if one.until != since:
            break
        since = one.since
    return since
