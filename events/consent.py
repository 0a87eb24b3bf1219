"""Consent 同意 to be named: given by a person, withdrawn at any time. What names somebody holds the handle of
their consent and never their id, so that nothing leads from it to them once the consent is withdrawn."""

from datetime import datetime
from typing import Annotated

import msgspec

from events.base import UNSEEN, Event, EventEnvelope, event
from events.refs import AreaRef, WorkerRef

Handle = Annotated[str, msgspec.Meta(description=UNSEEN)]
"""Random id of one consent. The view of activity leaves it out."""


class ConsentEvent(Event, frozen=True, kw_only=True):
    """Base of the events of somebody's consent."""

    worker: WorkerRef
    area: AreaRef
    """Their home area."""
    consent: Handle


@event("worker.consented", about="worker")
class ConsentGiven(ConsentEvent, frozen=True, kw_only=True):
    """Somebody may be named in what is published."""


@event("worker.consent_withdrawn", about="worker")
class ConsentWithdrawn(ConsentEvent, frozen=True, kw_only=True):
    """The consent was withdrawn: all items that name the person lose the name in the same step."""


class ConsentFact(msgspec.Struct, frozen=True, gc=False):
    """One change of somebody's consent."""

    at: datetime
    position: int
    given: bool
    by: str
    consent: str


def consents(facts: tuple[ConsentFact, ...], instant: datetime | None = None) -> ConsentFact | None:
    """Return the last change up to an instant, or of all; None before the first."""
    told = [one for one in facts if instant is None or one.at <= instant]
    return told[-1] if told else None


def fact_of(e: ConsentEvent, envelope: EventEnvelope) -> ConsentFact:
    """Return the change that an event records."""
    return ConsentFact(envelope.at, envelope.position, isinstance(e, ConsentGiven), envelope.actor, e.consent)
