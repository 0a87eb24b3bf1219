"""Opening hours in the syntax of OSM: whether a station is open at an instant, and when in the next days.

A library reads the text. The public holidays are ours: `PH` in a text is replaced by the weekdays on which
that day and the one before it, which may reach past midnight, are holidays. A make-up day has the hours of a
working day. What the text or the calendar does not say is *unconfirmed*: a weekday's hours on a holiday that
the text does not mention, any weekday's hours in a year that is not published, and school holidays.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State, validate

from events.workdays import Calendar

Answer = Literal["open", "closed", "unconfirmed", "unknown"]
"""unconfirmed: nobody can tell from what is published. unknown: there is no text, or nobody can read it."""
_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_HOLIDAY: Final = re.compile(r"\bPH\b(?!\s*[+-]\s*\d)")
_UNSURE: Final = re.compile(r"\bSH\b|\bPH\s*[+-]\s*\d|sunrise|sunset|dawn|dusk", re.IGNORECASE)
"""What depends on school holidays, on days next to holidays, or on the sun."""
_WHOLE: Final = 24 * 60
_NIGHT: Final = 12 * 60
"""What begins the day before ends before noon."""


class Segment(NamedTuple):
    """Part of a local day in which it is open."""

    begin: int
    """Minute of the day."""
    end: int
    sure: bool


class Interval(NamedTuple):
    """A stretch of time in which it is open."""

    begin: datetime
    end: datetime
    sure: bool


Pattern = tuple[Segment, ...]


def readable(text: str | None) -> bool:
    """Whether somebody wrote down hours that can be read."""
    return text is not None and _parsed(text) is not None


def state_at(text: str | None, instant: datetime, zone: ZoneInfo, calendar: Calendar | None) -> Answer:
    """Return whether it is open at an instant by its hours."""
    local = instant.astimezone(zone)
    pattern = day_pattern(text, local.date(), calendar) if text is not None else None
    if pattern is None:
        return "unknown"
    minute = local.hour * 60 + local.minute
    found = next((one for one in pattern if one.begin <= minute < one.end), None)
    return "closed" if found is None else "open" if found.sure else "unconfirmed"


def intervals(
    text: str | None, since: datetime, until: datetime, zone: ZoneInfo, calendar: Calendar | None
) -> list[Interval] | None:
    """Return when it is open between two instants, in UTC; None if the hours are unknown."""
    if not readable(text):
        return None
    found: list[Interval] = []
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        for one in _of_day(str(text), day, zone, calendar):
            begin, end = max(one.begin, since), min(one.end, until)
            if begin < end:
                _append(found, Interval(begin, end, one.sure))
        day += timedelta(days=1)
    return found


def _append(found: list[Interval], new: Interval) -> None:
    """Add an interval; one that goes on past midnight is one."""
    if found and found[-1].end == new.begin and found[-1].sure == new.sure:
        found[-1] = found[-1]._replace(end=new.end)
    else:
        found.append(new)


def _of_day(text: str, day: date, zone: ZoneInfo, calendar: Calendar | None) -> Iterator[Interval]:
    """Yield the intervals of one local day. Where the clock is changed, the day has two parts, each with its
    own offset."""
    pattern = day_pattern(text, day, calendar) or ()
    midnight = datetime.combine(day, time(), UTC)
    for begin, end, offset in _parts(day, zone):
        for one in pattern:
            starts = midnight + timedelta(minutes=one.begin) - offset
            ends = midnight + timedelta(minutes=one.end) - offset
            if max(starts, begin) < min(ends, end):
                yield Interval(max(starts, begin), min(ends, end), one.sure)


@lru_cache(maxsize=4096)
def _parts(day: date, zone: ZoneInfo) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Return the parts of a local day: begin, end, offset from UTC."""
    begin = _first_instant(day, zone)
    end = _first_instant(day + timedelta(days=1), zone)
    parts: list[tuple[datetime, datetime, timedelta]] = []
    while begin < end:
        offset = _offset(begin, zone)
        change = _until_change(begin, end, zone, offset)
        parts.append((begin, change, offset))
        begin = change
    return tuple(parts)


