"""Apply events to areas."""

import msgspec

from events.amendment import present
from events.area import AreaBounded, AreaClosed, AreaDefined, AreaRenamed
from events.base import EventEnvelope
from events.boundary import digest
from services.decisions.amending import note_changes
from services.decisions.area.table import AREAS, Area
from services.decisions.base import evolves
from services.decisions.state import State


@evolves(AreaDefined)
def _defined(state: State, e: AreaDefined, envelope: EventEnvelope) -> None:
    state.put(state[AREAS], e.area, Area(e.name, e.lon, e.lat, defined_at=envelope.at))


@evolves(AreaRenamed)
def _renamed(state: State, e: AreaRenamed, envelope: EventEnvelope) -> None:
    state.put(state[AREAS], e.area, msgspec.structs.replace(state[AREAS][e.area], **present(e)))
    note_changes(state, f"area/{e.area}", e, envelope)


@evolves(AreaClosed)
def _closed(state: State, e: AreaClosed, envelope: EventEnvelope) -> None:
    state.put(state[AREAS], e.area, msgspec.structs.replace(state[AREAS][e.area], closed_at=envelope.at))


@evolves(AreaBounded)
def _bounded(state: State, e: AreaBounded, envelope: EventEnvelope) -> None:
    if present(e):
        changed = msgspec.structs.replace(state[AREAS][e.area], boundary=digest(e.boundary))
        state.put(state[AREAS], e.area, changed)
    note_changes(state, f"area/{e.area}", e, envelope)
