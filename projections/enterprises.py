"""Enterprises 企业: each with its whole history, so that it can be read as of any instant."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.credit_code import CodeState, code_state
from events.enterprise_facts import (
    FACTS,
    OPEN,
    EnterpriseEvent,
    EnterpriseFact,
    EnterpriseState,
    Standing,
    in_ledger,
    place_of,
    recorded,
    standing,
    with_fact,
)
from events.review_path import Place, Review, contradicted
from projections.base import Row, View


class EnterpriseRow(Row, frozen=True, kw_only=True):
    """One enterprise as it stands."""

    enterprise: str
    name: str
    area: str
    changed: int = 0
    """Position of the last amendment, or of the first record: what an amendment is based on."""
    code: str | None = None
    """Unified social credit code as given."""
    code_state: CodeState = "missing"
    trade: str | None = None
    size: str | None = None
    employees: int | None = None
    members: int | None = None
    platform: str | None = None
    brand: str | None = None
    state: EnterpriseState = OPEN
    since: datetime
    """Since when it is known here."""
    closed_at: datetime | None = None
    """When it closed, merged or moved away."""
    in_ledger: bool = False
    """The joint check is passed, and it has not closed, merged, moved away or been sent back."""
    place: Place = "unreviewed"
    """Place in the path of the three reviews."""
    place_since: datetime | None = None
    level: int = 0
    """How often silence went up at this place."""
    contradicted: tuple[str, ...] = ()
    """Stages whose verdict another one contradicts."""
    review: Review | None = None
    """The present round, with all its verdicts."""
    history: tuple[EnterpriseFact, ...] = ()
    """All facts in order of their time."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.enterprise,) if isinstance(e, EnterpriseEvent) else ()


def evolve(row: EnterpriseRow | None, envelope: EventEnvelope, key: str) -> EnterpriseRow | None:
    fact = recorded(envelope)
    if fact is None:
        return row
    before = standing(row.history) if row else None
    after = with_fact(before, fact)
    return after and row_of(key, after)


def row_of(key: str, now: Standing) -> EnterpriseRow:
    """Return the row of an enterprise as it stands."""
    review = now.review
    return EnterpriseRow(
        enterprise=key,
        name=now.name,
        area=now.area,
        changed=max(fact.position for fact in now.facts),
        code=now.code,
        code_state=code_state(now.code),
        trade=now.trade,
        size=now.size,
        employees=now.employees,
        members=now.members,
        platform=now.platform,
        brand=now.brand,
        state=now.state,
        since=now.facts[0].at,
        closed_at=now.closed_at,
        in_ledger=in_ledger(now),
        place=place_of(now),
        place_since=review.since if review else None,
        level=review.level if review else 0,
        contradicted=contradicted(review.verdicts) if review else (),
        review=review,
        history=now.facts,
    )


def at(row: EnterpriseRow, instant: datetime) -> EnterpriseRow | None:
    """Return the row as it stood at an instant; None if it was not known yet."""
    if row.history[-1].at <= instant:
        return row
    then = standing(row.history, instant)
    return then and row_of(row.enterprise, then)


VIEW = View(
    name="enterprises",
    row=EnterpriseRow,
    keys=keys,
    evolve=evolve,
    events=FACTS,
    version=3,
    filters=(
        "enterprise",
        "area",
        "state",
        "trade",
        "size",
        "code",
        "code_state",
        "platform",
        "name",
        "since",
        "in_ledger",
        "place",
        "place_since",
        "level",
    ),
    sort="name",
    detail=("review", "history"),
    at=at,
)
