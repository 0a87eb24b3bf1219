"""Needs 需求: what stations are short of, and what they have too much of."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.need import NeedChanged, NeedClosed, NeedOpened, Side
from events.need_facts import FACTS, NeedFact, NeedState, NeedThen, need_at, recorded, with_fact
from events.station import StationMoved
from projections.base import Row, View


class NeedRow(Row, frozen=True, kw_only=True):
    """One need as it stands."""

    need: str
    station: str
    area: str
    item: str
    side: Side
    priority: int
    quantity: int | None = None
    state: NeedState
    since: datetime
    """When it was opened, the last time."""
    closed_at: datetime | None = None
    opened: int
    """How often it was opened, changed and closed."""
    changed: int
    closed: int
    history: tuple[NeedFact, ...] = ()


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    if isinstance(e, StationMoved):
        return e.needs
    return (e.need,) if isinstance(e, NeedOpened | NeedChanged | NeedClosed) else ()


def evolve(row: NeedRow | None, envelope: EventEnvelope, key: str) -> NeedRow | None:
    fact = recorded(envelope)
    if fact is None:
        return row
    after = with_fact(need_at(row.history) if row else None, fact)
    return after and row_of(key, after)


def row_of(key: str, now: NeedThen) -> NeedRow:
    """Return the row of a need as it stands."""
    return NeedRow(
        need=key,
        station=now.station,
        area=now.area,
        item=now.item,
        side=now.side,
        priority=now.priority,
        quantity=now.quantity,
        state=now.state,
        since=now.since,
        closed_at=now.closed_at,
        opened=now.opened,
        changed=now.changed,
        closed=now.closed,
        history=now.facts,
    )


def at(row: NeedRow, instant: datetime) -> NeedRow | None:
    """Return the row as it stood at an instant; None if it was not opened yet."""
    then = need_at(row.history, instant)
    return then and row_of(row.need, then)


VIEW = View(
    name="needs",
    row=NeedRow,
    keys=keys,
    evolve=evolve,
    events=FACTS,
    filters=(
        "need",
        "station",
        "area",
        "item",
        "side",
        "priority",
        "state",
        "since",
        "quantity",
        "opened",
        "changed",
        "closed",
    ),
    sort="priority",
    at=at,
)
