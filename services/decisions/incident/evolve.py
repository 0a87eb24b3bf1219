"""Apply events to incidents."""

import msgspec

from events.amendment import present
from events.base import EventEnvelope
from events.incident import IncidentAmended, IncidentClosed, IncidentDeclared, IncidentReopened
from services.decisions.amending import note_changes
from services.decisions.base import evolves
from services.decisions.incident.table import INCIDENTS, Incident
from services.decisions.state import State


@evolves(IncidentDeclared)
def _declared(state: State, e: IncidentDeclared, envelope: EventEnvelope) -> None:
    new = Incident(
        e.name,
        e.kind,
        e.areas,
        e.starts_at,
        expected_days=e.expected_days,
        declared_at=envelope.at,
    )
    state.put(state[INCIDENTS], e.incident, new)


@evolves(IncidentAmended)
def _amended(state: State, e: IncidentAmended, envelope: EventEnvelope) -> None:
    known = state[INCIDENTS][e.incident]
    state.put(state[INCIDENTS], e.incident, msgspec.structs.replace(known, **present(e)))
    note_changes(state, f"incident/{e.incident}", e, envelope)


@evolves(IncidentClosed)
def _closed(state: State, e: IncidentClosed, envelope: EventEnvelope) -> None:
    known = state[INCIDENTS][e.incident]
    state.put(state[INCIDENTS], e.incident, msgspec.structs.replace(known, ends_at=e.ends_at))


@evolves(IncidentReopened)
def _reopened(state: State, e: IncidentReopened, envelope: EventEnvelope) -> None:
    known = state[INCIDENTS][e.incident]
    state.put(state[INCIDENTS], e.incident, msgspec.structs.replace(known, ends_at=None))
