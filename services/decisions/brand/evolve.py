"""Apply events to brands."""

from events.base import EventEnvelope
from events.brand import BrandAmended
from events.brand_facts import FACTS, BrandEvent, fact_of, with_fact
from services.decisions.amending import note_changes
from services.decisions.base import evolves
from services.decisions.brand.table import BRANDS
from services.decisions.state import State


@evolves(*FACTS)
def _told(state: State, e: BrandEvent, envelope: EventEnvelope) -> None:
    now = with_fact(state[BRANDS].get(e.brand), fact_of(e, envelope))
    if now:
        state.put(state[BRANDS], e.brand, now)
    if isinstance(e, BrandAmended):
        note_changes(state, f"brand/{e.brand}", e, envelope)
