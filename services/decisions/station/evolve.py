"""Apply events to stations."""

from events.base import EventEnvelope
from events.station import StationAmended, StationMoved, StationReported, StationUsed
from events.station_facts import FACTS, StationFactEvent, recorded, with_fact
from services.decisions.amending import note_changes
from services.decisions.base import evolves
from services.decisions.need.evolve import moved
from services.decisions.state import State
from services.decisions.station.table import STATIONS


@evolves(*FACTS)
def _told(state: State, e: StationFactEvent, envelope: EventEnvelope) -> None:
    fact = recorded(envelope)
    if fact is None:
        return
    state.put(state[STATIONS], e.station, with_fact(state[STATIONS].get(e.station), fact))
    if isinstance(e, StationAmended):
        note_changes(state, f"station/{e.station}", e, envelope)
    if isinstance(e, StationMoved):
        moved(state, e, envelope)


@evolves(StationReported, StationUsed)
def _shown_only(state: State, e: StationReported | StationUsed, envelope: EventEnvelope) -> None:
    """No rule depends on reports and uses; the views show them."""
