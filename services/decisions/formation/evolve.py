"""Apply events to the rules of formation."""

from events.base import EventEnvelope
from events.formation import Dated, FormationSet
from services.decisions.base import evolves
from services.decisions.formation.table import FORMATION
from services.decisions.state import State


@evolves(FormationSet)
def _set(state: State, e: FormationSet, envelope: EventEnvelope) -> None:
    dated = Dated(envelope.at, envelope.position, e.rules)
    state.put(state[FORMATION], str(envelope.position), dated)
