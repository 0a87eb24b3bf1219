"""The one rule of service 服务: each instant of a person counts once, whatever shows that they served then.

Duty goes before activities, and these before tasks; of one source what began first counts first. A length
that is not plausible is not counted until somebody confirms it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from events.duty import Fact, intervals
from events.service import ACTIVITY, DUTY, SOURCES, TASK, ServiceLimits, Source

State = Literal["counted", "overlaps", "long", "short"]
"""overlaps: all of it is counted elsewhere. long, short: asks whether that is right."""
COUNTED: Final[State] = "counted"
OVERLAPS: Final[State] = "overlaps"
LONG: Final[State] = "long"
SHORT: Final[State] = "short"
ASKS: Final[tuple[State, ...]] = (LONG, SHORT)
DEFAULTS: Final = ServiceLimits()
"""What applies until a jurisdiction sets its own."""


class Stretch(msgspec.Struct, frozen=True):
    """What one source shows: somebody served from `since` to `until`."""

    worker: str
    source: Source
    shown_by: str
    """Position of the check-in, service, `activity.` and an activity, or assignment."""
    area: str
    since: datetime
    until: datetime
    ongoing: bool = False
    """Whether it lasts; `until` is then the instant that is asked about."""


def duties(worker: str, facts: Iterable[Fact], now: datetime) -> Iterator[Stretch]:
    """Yield what somebody's duty shows up to an instant, from their facts in (at, position) order."""
    for one in intervals(worker, facts):
        until = one.until or now
        yield Stretch(worker, DUTY, str(one.first), one.area, one.since, until, one.until is None)


def attended(
    worker: str, activity: str, area: str, begins: datetime, ends: datetime | None, now: datetime
) -> Stretch | None:
    """Return the stretch that attending an activity shows. None if its end is unknown or it is in the
    future."""
    if ends is None or begins >= now:
        return None
    return Stretch(worker, ACTIVITY, f"activity.{activity}", area, begins, min(ends, now), ends > now)


def task(
    worker: str, assignment: str, area: str, reached: Iterable[datetime], ended_at: datetime
) -> Stretch | None:
    """Return what an assignment shows that is done: from the first stage on. None if it has no stage."""
    since = min(reached, default=None)
    return Stretch(worker, TASK, assignment, area, since, ended_at) if since else None


class Part(msgspec.Struct, frozen=True):
    """An interval that counts: since <= t < until."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        return self.until - self.since


class Served(msgspec.Struct, frozen=True):
    """A stretch and what of it counts: one person-time 人次, unless nothing does."""

    stretch: Stretch
    state: State
    parts: tuple[Part, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """What counts the rest, such as `duty/12`."""

    @property
    def counted(self) -> timedelta:
        return sum((part.length for part in self.parts), timedelta())

    @property
    def overlap(self) -> timedelta:
        """What of it counts elsewhere."""
        plausible = self.state in (COUNTED, OVERLAPS)
        return self.stretch.until - self.stretch.since - self.counted if plausible else timedelta()


class DatedLimits(msgspec.Struct, frozen=True):
    """Limits, and when they begin."""

    at: datetime
    position: int
    limits: ServiceLimits


Confirmed = frozenset[tuple[str, str, datetime, datetime]]
"""What was confirmed of a person: source, what shows it, since, until."""


def limits_at(dated: Iterable[DatedLimits], instant: datetime) -> ServiceLimits:
    """Return the limits in force at an instant. Of two that begin at once, the later record holds."""
    begun = [one for one in dated if one.at <= instant]
    return max(begun, key=lambda one: (one.at, one.position)).limits if begun else DEFAULTS


def name_of(stretch: Stretch) -> str:
    """Return what a stretch is called among those of its person."""
    return f"{stretch.source}/{stretch.shown_by}"


def order(stretch: Stretch) -> tuple[int, datetime, str]:
    """Return what stretches are sorted by: the first counts first."""
    return SOURCES.index(stretch.source), stretch.since, stretch.shown_by


def served(
    stretches: Iterable[Stretch], limits: Sequence[DatedLimits] = (), confirmed: Confirmed = frozenset()
) -> list[Served]:
    """Return what counts of each of a person's stretches. Those without any length are left out."""
    taken = _Taken()
    return [
        _one(one, taken, asks(one, limits_at(limits, one.since), confirmed))
        for one in sorted(stretches, key=order)
        if one.since < one.until
    ]


def asks(one: Stretch, limits: ServiceLimits, confirmed: Confirmed) -> State | None:
    """Return why a length has to be confirmed; None if it need not."""
    length = one.until - one.since
    if length > timedelta(hours=limits.longest_hours):
        why = LONG
    elif not one.ongoing and length < timedelta(minutes=limits.shortest_minutes):
        why = SHORT
    else:
        return None
    return None if (one.source, one.shown_by, one.since, one.until) in confirmed else why


def _one(one: Stretch, taken: "_Taken", why: State | None) -> Served:
    if why:
        return Served(one, why)
    elsewhere = tuple(dict.fromkeys(taken.holders(one.since, one.until)))
    parts = tuple(taken.take(one.since, one.until, name_of(one)))
    return Served(one, COUNTED if parts else OVERLAPS, parts, elsewhere)


class _Taken:
    """What is counted already: intervals that do not overlap, by time."""

    def __init__(self) -> None:
        self._since: list[datetime] = []
        self._parts: list[tuple[Part, str]] = []

    def holders(self, since: datetime, until: datetime) -> Iterator[str]:
        """Yield what counts some of this time."""
        return (holder for _, holder in self._met(since, until))

    def take(self, since: datetime, until: datetime, holder: str) -> list[Part]:
        """Count what of this time is still free."""
        free: list[Part] = []
        begin = since
        for part, _ in self._met(since, until):
            if begin < part.since:
                free.append(Part(begin, part.since))
            begin = part.until
        if begin < until:
            free.append(Part(begin, until))
        for part in free:
            index = bisect_left(self._since, part.since)
            self._since.insert(index, part.since)
            self._parts.insert(index, (part, holder))
        return free

    def _met(self, since: datetime, until: datetime) -> Sequence[tuple[Part, str]]:
        first = bisect_left(self._since, since)
        if first and self._parts[first - 1][0].until > since:
            first -= 1
        return self._parts[first : bisect_left(self._since, until)]
