"""Apply events to visits."""

import msgspec

from events.base import EventEnvelope
from events.visit import VisitErased, VisitRecorded
from services.decisions.base import evolves
from services.decisions.state import State
from services.decisions.visit.table import VISITS, Visit


@evolves(VisitRecorded)
def _recorded(state: State, e: VisitRecorded, envelope: EventEnvelope) -> None:
    state.put(state[VISITS], e.visit, Visit(e.area, envelope.at, e.enterprise, e.group, e.post))


@evolves(VisitErased)
def _erased(state: State, e: VisitErased, envelope: EventEnvelope) -> None:
    state.put(state[VISITS], e.visit, msgspec.structs.replace(state[VISITS][e.visit], erased=True))
