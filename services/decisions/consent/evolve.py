"""Apply events to consents."""

from events.base import EventEnvelope
from events.consent import ConsentEvent, ConsentGiven, ConsentWithdrawn, fact_of
from events.dated import dated
from services.decisions.base import evolves
from services.decisions.consent.table import CONSENTS
from services.decisions.state import State


@evolves(ConsentGiven, ConsentWithdrawn)
def _changed(state: State, e: ConsentEvent, envelope: EventEnvelope) -> None:
    before = state[CONSENTS].get(e.worker, ())
    state.put(state[CONSENTS], e.worker, dated(before, fact_of(e, envelope)))
