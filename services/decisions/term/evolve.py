"""Apply events to terms."""

from events.amendment import present
from events.base import EventEnvelope
from events.terms import Term, TermDefined
from services.decisions.amending import note_changes
from services.decisions.base import evolves
from services.decisions.state import State
from services.decisions.term.table import TERMS


@evolves(TermDefined)
def _defined(state: State, e: TermDefined, envelope: EventEnvelope) -> None:
    if present(e):
        state.put(state[TERMS], e.term, Term(names=e.names, confirm=e.confirm, retired=e.retired))
    note_changes(state, f"term/{e.term}", e, envelope)
