"""The history of a brand, and what it was at an instant."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, get_args

import msgspec

from events.amendment import given
from events.base import EventEnvelope
from events.brand import LOOKS, BrandAmended, BrandRegistered, BrandRetired
from events.dated import stands_with, stood

BrandEvent = BrandRegistered | BrandAmended | BrandRetired
FACTS: Final = get_args(BrandEvent)


class BrandFact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One dated fact, and where in the log it stands."""

    at: datetime
    position: int
    what: str
    """Name of its event."""
    by: str
    details: dict[str, str | None] = {}
    """What it set, by field."""
    reason: str | None = None


class BrandThen(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A brand at an instant."""

    area: str
    trade: str
    name: str
    mark: str
    colour: str
    ink: str
    slogan: str | None = None
    since: datetime
    retired_at: datetime | None = None
    reason: str | None = None
    facts: tuple[BrandFact, ...] = ()


def fact_of(e: BrandEvent, envelope: EventEnvelope) -> BrandFact:
    """Return the fact that an event records."""
    reason = e.reason if isinstance(e, BrandRetired) else None
    return BrandFact(envelope.at, envelope.position, e.NAME, envelope.actor, _details(e), reason)


def _details(e: BrandEvent) -> dict[str, Any]:
    match e:
        case BrandRegistered():
            return {name: getattr(e, name) for name in ("area", "trade", *LOOKS)}
        case BrandAmended():
            return given(e)
        case BrandRetired():
            return {}


def step(before: BrandThen | None, fact: BrandFact) -> BrandThen | None:
    """Return how it stands after one more fact; None before it was registered."""
    details: dict[str, Any] = dict(fact.details)
    if before is None:
        registered = fact.what == BrandRegistered.NAME
        return BrandThen(**details, since=fact.at, facts=(fact,)) if registered else None
    if fact.what == BrandRetired.NAME:
        details |= {"retired_at": before.retired_at or fact.at, "reason": fact.reason}
    return msgspec.structs.replace(before, **details, facts=(*before.facts, fact))


def standing(facts: Iterable[BrandFact], instant: datetime | None = None) -> BrandThen | None:
    """Return it at an instant, or after all its facts; None before it was registered."""
    return stood(step, facts, instant)


def with_fact(before: BrandThen | None, fact: BrandFact) -> BrandThen | None:
    """Return it after all facts, one of which is new and may be a late one."""
    return stands_with(step, before, fact)
