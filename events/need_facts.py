"""The history of a need, and how it stood at an instant: one pure fold for rules, views and laws."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

from events.base import EventEnvelope
from events.dated import stands_with, stood
from events.need import NeedChanged, NeedClosed, NeedOpened, Side
from events.station import StationMoved

NeedFactEvent = NeedOpened | NeedChanged | NeedClosed | StationMoved
FACTS: Final = get_args(NeedFactEvent)
NeedState = Literal["open", "closed"]


class NeedFact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One entry of the history."""

    at: datetime
    position: int
    what: str
    """Name of the event."""
    by: str
    station: str
    area: str
    item: str = ""
    side: Side = "short"
    priority: int = 0
    quantity: int | None = None
    reason: str | None = None


class NeedThen(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A need as it stood at an instant."""

    station: str
    area: str
    item: str
    side: Side
    priority: int
    quantity: int | None
    state: NeedState
    since: datetime
    """When it was opened, the last time."""
    closed_at: datetime | None = None
    opened: int = 1
    """How often it was opened, changed and closed."""
    changed: int = 0
    closed: int = 0
    facts: tuple[NeedFact, ...] = ()


def recorded(envelope: EventEnvelope) -> NeedFact | None:
    """Return the fact that an event adds to the history; None if it is no such event."""
    e = envelope.data
    if not isinstance(e, NeedFactEvent):
        return None
    fact = NeedFact(envelope.at, envelope.position, e.NAME, envelope.actor, e.station, e.area)
    match e:
        case NeedOpened():
            return _with(fact, item=e.item, side=e.side, priority=e.priority, quantity=e.quantity)
        case NeedChanged():
            return _with(fact, priority=e.priority, quantity=e.quantity)
        case NeedClosed():
            return _with(fact, reason=e.reason, item=e.item or "")
        case StationMoved():
            return fact


_with = msgspec.structs.replace


def step(before: NeedThen | None, fact: NeedFact) -> NeedThen | None:
    """Return how it stands after one more fact; None before it is opened."""
    if before is None:
        return _first(fact)
    after = _with(before, area=fact.area, facts=(*before.facts, fact))
    match fact.what:
        case NeedOpened.NAME:
            return _with(
                after,
                side=fact.side,
                priority=fact.priority,
                quantity=fact.quantity,
                state="open",
                since=before.since if before.state == "open" else fact.at,
                closed_at=None,
                opened=before.opened + 1,
            )
        case NeedChanged.NAME:
            return _with(after, priority=fact.priority, quantity=fact.quantity, changed=before.changed + 1)
        case NeedClosed.NAME:
            return _with(after, state="closed", closed_at=fact.at, closed=before.closed + 1)
        case _:
            return after


def _first(fact: NeedFact) -> NeedThen | None:
    """Return a need that was opened, or that was closed and says what it was: it had been open before."""
    closed = fact.what == NeedClosed.NAME
    if not fact.item or not (closed or fact.what == NeedOpened.NAME):
        return None
    return NeedThen(
        station=fact.station,
        area=fact.area,
        item=fact.item,
        side=fact.side,
        priority=fact.priority,
        quantity=fact.quantity,
        state="closed" if closed else "open",
        since=fact.at,
        closed_at=fact.at if closed else None,
        opened=0 if closed else 1,
        closed=1 if closed else 0,
        facts=(fact,),
    )


def need_at(facts: Iterable[NeedFact], instant: datetime | None = None) -> NeedThen | None:
    """Return its state at an instant, or after all facts; None before it was reported."""
    return stood(step, facts, instant)


def with_fact(before: NeedThen | None, fact: NeedFact) -> NeedThen | None:
    """Return how it stands after all facts, one of which is new and may be a late one."""
    return stands_with(step, before, fact)
