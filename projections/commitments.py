"""Commitments: decisions of meetings 议定事项, and both directions of the service list 双向服务清单."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.alliance import CommitmentKind, CommitmentMade
from events.alliance_history import COMMITMENTS, AllianceFact, fact_of, standing
from events.base import EventEnvelope
from events.dated import dated, until
from projections.base import Row, View


class CommitmentRow(Row, frozen=True, kw_only=True):
    """One commitment."""

    commitment: str
    area: str
    kind: CommitmentKind
    title: str
    owner: str
    """Post that answers for it."""
    delivers: str | None = None
    """Post that delivers it on site, if another one."""
    enterprise: str | None = None
    meeting: str | None = None
    state: str = "open"
    """`open`, `done` or `dropped`."""
    made_at: datetime
    due: datetime | None = None
    ended_at: datetime | None = None
    late: bool = False
    """Done after the deadline. Whether an open one is late follows from `due`."""
    reason: str | None = None
    score: int | None = None
    """By the enterprise: 1 bad to 5 good."""
    history: tuple[AllianceFact, ...] = ()


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (fact_of(envelope)[0],) if isinstance(envelope.data, COMMITMENTS) else ()


def evolve(row: CommitmentRow | None, envelope: EventEnvelope, key: str) -> CommitmentRow | None:
    e = envelope.data
    if isinstance(e, CommitmentMade):
        row = CommitmentRow(
            commitment=key,
            area=e.area,
            kind=e.kind,
            title=e.title,
            owner=e.owner,
            delivers=e.delivers,
            enterprise=e.enterprise,
            meeting=e.meeting,
            made_at=envelope.at,
            due=e.due,
        )
    return row and _stood(row, dated(row.history, fact_of(envelope)[1]))


def _stood(row: CommitmentRow, facts: tuple[AllianceFact, ...]) -> CommitmentRow | None:
    now = standing(facts)
    return now and msgspec.structs.replace(
        row,
        state=now.state,
        ended_at=now.ended_at,
        late=bool(row.due and now.state == "done" and now.ended_at and now.ended_at > row.due),
        reason=now.reason,
        score=now.score,
        history=facts,
    )


def at(row: CommitmentRow, instant: datetime) -> CommitmentRow | None:
    """Return the commitment as it was at an instant; None before it was made."""
    return _stood(row, until(row.history, instant))


VIEW = View(
    name="commitments",
    row=CommitmentRow,
    keys=keys,
    evolve=evolve,
    events=COMMITMENTS,
    filters=(
        "commitment",
        "area",
        "kind",
        "title",
        "owner",
        "delivers",
        "enterprise",
        "meeting",
        "state",
        "made_at",
        "due",
        "ended_at",
        "late",
        "score",
    ),
    sort="-made_at",
    at=at,
)
