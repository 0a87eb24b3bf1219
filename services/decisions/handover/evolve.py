"""Apply events to handover notes."""

import msgspec

from events.base import EventEnvelope
from events.handover import HandoverAcknowledged, HandoverErased, HandoverResolved, HandoverWritten
from services.decisions.base import evolves
from services.decisions.handover.table import HANDOVERS, Handover
from services.decisions.state import State


def _replace(state: State, key: str, /, **fields: object) -> None:
    state.put(state[HANDOVERS], key, msgspec.structs.replace(state[HANDOVERS][key], **fields))


@evolves(HandoverWritten)
def _written(state: State, e: HandoverWritten, envelope: EventEnvelope) -> None:
    state.put(state[HANDOVERS], e.note, Handover(e.area, e.priority))


@evolves(HandoverAcknowledged)
def _acknowledged(state: State, e: HandoverAcknowledged, envelope: EventEnvelope) -> None:
    _replace(state, e.note, acknowledged=(*state[HANDOVERS][e.note].acknowledged, envelope.actor))


@evolves(HandoverResolved)
def _resolved(state: State, e: HandoverResolved, envelope: EventEnvelope) -> None:
    _replace(state, e.note, resolved=True)


@evolves(HandoverErased)
def _erased(state: State, e: HandoverErased, envelope: EventEnvelope) -> None:
    _replace(state, e.note, resolved=True, erased=True)
