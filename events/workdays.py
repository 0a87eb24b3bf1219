"""Working days 工作日: public holidays and make-up days 调休 of China, as the State Council publishes them.

The table is data with a version (events/public_holidays.py). A year that it does not have was not published
when it was written: then nothing is certain of that year's days, and nothing is guessed.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from events.public_holidays import PACKAGE, VERSION, YEARS

Day = Literal["plain", "off", "work", "unpublished"]
"""plain: as the week says. off: a public holiday. work: a day of a weekend on which people work instead."""
ZONES: Final = frozenset(
    {"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "Asia/Kashgar", "PRC"}
)
"""Time zones of jurisdictions that keep these holidays."""
MOST_DAYS: Final = 400
"""Days looked at for one answer: no run of days off is as long."""
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


class Calendar(msgspec.Struct, frozen=True):
    """What kind of day each day is."""

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]
    version: str = ""

    def kind(self, day: date) -> Day:
        """Return what kind of day it is."""
        if day.year not in self.years:
            return "unpublished"
        return "off" if day in self.off else "work" if day in self.work else "plain"

    def works(self, day: date) -> bool | None:
        """Whether it is a working day; None if its year is not published."""
        kind = self.kind(day)
        if kind == "unpublished":
            return None
        return kind == "work" or (kind == "plain" and day.weekday() < _SATURDAY)

    def later(self, day: date, days: int) -> date | None:
        """Return the day so many working days after one, before it if negative; None if not certain.

        Zero is the day itself if people work on it, else the next day on which they do.
        """
        step = _DAY if days >= 0 else -_DAY
        left = abs(days)
        if left == 0:
            left, day = 1, day - _DAY
        for _ in range(MOST_DAYS * (1 + left // 100)):
            day += step
            works = self.works(day)
            if works is None:
                return None
            left -= works
            if left == 0:
                return day
        return None

    def between(self, first: date, last: date) -> int | None:
        """Return the working days after a day until another one, it included; None if not certain."""
        found = 0
        for number in range((last - first).days):
            works = self.works(first + _DAY * (number + 1))
            if works is None:
                return None
            found += works
        return found


class Deadline(msgspec.Struct, frozen=True):
    """A deadline that was set as a day."""

    ends: datetime
    """The instant at which it is over: the end of the day, or of the next working day after a day off."""
    confirmed: bool
    """Whether the calendar says what kind of day it is. If not, it is over at the end of the day as given."""
    calendar: str
    """Version of the calendar that was asked; empty if none is known."""


NO_CALENDAR: Final = Calendar(frozenset(), frozenset(), frozenset())
"""Of places whose holidays are not known: nothing is certain of any day."""


@cache
def china() -> Calendar:
    """Return the calendar of China."""
    off = {day for year, (days, _) in YEARS.items() for day in _days(year, days)}
    work = {day for year, (_, days) in YEARS.items() for day in _days(year, days)}
    return Calendar(frozenset(off), frozenset(work), frozenset(YEARS), f"{PACKAGE} {VERSION}")


def _days(year: int, text: str) -> Iterator[date]:
    for run in text.split():
        first, _, last = run.partition("/")
        begin, end = (date.fromisoformat(f"{year}-{day}") for day in (first, last or first))
        for number in range((end - begin).days + 1):
            yield begin + _DAY * number


def calendar_of(timezone: str) -> Calendar | None:
    """Return the calendar that a jurisdiction in this time zone keeps; None if none is known."""
    return china() if timezone in ZONES else None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day begins, in UTC: two local times may not be subtracted."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day is over, in UTC."""
    return midnight(day + _DAY, zone)


def deadline(day: date, zone: ZoneInfo) -> Deadline:
    """Return when a deadline is over: one on a day off, at the end of the next working day."""
    calendar = calendar_of(zone.key) or NO_CALENDAR
    last = calendar.later(day, 0)
    return Deadline(end_of(last or day, zone), last is not None, calendar.version)


def moved(day: date, days: int, zone: ZoneInfo) -> datetime | None:
    """Return the end of the day that is so many working days after one, before it if negative; None if the
    calendar does not reach that far."""
    found = (calendar_of(zone.key) or NO_CALENDAR).later(day, days)
    return end_of(found, zone) if found else None
