"""Deadlines of reviews 审核时限: how many days each stage has, and since when."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.review import ReviewDeadlinesSet
from events.review_path import Deadlines, days_of
from projections.base import Row, View


class ReviewDeadlinesRow(Row, frozen=True, kw_only=True):
    """The deadlines in days; null = none."""

    since: datetime
    screen: int | None = None
    verify: int | None = None
    check: int | None = None
    disagreement: int | None = None
    settings: tuple[Deadlines, ...] = ()
    """All settings in order of their time."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (envelope.jurisdiction,) if isinstance(envelope.data, ReviewDeadlinesSet) else ()


def evolve(row: ReviewDeadlinesRow | None, envelope: EventEnvelope, key: str) -> ReviewDeadlinesRow | None:
    e = envelope.data
    if not isinstance(e, ReviewDeadlinesSet):
        return row
    one = Deadlines(envelope.at, envelope.position, days_of(e))
    return _row((*(row.settings if row else ()), one))


def _row(settings: Iterable[Deadlines]) -> ReviewDeadlinesRow | None:
    known = tuple(sorted(settings, key=lambda one: (one.at, one.position)))
    return ReviewDeadlinesRow(since=known[-1].at, settings=known, **known[-1].days) if known else None


def at(row: ReviewDeadlinesRow, instant: datetime) -> ReviewDeadlinesRow | None:
    """Return the deadlines as they were at an instant; None if none had been set."""
    return _row(one for one in row.settings if one.at <= instant)


VIEW = View(
    name="review_deadlines",
    row=ReviewDeadlinesRow,
    keys=keys,
    evolve=evolve,
    events=(ReviewDeadlinesSet,),
    filters=("since",),
    at=at,
)
