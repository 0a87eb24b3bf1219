"""Figures of training in a year: person-times 人次 and distinct people 人数, and hours against the target.

A person-time is one participant in one session. Somebody who took part in three sessions is three
person-times and one person; the two stand beside each other under their own names.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from events.course import MODES, Mode, Target, target_at
from projections.training import TrainingRow, at


class ModeFigure(msgspec.Struct, frozen=True, kw_only=True):
    """Training of one kind: online, at the base, at the school."""

    mode: Mode
    person_times: int = 0
    people: int = 0
    hours: int = 0


class PersonFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One person's training."""

    person: str
    """`worker/ID` or `holder/ID`."""
    person_times: int
    hours: int
    reached: bool | None
    """Whether they have the hours of the target; None without a target."""


class TrainingFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Training in one year."""

    year: int
    sessions: int
    """Sessions in which somebody took part."""
    person_times: int
    people: int
    """Distinct people."""
    hours: int
    target: int | None
    """Hours that each person should have; None if nothing was set."""
    reached: int | None
    """People who have them; None without a target."""
    modes: tuple[ModeFigure, ...]
    persons: tuple[PersonFigure, ...]
    """Those with the fewest hours first, up to the number asked for."""


def year_of(instant: datetime, zone: ZoneInfo) -> int:
    """Return the local year of an instant."""
    return instant.astimezone(zone).year


def figures(
    rows: Iterable[TrainingRow],
    targets: Iterable[Target],
    year: int,
    instant: datetime,
    zone: ZoneInfo,
    most: int,
) -> TrainingFigures:
    """Return the figures of a year as of an instant, from the rows of `training`."""
    known = [then for row in rows if (then := at(row, instant)) and then.year == year and then.person_times]
    target = target_at(targets, min(instant, datetime(year + 1, 1, 1, tzinfo=zone)))
    persons = _persons(known, target)
    return TrainingFigures(
        year=year,
        sessions=len({row.session for row in known}),
        person_times=len(known),
        people=len(persons),
        hours=sum(row.hours for row in known),
        target=target,
        reached=None if target is None else sum(bool(one.reached) for one in persons),
        modes=tuple(_mode(mode, [row for row in known if row.mode == mode]) for mode in MODES),
        persons=tuple(persons[:most]),
    )


def _mode(mode: Mode, rows: list[TrainingRow]) -> ModeFigure:
    return ModeFigure(
        mode=mode,
        person_times=len(rows),
        people=len({row.person for row in rows}),
        hours=sum(row.hours for row in rows),
    )


def _persons(rows: Iterable[TrainingRow], target: int | None) -> list[PersonFigure]:
    by: dict[str, list[TrainingRow]] = defaultdict(list)
    for row in rows:
        by[row.person].append(row)
    found = [_person(person, some, target) for person, some in by.items()]
    return sorted(found, key=lambda one: (one.hours, one.person))


def _person(person: str, rows: list[TrainingRow], target: int | None) -> PersonFigure:
    hours = sum(row.hours for row in rows)
    reached = None if target is None else hours >= target
    return PersonFigure(person=person, person_times=len(rows), hours=hours, reached=reached)
