"""Apply events to enterprises."""

from events.base import EventEnvelope
from events.enterprise import EnterpriseAmended, EnterpriseMerged
from events.enterprise_facts import FACTS, EnterpriseEvent, recorded, with_fact
from services.decisions.amending import note_changes
from services.decisions.base import evolves
from services.decisions.enterprise.table import ENTERPRISES, Named, note_named
from services.decisions.review.table import note_due
from services.decisions.state import State


@evolves(*FACTS)
def _told(state: State, e: EnterpriseEvent, envelope: EventEnvelope) -> None:
    fact = recorded(envelope)
    if fact is None:
        return
    state.put(state[ENTERPRISES], e.enterprise, with_fact(state[ENTERPRISES].get(e.enterprise), fact))
    note_due(state, e.enterprise)
    if isinstance(e, EnterpriseMerged):
        note_named(state, e.into, Named(envelope.at, "other", e.enterprise))
    if isinstance(e, EnterpriseAmended):
        note_changes(state, f"enterprise/{e.enterprise}", e, envelope)
