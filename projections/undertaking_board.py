"""The quarterly comparison of units 季晾晒: what fell due in the quarter, and what of it was done in time.

A unit is compared with others only if enough fell due; small ones are marked and have no rank. Nothing due is
"no data", which is no share and no rank. Also: what is overdue, by name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from events.answering import index_of, risen
from events.post_history import post_at
from events.undertaking_counts import UndertakingCounts, counted
from events.undertaking_history import UndertakingThen, standing
from events.workdays import midnight
from projections.undertakings import UndertakingRow

SMALL: Final = 5
"""Fewer than so many due: marked, and not ranked."""
_MONTHS: Final = 3


class InTime(msgspec.Struct, frozen=True, kw_only=True):
    """Of what fell due in the quarter until an instant: done in time."""

    due: int = 0
    """Denominator: those whose deadline was over, and that had not been withdrawn."""
    in_time: int = 0
    """Numerator: done by their deadline."""
    share: float | None = None
    """in_time of due; null = no data."""
    small: bool = False
    """Fewer than five due: not ranked."""
    rank: int | None = None
    """1 is the best; equal shares have equal ranks. Null = small, or no data."""


class UnitLine(msgspec.Struct, frozen=True, kw_only=True):
    """A unit on the board."""

    unit: str
    now: InTime
    before: InTime | None = None
    """The same at the other date, in its quarter."""
    counts: UndertakingCounts
    """All undertakings of the unit."""
    done_in_time: tuple[str, ...] = ()
    """Ids of the rows in the numerator."""
    not_in_time: tuple[str, ...] = ()
    """Ids of the other rows in the denominator."""
    before_in_time: tuple[str, ...] = ()
    """Ids of the rows in the numerator of the other date."""
    before_not_in_time: tuple[str, ...] = ()
    """Ids of the other rows in its denominator."""


class OverdueUndertaking(msgspec.Struct, frozen=True, kw_only=True):
    """An open undertaking of which a deadline is over."""

    undertaking: str
    title: str
    unit: str
    leader: str
    post: str
    """Post that it is with: the leader, or the one that its duties rose to."""
    post_name: str
    vacant: bool | None
    """Nobody holds that post; null = it lies outside the caller's areas."""
    step: str | None = None
    """The step that is overdue; null = the whole."""
    ends: datetime
    days: int
    """Whole days since then."""
    level: int


class Standing(NamedTuple):
    """An undertaking at the instant of the board."""

    key: str
    then: UndertakingThen


def quarter(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the local quarter of another one began."""
    day = instant.astimezone(zone).date()
    return midnight(date(day.year, (day.month - 1) // _MONTHS * _MONTHS + 1, 1), zone)


def stood(rows: Iterable[UndertakingRow], instant: datetime) -> list[Standing]:
    """Return what stood on the ledger at an instant."""
    found = ((row.undertaking, standing(row.history, instant)) for row in rows)
    return [Standing(key, then) for key, then in found if then]


def board(
    rows: Sequence[UndertakingRow], instant: datetime, zone: ZoneInfo, before: datetime | None = None
) -> list[UnitLine]:
    """Return the units that have anything on the ledger at one of the dates, ranked ones first."""
    units = _by_unit(stood(rows, instant))
    then = _by_unit(stood(rows, before)) if before else {}
    now = _in_time(units, instant, zone)
    earlier = _in_time(then, before, zone) if before else None
    lines: list[UnitLine] = []
    for unit in units | then:
        met, missed = _keys(units.get(unit, ()), instant, zone)
        met_before, missed_before = _keys(then.get(unit, ()), before, zone) if before else ((), ())
        lines.append(
            UnitLine(
                unit=unit,
                now=now.get(unit, InTime()),
                before=earlier.get(unit, InTime()) if earlier is not None else None,
                counts=counted([one.then for one in units.get(unit, ())], instant),
                done_in_time=met,
                not_in_time=missed,
                before_in_time=met_before,
                before_not_in_time=missed_before,
            )
        )
    return sorted(lines, key=lambda one: (one.now.rank is None, one.now.rank or 0, -one.now.due, one.unit))


def _by_unit(some: Iterable[Standing]) -> dict[str, list[Standing]]:
    units: dict[str, list[Standing]] = defaultdict(list)
    for one in some:
        units[one.then.unit].append(one)
    return dict(units)


def _keys(some: Iterable[Standing], instant: datetime, zone: ZoneInfo) -> tuple[tuple[str, ...], ...]:
    """Return what was done in time of what fell due, and what was not."""
    due = _due(some, instant, zone)
    met = tuple(one.key for one in due if _met(one.then))
    return met, tuple(one.key for one in due if not _met(one.then))


def _in_time(units: Mapping[str, Sequence[Standing]], instant: datetime, zone: ZoneInfo) -> dict[str, InTime]:
    """Return the figures by unit, with ranks among those that are not small."""
    found = {unit: _figure(_due(mine, instant, zone)) for unit, mine in units.items()}
    shares = [one.share for one in found.values() if one.share is not None and not one.small]
    return {
        unit: msgspec.structs.replace(one, rank=1 + sum(share > one.share for share in shares))
        if one.share is not None and not one.small
        else one
        for unit, one in found.items()
    }


def _due(some: Iterable[Standing], instant: datetime, zone: ZoneInfo) -> list[Standing]:
    since = quarter(instant, zone)
    return [
        one
        for one in some
        if one.then.state != "withdrawn" and one.then.due and since < one.then.due.ends <= instant
    ]


def _met(then: UndertakingThen) -> bool:
    return then.state == "done" and not then.late


def _figure(due: Sequence[Standing]) -> InTime:
    met = sum(_met(one.then) for one in due)
    share = met / len(due) if due else None
    return InTime(due=len(due), in_time=met, share=share, small=0 < len(due) < SMALL)


def overdue(
    rows: Iterable[UndertakingRow], posts: Mapping[str, Any], instant: datetime
) -> list[OverdueUndertaking]:
    """Return what is overdue at an instant, with the post that it is with, the longest first."""
    index = index_of(posts)
    found = [
        _overdue(one, posts, index, instant) for one in stood(rows, instant) if one.then.overdue(instant)
    ]
    return sorted(found, key=lambda one: (one.ends, one.undertaking))


def _overdue(
    one: Standing, posts: Mapping[str, Any], index: Mapping[str, tuple[str, ...]], instant: datetime
) -> OverdueUndertaking:
    then = one.then
    ends, step = min((part.due.ends, part.step) for part in _open_parts(then))
    post = risen(posts, index, then.leader, instant)
    stands = post_at(posts[post].changes, instant) if post in posts else None
    return OverdueUndertaking(
        undertaking=one.key,
        title=then.title,
        unit=then.unit,
        leader=then.leader,
        post=post,
        post_name=stands.name if stands else post,
        vacant=stands is None or stands.term is None,
        step=step or None,
        ends=ends,
        days=(instant - ends).days,
        level=then.level,
    )


class _Part(NamedTuple):
    due: Any
    step: str


def _open_parts(then: UndertakingThen) -> Iterable[_Part]:
    if then.due:
        yield _Part(then.due, "")
    for one in then.steps:
        if one.state == "open":
            yield _Part(one.due, one.step)
