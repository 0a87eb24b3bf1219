"""Measures of relief 纾困举措, and which enterprises received them."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.alliance import ReliefAdopted
from events.alliance_history import RELIEFS, AllianceFact, fact_of, standing
from events.base import EventEnvelope
from events.dated import dated, until
from projections.base import Row, View


class ReliefRow(Row, frozen=True, kw_only=True):
    """One measure."""

    relief: str
    area: str
    title: str
    owner: str | None = None
    state: str = "in_force"
    """`in_force` or `ended`."""
    adopted_at: datetime
    ended_at: datetime | None = None
    enterprises: tuple[str, ...] = ()
    """Those that received it."""
    received: int = 0
    history: tuple[AllianceFact, ...] = ()


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (fact_of(envelope)[0],) if isinstance(envelope.data, RELIEFS) else ()


def evolve(row: ReliefRow | None, envelope: EventEnvelope, key: str) -> ReliefRow | None:
    e = envelope.data
    if isinstance(e, ReliefAdopted):
        row = ReliefRow(relief=key, area=e.area, title=e.title, owner=e.owner, adopted_at=envelope.at)
    return row and _stood(row, dated(row.history, fact_of(envelope)[1]))


def _stood(row: ReliefRow, facts: tuple[AllianceFact, ...]) -> ReliefRow | None:
    now = standing(facts)
    return now and msgspec.structs.replace(
        row,
        state=now.state,
        ended_at=now.ended_at,
        enterprises=now.who,
        received=len(now.who),
        history=facts,
    )


def at(row: ReliefRow, instant: datetime) -> ReliefRow | None:
    """Return the measure as it was at an instant; None before it was adopted."""
    return _stood(row, until(row.history, instant))


VIEW = View(
    name="reliefs",
    row=ReliefRow,
    keys=keys,
    evolve=evolve,
    events=RELIEFS,
    filters=("relief", "area", "title", "owner", "state", "adopted_at", "ended_at", "received"),
    sort="title",
    at=at,
)
