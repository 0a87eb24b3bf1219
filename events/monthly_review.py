"""Monthly reviews 月调度: each fixes what was known of the undertakings on that day."""

from typing import Annotated

from events.base import Event, event
from events.refs import AreaRef, Ref
from events.undertaking_counts import UndertakingCounts

MonthlyReviewRef = Annotated[str, Ref("monthly_review")]


@event("monthly_review.held")
class MonthlyReviewHeld(Event, frozen=True, kw_only=True):
    """A month was reviewed. What was known then is what was in the log before this event."""

    monthly_review: MonthlyReviewRef
    area: AreaRef
    month: str
    """YYYY-MM"""
    counts: UndertakingCounts
    """As known then, of this area and those in it."""
    note: str | None = None
