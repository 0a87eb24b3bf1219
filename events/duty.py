"""Derive duty from facts: one fold shared by decisions, views and reports.

Order is (at, position). A late check-out does not end a duty in which the worker has acted since: given
"in 08:00, en route (or on break) 09:30, then a late report of out at 09:00", they are on duty from 09:30.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Final

import msgspec

IN, OUT, BREAK, AVAILABLE, ACT = "in", "out", "break", "available", "act"
REPORT, LEAVE = "report", "leave"
HOME: Final = (REPORT, LEAVE)
"""Reporting to the home community and leaving it again: no duty."""
ANEW = "anew"
"""Registered again after retiring: any earlier duty is over."""


class Fact(msgspec.Struct, frozen=True, gc=False):
    """One own fact of a worker."""

    at: datetime
    position: int
    kind: str
    """IN, OUT, BREAK, AVAILABLE, ACT, REPORT, LEAVE, ANEW."""
    area: str | None = None
    command: str = ""
    assignment: str | None = None
    """For ACT: the assignment acted on."""
    stage: str | None = None
    """For ACT: the stage reached, `done` or `given_back`."""
    told: tuple[datetime, str | None] | None = None
    """If it was corrected: the time and area first reported."""


class Duty(msgspec.Struct, frozen=True, gc=False):
    """Whether a worker is on duty, where, and since when. Off duty, area and since are None."""

    on: bool = False
    area: str | None = None
    on_break: bool = False
    since: datetime | None = None
    out: int = 0
    """Position of the check-out that ended the last duty."""
    left: str | None = None
    """Area of the last duty, once it has ended."""


class Interval(msgspec.Struct, frozen=True):
    """One duty of one worker in one area (a person-time, 人次): since <= t < until; `until` is None while it
    lasts."""

    worker: str
    area: str
    since: datetime
    until: datetime | None
    first: int
    """Position of the fact that started it."""


ATTENDANCE: Final = (IN, OUT, BREAK, AVAILABLE)
"""Kinds of facts whose time can be corrected. An act's is its assignment's too."""
OFF = Duty()
order = attrgetter("at", "position")


def step(duty: Duty, fact: Fact) -> Duty:
    """Return the duty after one more fact, which must not be older than the previous ones."""
    return _RULES[fact.kind](duty, fact)


def _in(duty: Duty, fact: Fact) -> Duty:
    if duty.on and duty.area == fact.area:
        return msgspec.structs.replace(duty, on_break=False) if duty.on_break else duty
    return Duty(on=True, area=fact.area, since=fact.at)


def _out(duty: Duty, fact: Fact) -> Duty:
    return Duty(out=fact.position, left=duty.area or duty.left) if duty.on else duty


def _said(duty: Duty, fact: Fact) -> Duty:
    """Set a break or end it."""
    acting = _acting(duty, fact)
    return msgspec.structs.replace(acting, on_break=fact.kind == BREAK) if acting.on else acting


def _acting(duty: Duty, fact: Fact) -> Duty:
    """Return the duty in which the worker acts: the last one continues if its end became known only later."""
    late_out = not duty.on and duty.left is not None and duty.out > fact.position
    return Duty(on=True, area=duty.left, since=fact.at) if late_out else duty


_RULES: Final[Mapping[str, Callable[[Duty, Fact], Duty]]] = {
    IN: _in,
    OUT: _out,
    BREAK: _said,
    AVAILABLE: _said,
    ACT: _acting,
    REPORT: lambda duty, fact: duty,
    LEAVE: lambda duty, fact: duty,
    ANEW: lambda duty, fact: OFF,
}
"""Kind of fact -> resulting duty."""


def fold(facts: Iterable[Fact]) -> Duty:
    """Return the duty after facts given in (at, position) order."""
    duty = OFF
    for fact in facts:
        duty = step(duty, fact)
    return duty


def home(facts: Iterable[Fact]) -> str | None:
    """Return the home community after facts given in (at, position) order: the last one reported to."""
    found: str | None = None
    for fact in facts:
        if fact.kind in (*HOME, ANEW):
            found = fact.area if fact.kind == REPORT else None
    return found


def corrected(fact: Fact, at: datetime, area: str | None) -> Fact:
    """Return a fact with another time and area. It keeps its position: when it was reported is no error."""
    return msgspec.structs.replace(fact, at=at, area=area, told=fact.told or (fact.at, fact.area))


def on_since(facts: Iterable[Fact]) -> datetime | None:
    """Return when the present duty began, in whatever area; None = off duty. In (at, position) order."""
    duty, since = OFF, None
    for fact in facts:
        new = step(duty, fact)
        since = (since if duty.on else fact.at) if new.on else None
        duty = new
    return since


def intervals(worker: str, facts: Iterable[Fact]) -> list[Interval]:
    """Return person-times from facts in (at, position) order, including those of zero length."""
    found: list[Interval] = []
    duty, first = OFF, 0
    for fact in facts:
        new = step(duty, fact)
        if duty.on and duty.since and duty.area and (new.since, new.area) != (duty.since, duty.area):
            found.append(Interval(worker, duty.area, duty.since, fact.at, first))
        if new.on and (new.since, new.area) != (duty.since, duty.area):
            first = fact.position
        duty = new
    if duty.on and duty.since and duty.area:
        found.append(Interval(worker, duty.area, duty.since, None, first))
    return found
