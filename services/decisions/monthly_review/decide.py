"""Decisions about monthly reviews, and how their events change the state."""

from collections.abc import Iterable

from events.area import inside
from events.base import Event, EventEnvelope
from events.monthly_review import MonthlyReviewHeld
from events.undertaking_counts import counts
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides, evolves
from services.decisions.monthly_review.commands import HoldReview
from services.decisions.monthly_review.table import MONTHLY_REVIEWS, MonthlyReview
from services.decisions.state import State
from services.decisions.undertaking.table import UNDERTAKINGS


@decides(HoldReview)
def _hold(state: State, c: HoldReview, ctx: Context) -> Iterable[Event]:
    key, area = c.monthly_review or ctx.id, c.area or state.jurisdiction
    lookups.fresh(state[MONTHLY_REVIEWS].get(key), "monthly_review.exists", monthly_review=key)
    lookups.open_area(state, area, ctx)
    for other, row in state[MONTHLY_REVIEWS].items():
        if (row.area, row.month) == (area, c.month):
            raise Refused("monthly_review.held", month=c.month, area=area, monthly_review=other)
    if c.month > ctx.at.astimezone(state.meta.zone).strftime("%Y-%m"):
        raise Refused("monthly_review.future", month=c.month)
    here = (row.facts for row in state[UNDERTAKINGS].values() if inside(row.area, area))
    yield MonthlyReviewHeld(
        monthly_review=key, area=area, month=c.month, counts=counts(here, ctx.at), note=c.note
    )


@evolves(MonthlyReviewHeld)
def _held(state: State, e: MonthlyReviewHeld, envelope: EventEnvelope) -> None:
    state.put(state[MONTHLY_REVIEWS], e.monthly_review, MonthlyReview(e.area, e.month))
