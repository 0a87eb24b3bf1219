"""Monthly reviews 月调度, with what was known then; and what is known of that day since."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from events.area import inside
from events.base import EventEnvelope
from events.monthly_review import MonthlyReviewHeld
from events.undertaking_counts import UndertakingCounts, counted
from events.undertaking_history import UndertakingThen, standing
from projections.base import Row, View
from projections.undertakings import UndertakingRow


class MonthlyReviewRow(Row, frozen=True, kw_only=True):
    """One review."""

    monthly_review: str
    area: str
    month: str
    held_at: datetime
    position: int
    """Position of its event: what stood in the log before it was known."""
    raised: int
    open: int
    done: int
    withdrawn: int
    overdue: int
    late: int
    note: str | None = None


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """An undertaking of which something else is known by now."""

    undertaking: str
    title: str
    then: str | None
    """Its state as known then; null = not known."""
    since: str | None
    """Its state on that day, as known since."""
    overdue_then: bool = False
    overdue_since: bool = False


class ReviewFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What a review fixed, and the same day as corrected since."""

    then: UndertakingCounts
    since: UndertakingCounts
    corrected: tuple[Corrected, ...]


def review_figures(review: MonthlyReviewRow, rows: Mapping[str, UndertakingRow]) -> ReviewFigures:
    """Return both figures of a review, and the undertakings that differ."""
    here = {key: row for key, row in rows.items() if inside(row.area, review.area)}
    then = {key: standing(row.history, review.held_at, review.position) for key, row in here.items()}
    since = {key: standing(row.history, review.held_at) for key, row in here.items()}
    return ReviewFigures(
        then=counted([one for one in then.values() if one], review.held_at),
        since=counted([one for one in since.values() if one], review.held_at),
        corrected=tuple(
            _corrected(key, here[key], then[key], since[key], review.held_at)
            for key in sorted(here)
            if _said(then[key], review.held_at) != _said(since[key], review.held_at)
        ),
    )


def _said(one: UndertakingThen | None, when: datetime) -> tuple[str | None, bool, bool]:
    return (one.state, one.overdue(when), one.late) if one else (None, False, False)


def _corrected(
    key: str,
    row: UndertakingRow,
    then: UndertakingThen | None,
    since: UndertakingThen | None,
    when: datetime,
) -> Corrected:
    return Corrected(
        undertaking=key,
        title=row.title,
        then=then.state if then else None,
        since=since.state if since else None,
        overdue_then=bool(then and then.overdue(when)),
        overdue_since=bool(since and since.overdue(when)),
    )


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.monthly_review,) if isinstance(e, MonthlyReviewHeld) else ()


def evolve(row: MonthlyReviewRow | None, envelope: EventEnvelope, key: str) -> MonthlyReviewRow | None:
    e = envelope.data
    if not isinstance(e, MonthlyReviewHeld):
        return row
    return MonthlyReviewRow(
        monthly_review=key,
        area=e.area,
        month=e.month,
        held_at=envelope.at,
        position=envelope.position,
        note=e.note,
        **msgspec.structs.asdict(e.counts),
    )


def at(row: MonthlyReviewRow, instant: datetime) -> MonthlyReviewRow | None:
    """Return the review, if it had been held."""
    return row if row.held_at <= instant else None


VIEW = View(
    name="monthly_reviews",
    row=MonthlyReviewRow,
    keys=keys,
    evolve=evolve,
    events=(MonthlyReviewHeld,),
    filters=("monthly_review", "area", "month", "held_at"),
    sort="-held_at",
    at=at,
)
