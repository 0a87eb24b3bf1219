"""Verdicts given without right, by what is known now: each with its enterprise, reason and owner.

Computed on request, as of any instant: one fact of a post may touch the verdicts on thousands of
enterprises.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from events.answering import Index, index_of
from events.base import EventEnvelope
from events.enterprise_facts import Standing, in_ledger, standing
from events.post_history import post_at
from events.review import Turn
from events.review_right import Doubt, DoubtState, Why, doubts, owner
from projections.base import Row, View
from projections.enterprises import EnterpriseRow
from projections.posts import PostRow

READ: Final = ("enterprises", "posts")
"""Views that it follows from."""


class VerdictRow(Row, frozen=True, kw_only=True):
    """A verdict or return that was given without right."""

    enterprise: str
    name: str
    area: str
    """Where the enterprise lies."""
    trade: str | None = None
    given: int
    """Position of the verdict in the log: what a confirmation names."""
    stage: Turn
    verdict: str | None = None
    """`approve` or `reject`; None of a return."""
    fields: tuple[str, ...] = ()
    """Details that are approved, or wrong; none named = all."""
    reason: str | None = None
    given_at: datetime
    given_by: str
    post: str | None = None
    """Post in whose name it was given."""
    post_name: str | None = None
    why: Why
    state: DoubtState
    settled_at: datetime | None = None
    owner: str | None = None
    """Post that has to confirm it or give another one; none if no post is charged."""
    owner_name: str | None = None
    in_ledger: bool = False
    """Whether the enterprise is in the ledger."""


class _Posts:
    """Who is charged with what, and what posts are called."""

    def __init__(self, posts: Mapping[str, PostRow]) -> None:
        self.rows = posts
        self.index: Index = index_of(posts)

    def name(self, key: str | None, instant: datetime) -> str | None:
        known = self.rows.get(key) if key else None
        then = post_at(known.changes, instant) if known else None
        return then.name if then else None


def without_right(
    enterprises: Iterable[EnterpriseRow], posts: Mapping[str, PostRow], instant: datetime
) -> Iterator[tuple[str, VerdictRow]]:
    """Yield the verdicts given without right up to an instant, by key."""
    known = _Posts(posts)
    for row in enterprises:
        if row.review is None:
            continue
        found = doubts(posts, known.index, row.history, instant)
        then = standing(row.history, instant) if found else None
        if then is not None:
            for one in found:
                yield f"{row.enterprise}:{one.fact.position}", _row(row.enterprise, then, one, known, instant)


def _row(key: str, now: Standing, doubt: Doubt, posts: _Posts, instant: datetime) -> VerdictRow:
    fact, waits = doubt.fact, doubt.state == "open"
    stage: Turn = fact.stage or "answer"
    whose = owner(posts.rows, posts.index, now, stage, instant)[1] if waits else None
    return VerdictRow(
        enterprise=key,
        name=now.name,
        area=now.area,
        trade=now.trade,
        given=fact.position,
        stage=stage,
        verdict=fact.verdict,
        fields=fact.fields,
        reason=fact.reason,
        given_at=fact.at,
        given_by=fact.by,
        post=fact.post,
        post_name=posts.name(fact.post, instant),
        why=doubt.why,
        state=doubt.state,
        settled_at=doubt.settled_at,
        owner=whose,
        owner_name=posts.name(whose, instant),
        in_ledger=in_ledger(now),
    )


def _no_keys(envelope: EventEnvelope) -> Iterable[str]:
    return ()


def _unchanged(row: VerdictRow | None, envelope: EventEnvelope, key: str) -> VerdictRow | None:
    return row


VERDICTS: Final = View(
    name="verdicts_without_right",
    row=VerdictRow,
    keys=_no_keys,
    evolve=_unchanged,
    filters=("enterprise", "area", "trade", "state", "stage", "why", "post", "owner", "given_at", "name"),
    sort="given_at",
)