def _first_instant(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day begins. Some zones skip their midnight."""
    low = datetime.combine(day, time(), UTC) - timedelta(hours=26)
    return low + timedelta(
        minutes=bisect_right(range(52 * 60), -1, key=lambda m: _side(low + timedelta(minutes=m), day, zone))
    )


def _side(instant: datetime, day: date, zone: ZoneInfo) -> int:
    return 0 if instant.astimezone(zone).date() >= day else -1


def _until_change(begin: datetime, end: datetime, zone: ZoneInfo, offset: timedelta) -> datetime:
    """Return when the offset changes, at the latest the end. Clocks change at whole minutes, once a day."""
    minutes = int((end - begin) / timedelta(minutes=1))
    same = bisect_right(
        range(minutes),
        0,
        key=lambda m: 0 if _offset(begin + timedelta(minutes=m), zone) == offset else 1,
    )
    return begin + timedelta(minutes=same)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


# -- one local day -----------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def day_pattern(text: str, day: date, calendar: Calendar | None) -> Pattern | None:
    """Return when it is open on a local day; None if nobody can read the text."""
    if _parsed(text) is None:
        return None
    literal = _literal(text, day, _holidays(day, calendar))
    if _UNSURE.search(text):
        return _doubted(literal)
    if calendar is None:
        return _doubted(literal) if _HOLIDAY.search(text) else literal
    match calendar.kind(day):
        case "off":
            doubtful = not _HOLIDAY.search(text) and _weekly(text, day)
            return _doubted(literal) if doubtful else _after_holiday(text, day, literal, calendar)
        case "work":
            return _working(text, day)
        case "unpublished":
            return _agreed(_possible(text, day))
        case "plain":
            return _after_work(text, day, _after_holiday(text, day, literal, calendar), calendar)


def _holidays(day: date, calendar: Calendar | None) -> tuple[int, ...]:
    """Return the weekdays of this day and the one before that are public holidays."""
    days = (day - timedelta(days=1), day)
    return tuple(one.weekday() for one in days if calendar and calendar.kind(one) == "off")


def _literal(text: str, day: date, holidays: tuple[int, ...]) -> Pattern:
    """Return what the text says of a day, with these weekdays as public holidays."""
    if holidays:
        text = _HOLIDAY.sub(",".join(_DAYS[one] for one in holidays), text)
    hours = _parsed(text)
    if hours is None:
        return ()
    begin = datetime.combine(day, time())
    return _joined(
        Segment(_minute(since, begin), _minute(until, begin), state == State.OPEN)
        for since, until, state, _ in hours.intervals(begin, begin + timedelta(days=1))
        if state != State.CLOSED
    )


def _minute(instant: datetime, begin: datetime) -> int:
    return min(_WHOLE, int((instant - begin) / timedelta(minutes=1)))


@lru_cache(maxsize=65536)
def _parsed(text: str) -> OpeningHours | None:
    return OpeningHours(text, auto_country=False, auto_timezone=False) if validate(text) else None


def _weekly(text: str, day: date) -> bool:
    """Whether the hours depend on the weekday."""
    monday = day - timedelta(days=day.weekday())
    return len({_literal(text, monday + timedelta(days=one), ()) for one in range(7)}) > 1


def _working(text: str, day: date) -> Pattern:
    """Return the hours of a working day: those of the week's other working days, if they agree. A Monday's
    night before is a Sunday's, so that Monday is not asked."""
    monday = day - timedelta(days=day.weekday())
    return _agreed([_literal(text, monday + timedelta(days=one), ()) for one in range(1, 5)])


def _possible(text: str, day: date) -> list[Pattern]:
    """Return what may be so on a day of which nobody knows yet whether it is a holiday or a make-up day."""
    literal, holiday = _literal(text, day, ()), _literal(text, day, (day.weekday(),))
    if not _weekly(text, day) and not _HOLIDAY.search(text):
        return [literal]
    others = [_working(text, day)] if day.weekday() > 4 else []
    return [literal, holiday if _HOLIDAY.search(text) else _doubted(literal), *others]


def _after_work(text: str, day: date, literal: Pattern, calendar: Calendar) -> Pattern:
    """Return a day's hours with the night of a make-up day before it."""
    if calendar.kind(day - timedelta(days=1)) != "work":
        return literal
    night = [one for one in _working(text, day) if one.begin == 0 and one.end <= _NIGHT]
    return _joined([*literal, *night])


def _after_holiday(text: str, day: date, literal: Pattern, calendar: Calendar) -> Pattern:
    """Return a day's hours after a holiday. The library carries a night over from the weekday's hours,
    also if the holiday has others: then it is not certain."""
    before = day - timedelta(days=1)
    if calendar.kind(before) != "off" or not _HOLIDAY.search(text):
        return literal
    if any(one.end == _WHOLE for one in day_pattern(text, before, calendar) or ()):
        return literal
    return tuple(one._replace(sure=False) if one.begin == 0 and one.end <= _NIGHT else one for one in literal)


def _doubted(pattern: Pattern) -> Pattern:
    return tuple(one._replace(sure=False) for one in pattern)


def _agreed(patterns: list[Pattern]) -> Pattern:
    """Return what all patterns say; where they differ, nothing is certain."""
    edges = sorted({edge for pattern in patterns for one in pattern for edge in (one.begin, one.end)})
    found: list[Segment] = []
    for begin, end in pairwise(edges):
        said = [_within(pattern, begin) for pattern in patterns]
        if any(said_one is not None for said_one in said):
            found.append(Segment(begin, end, all(said)))
    return _joined(found)


def _within(pattern: Pattern, minute: int) -> bool | None:
    """Whether it is surely open at a minute; None if it is closed."""
    return next((one.sure for one in pattern if one.begin <= minute < one.end), None)


def _joined(segments: "Iterator[Segment] | list[Segment]") -> Pattern:
    """Return segments in order, each as long as it can be."""
    found: list[Segment] = []
    for one in sorted(segments):
        last = found[-1] if found else None
        if last and one.begin <= last.end and one.sure == last.sure:
            found[-1] = last._replace(end=max(last.end, one.end))
        elif one.begin < one.end:
            found.append(one)
    return tuple(found)
