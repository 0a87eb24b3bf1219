"""Undertakings 攻坚任务: each with its dated history, so that it can be read as of any instant."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope
from events.dated import dated, until
from events.undertaking import Due, UndertakingErased, UndertakingEvent, UndertakingSetUp
from events.undertaking_history import FACTS, UndertakingFact, UndertakingStep, fact_of, standing
from projections.base import Row, View


class UndertakingRow(Row, frozen=True, kw_only=True):
    """One undertaking as it stands."""

    undertaking: str
    area: str
    category: str
    """field, measure, campaign, plan, finding or other."""
    title: str
    state: str = "open"
    """open, done or withdrawn."""
    leader: str
    """Post that leads it; while that is vacant it is with the one above."""
    unit: str
    parent: str | None = None
    """What it is a subtask of."""
    inspection: str | None = None
    """Inspection that found it."""
    goal: str | None = None
    measures: tuple[str, ...] = ()
    due: Due | None = None
    ends: datetime | None = None
    """When its deadline is over."""
    next_due: datetime | None = None
    """The deadline that is over first, of itself or of an open step; null once it has ended."""
    confirmed: bool = True
    """Whether the calendar of working days was published for all its deadlines."""
    steps: tuple[UndertakingStep, ...] = ()
    raised_at: datetime
    since: datetime
    ended_at: datetime | None = None
    late: bool = False
    """Done after the deadline. Whether an open one is overdue follows from `next_due`."""
    level: int = 0
    """How often it went up."""
    asked: str | None = None
    """Post to which it was last escalated."""
    evidence: int = 0
    files: tuple[UndertakingFact, ...] = ()
    """Evidence whose file is kept; read it at `/files/NAME`."""
    reason: str | None = None
    history: tuple[UndertakingFact, ...] = ()
    """All facts in order of their time."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.undertaking,) if isinstance(e, UndertakingEvent) else ()


def evolve(row: UndertakingRow | None, envelope: EventEnvelope, key: str) -> UndertakingRow | None:
    e = envelope.data
    if isinstance(e, UndertakingSetUp):
        row = UndertakingRow(
            undertaking=key,
            area=e.area,
            category=e.category,
            title=e.title,
            leader=e.leader,
            unit=e.unit,
            parent=e.parent,
            inspection=e.inspection,
            raised_at=envelope.at,
            since=envelope.at,
        )
    if isinstance(e, UndertakingErased):
        return row and _stood(row, tuple(msgspec.structs.replace(one, file=None) for one in row.history))
    return row and _stood(row, dated(row.history, fact_of(envelope)[1]))


def _stood(row: UndertakingRow, facts: tuple[UndertakingFact, ...]) -> UndertakingRow | None:
    now = standing(facts)
    if now is None:
        return None
    due = now.next_due
    return msgspec.structs.replace(
        row,
        title=now.title,
        state=now.state,
        leader=now.leader,
        unit=now.unit,
        goal=now.goal,
        measures=now.measures,
        due=now.due,
        ends=now.due.ends if now.due else None,
        next_due=due.ends if due else None,
        confirmed=all(one.confirmed for one in (now.due, *(step.due for step in now.steps)) if one),
        steps=now.steps,
        raised_at=now.raised_at,
        since=now.since,
        ended_at=now.ended_at,
        late=now.late,
        level=now.level,
        asked=now.asked,
        evidence=now.evidence,
        files=tuple(one for one in facts if one.file),
        reason=now.reason,
        history=facts,
    )


def at(row: UndertakingRow, instant: datetime) -> UndertakingRow | None:
    """Return the row as it stood at an instant; None before it was set up."""
    return _stood(row, until(row.history, instant))


VIEW = View(
    name="undertakings",
    row=UndertakingRow,
    keys=keys,
    evolve=evolve,
    events=(*FACTS, UndertakingErased),
    filters=(
        "undertaking",
        "area",
        "category",
        "title",
        "state",
        "leader",
        "unit",
        "parent",
        "inspection",
        "ends",
        "next_due",
        "confirmed",
        "raised_at",
        "since",
        "ended_at",
        "late",
        "level",
        "asked",
    ),
    sort="-raised_at",
    detail=("files", "history"),
    at=at,
)
