"""Apply events to inspections."""

import msgspec

from events.base import EventEnvelope
from events.inspection import (
    InspectionCalledOff,
    InspectionErased,
    InspectionEvent,
    InspectionOrdered,
    InspectionReported,
)
from services.decisions.base import evolves
from services.decisions.inspection.table import INSPECTIONS, Inspection
from services.decisions.state import State


@evolves(InspectionOrdered)
def _ordered(state: State, e: InspectionOrdered, envelope: EventEnvelope) -> None:
    row = Inspection(e.area, e.manner, envelope.at, e.undertaking, e.unit, e.inspector)
    state.put(state[INSPECTIONS], e.inspection, row)


@evolves(InspectionReported, InspectionCalledOff)
def _ended(state: State, e: InspectionEvent, envelope: EventEnvelope) -> None:
    key = e.inspection
    row = msgspec.structs.replace(
        state[INSPECTIONS][key], ended=envelope.name.partition(".")[2], ended_at=envelope.at
    )
    state.put(state[INSPECTIONS], key, row)


@evolves(InspectionErased)
def _erased(state: State, e: InspectionErased, envelope: EventEnvelope) -> None:
    row = msgspec.structs.replace(state[INSPECTIONS][e.inspection], erased=True)
    state.put(state[INSPECTIONS], e.inspection, row)
