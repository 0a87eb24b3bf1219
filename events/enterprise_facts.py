"""The history of an enterprise, and how it stood at an instant: one pure fold for rules, views and laws.

Facts are in order of their own time, so that what is entered late takes its place among the others.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal, get_args

import msgspec

from events.base import Event, EventEnvelope
from events.enterprise import (
    DETAILS,
    EnterpriseAmended,
    EnterpriseClosed,
    EnterpriseMerged,
    EnterpriseMoved,
    EnterpriseRegistered,
    EnterpriseReopened,
)

EnterpriseEvent = (
    EnterpriseRegistered
    | EnterpriseAmended
    | EnterpriseMoved
    | EnterpriseMerged
    | EnterpriseClosed
    | EnterpriseReopened
)
"""A fact of an enterprise's history."""
FACTS: Final = get_args(EnterpriseEvent)
EnterpriseState = Literal["open", "closed", "merged", "away"]
OPEN: Final = "open"
ENDS: Final[dict[type[Event], EnterpriseState]] = {EnterpriseClosed: "closed", EnterpriseMerged: "merged"}
"""Events after which it is no enterprise of this ledger any more; moving away is another."""


class EnterpriseFact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One entry of the history: when it was so, what happened, and who recorded it."""

    at: datetime
    position: int
    what: str
    """Name of the event."""
    by: str
    details: dict[str, Any] = {}
    """Details given, by field."""
    reason: str | None = None
    to: str | None = None
    """Enterprise merged into, or where it went."""


class Standing(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An enterprise as it stood at an instant."""

    name: str
    area: str
    code: str | None = None
    trade: str | None = None
    size: str | None = None
    employees: int | None = None
    members: int | None = None
    platform: str | None = None
    brand: str | None = None
    state: EnterpriseState = OPEN
    closed_at: datetime | None = None
    """When it closed, merged or moved away; None while open."""
    facts: tuple[EnterpriseFact, ...] = ()
    """All facts up to that instant, in order of their time."""


def fact_of(envelope: EventEnvelope) -> EnterpriseFact | None:
    """Return the fact that an event adds to the history; None if it is no such event."""
    e = envelope.data
    if not isinstance(e, EnterpriseEvent):
        return None
    fact = EnterpriseFact(envelope.at, envelope.position, e.NAME, envelope.actor)
    match e:
        case EnterpriseRegistered():
            given = {name: getattr(e, name) for name in DETAILS}
            return _with(fact, details={name: value for name, value in given.items() if value is not None})
        case EnterpriseAmended():
            given = {name: getattr(e, name) for name in DETAILS if name != "area"}
            return _with(fact, details={k: v for k, v in given.items() if v is not msgspec.UNSET})
        case EnterpriseMoved():
            return _with(fact, details={"area": e.area}, to=e.to)
        case EnterpriseMerged():
            return _with(fact, to=e.into)
        case EnterpriseClosed() | EnterpriseReopened():
            return _with(fact, reason=e.reason)


_with = msgspec.structs.replace


def order(fact: EnterpriseFact) -> tuple[datetime, int]:
    """Return what facts are sorted by: their own time, then that of recording."""
    return fact.at, fact.position


def step(before: Standing | None, fact: EnterpriseFact) -> Standing | None:
    """Return how the enterprise stands after one more fact; None before it is registered."""
    if before is None:
        if fact.what != EnterpriseRegistered.NAME:
            return None
        return Standing(**fact.details, facts=(fact,))
    changed: dict[str, Any] = {**fact.details, "facts": (*before.facts, fact)}
    state = _STATES.get(fact.what)
    if fact.what == EnterpriseMoved.NAME and fact.to is not None:
        state = "away"
    if state is not None:
        changed |= {"state": state, "closed_at": None if state == OPEN else fact.at}
    return _with(before, **changed)


def standing(facts: Iterable[EnterpriseFact], instant: datetime | None = None) -> Standing | None:
    """Return how it stood at an instant, or after all facts; None if it was not known yet."""
    found: Standing | None = None
    for fact in facts:
        if instant is not None and fact.at > instant:
            break
        found = step(found, fact)
    return found


def with_fact(before: Standing | None, fact: EnterpriseFact) -> Standing | None:
    """Return the standing after all facts, one of which is new and may be a late one."""
    if before is None or order(before.facts[-1]) <= order(fact):
        return step(before, fact)
    return standing(sorted((*before.facts, fact), key=order))


_STATES: Final[dict[str, EnterpriseState]] = {
    **{event.NAME: state for event, state in ENDS.items()},
    EnterpriseReopened.NAME: OPEN,
}
