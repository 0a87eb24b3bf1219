"""What a nomination was at an instant: from its dated facts, in whatever order they came."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from events.award import AwardGranted, AwardRevoked
from events.base import EventEnvelope, Personal
from events.dated import stands_with, stood
from events.nomination import (
    DeedAdded,
    DeedKind,
    Evidence,
    NominationMade,
    NominationReviewed,
    NominationWithdrawn,
    Verdict,
)

FACTS: Final = (
    NominationMade,
    DeedAdded,
    NominationReviewed,
    NominationWithdrawn,
    AwardGranted,
    AwardRevoked,
)
NominationState = Literal["nominated", "approved", "rejected", "awarded", "withdrawn"]
_VERDICTS: Final[dict[Verdict, NominationState]] = {"approve": "approved", "reject": "rejected"}


class Deed(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One deed, and what the log showed of it: when it was entered, and at the last review."""

    deed: DeedKind
    evidence: Evidence
    reviewed: Evidence | None = None
    since: datetime | None = None
    until: datetime | None = None
    assignment: str | None = None
    visit: str | None = None
    activity: str | None = None
    note: Personal | None = None

    @property
    def number(self) -> int:
        return self.evidence.number

    @property
    def latest(self) -> Evidence:
        return self.reviewed or self.evidence


class NominationFact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One dated fact, and where in the log it stands."""

    at: datetime
    position: int
    what: str
    """Name of its event."""
    by: str
    deed: Deed | None = None
    verdict: Verdict | None = None
    evidence: tuple[Evidence, ...] = ()
    award: str | None = None
    reason: str | None = None


class NominationThen(msgspec.Struct, frozen=True, gc=False):
    """A nomination at an instant."""

    state: NominationState
    since: datetime
    """Since when it is in this state."""
    made_at: datetime
    deeds: tuple[Deed, ...] = ()
    award: str | None = None
    reason: str | None = None
    facts: tuple[NominationFact, ...] = ()


_as = msgspec.structs.replace


def fact_of(envelope: EventEnvelope) -> NominationFact:
    """Return the fact that an event of FACTS records."""
    e: Any = envelope.data
    return NominationFact(
        at=envelope.at,
        position=envelope.position,
        what=e.NAME,
        by=envelope.actor,
        deed=_deed(e) if isinstance(e, DeedAdded) else None,
        verdict=getattr(e, "verdict", None),
        evidence=e.evidence if isinstance(e, NominationReviewed) else (),
        award=getattr(e, "award", None),
        reason=getattr(e, "reason", None),
    )


def _deed(e: DeedAdded) -> Deed:
    return Deed(
        deed=e.deed,
        evidence=e.evidence,
        since=e.since,
        until=e.until,
        assignment=e.assignment,
        visit=e.visit,
        activity=e.activity,
        note=e.note,
    )


def step(before: NominationThen | None, fact: NominationFact) -> NominationThen | None:
    """Return how it stands after one more fact; None before it was made."""
    if before is None:
        if fact.what != NominationMade.NAME:
            return None
        return NominationThen(state="nominated", since=fact.at, made_at=fact.at, facts=(fact,))
    then = _as(before, facts=(*before.facts, fact))
    match fact.what:
        case DeedAdded.NAME if fact.deed:
            return _as(then, deeds=(*then.deeds, fact.deed))
        case NominationReviewed.NAME if fact.verdict:
            return _reviewed(then, fact, _VERDICTS[fact.verdict])
        case NominationWithdrawn.NAME:
            return _as(then, state="withdrawn", since=fact.at, reason=fact.reason)
        case AwardGranted.NAME:
            return _as(then, state="awarded", since=fact.at, award=fact.award)
        case AwardRevoked.NAME:
            return _as(then, state="approved", since=fact.at, award=None)
        case _:
            return then


def _reviewed(then: NominationThen, fact: NominationFact, state: NominationState) -> NominationThen:
    found = {one.number: one for one in fact.evidence}
    deeds = tuple(_as(one, reviewed=found.get(one.number, one.reviewed)) for one in then.deeds)
    return _as(then, state=state, since=fact.at, deeds=deeds, reason=fact.reason)


def standing(facts: Iterable[NominationFact], instant: datetime | None = None) -> NominationThen | None:
    """Return it at an instant, or after all its facts; None before it was made."""
    return stood(step, facts, instant)


def with_fact(before: NominationThen | None, fact: NominationFact) -> NominationThen | None:
    """Return it after all facts, one of which is new and may be a late one."""
    return stands_with(step, before, fact)


def forgotten(facts: tuple[NominationFact, ...]) -> tuple[NominationFact, ...]:
    """Return facts without what was written of the person."""
    return tuple(_as(one, deed=_as(one.deed, note=None)) if one.deed else one for one in facts)
