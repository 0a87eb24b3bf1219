"""Apply events to awards."""

import msgspec

from events.award import AwardGranted, AwardRevoked
from events.base import EventEnvelope
from services.decisions.award.table import AWARDS, Award
from services.decisions.base import evolves
from services.decisions.nomination.evolve import awarded
from services.decisions.state import State


@evolves(AwardGranted)
def _granted(state: State, e: AwardGranted, envelope: EventEnvelope) -> None:
    row = Award(
        area=e.area,
        worker=e.worker,
        nomination=e.nomination,
        title=e.title,
        post=e.post,
        granted_at=envelope.at,
    )
    state.put(state[AWARDS], e.award, row)
    awarded(state, e, envelope)


@evolves(AwardRevoked)
def _revoked(state: State, e: AwardRevoked, envelope: EventEnvelope) -> None:
    known = state[AWARDS][e.award]
    state.put(state[AWARDS], e.award, msgspec.structs.replace(known, revoked=True))
    awarded(state, e, envelope)
