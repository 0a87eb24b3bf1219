"""Apply events to nominations."""

import msgspec

from events.award import AwardGranted, AwardRevoked
from events.base import Event, EventEnvelope
from events.nomination import (
    DeedAdded,
    NominationErased,
    NominationMade,
    NominationReviewed,
    NominationWithdrawn,
)
from events.nomination_history import fact_of, forgotten, standing, with_fact
from services.decisions.base import evolves
from services.decisions.nomination.table import NOMINATIONS, Nomination
from services.decisions.state import State


def told(state: State, key: str, envelope: EventEnvelope) -> None:
    """Add a fact to a nomination."""
    known = state[NOMINATIONS].get(key)
    now = with_fact(known.now if known else None, fact_of(envelope))
    if known and now:
        state.put(state[NOMINATIONS], key, msgspec.structs.replace(known, now=now))


@evolves(NominationMade)
def _made(state: State, e: NominationMade, envelope: EventEnvelope) -> None:
    now = with_fact(None, fact_of(envelope))
    if now:
        row = Nomination(area=e.area, worker=e.worker, honour=e.honour, post=e.post, now=now)
        state.put(state[NOMINATIONS], e.nomination, row)


@evolves(DeedAdded, NominationReviewed, NominationWithdrawn)
def _told(state: State, e: Event, envelope: EventEnvelope) -> None:
    told(state, str(getattr(e, "nomination", "")), envelope)


@evolves(NominationErased)
def _erased(state: State, e: NominationErased, envelope: EventEnvelope) -> None:
    known = state[NOMINATIONS][e.nomination]
    now = standing(forgotten(known.now.facts)) or known.now
    state.put(state[NOMINATIONS], e.nomination, msgspec.structs.replace(known, now=now, erased=True))


def awarded(state: State, e: AwardGranted | AwardRevoked, envelope: EventEnvelope) -> None:
    """Note that an award was given for a nomination, or no longer holds."""
    told(state, e.nomination, envelope)
