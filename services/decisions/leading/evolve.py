"""Apply events about who leads a chapter."""

from events.base import EventEnvelope
from events.dated import dated
from events.leading import ChapterLed, Lead
from services.decisions.base import evolves
from services.decisions.leading.table import LEADS
from services.decisions.state import State


@evolves(ChapterLed)
def _led(state: State, e: ChapterLed, envelope: EventEnvelope) -> None:
    lead = Lead(envelope.at, envelope.position, e.post)
    state.put(state[LEADS], e.chapter, dated(state[LEADS].get(e.chapter, ()), lead))
