"""Apply events to the alliance."""

from typing import Any

import msgspec

from events import alliance_history as history
from events.alliance import AllyJoined, CommitmentMade, MeetingHeld, ReliefAdopted
from events.base import Event, EventEnvelope
from events.dated import dated
from services.decisions.alliance.table import ALLIES, COMMITMENTS, MEETINGS, RELIEFS, AllianceRow
from services.decisions.base import evolves
from services.decisions.state import State
from services.decisions.table import Table

_BEGINS = (AllyJoined, MeetingHeld, CommitmentMade, ReliefAdopted)
_OTHERS = {"name": "title"}
"""Field of an event -> field of its row, where they differ."""


def _told(state: State, table: Table[AllianceRow], e: Event, envelope: EventEnvelope) -> None:
    key, fact = history.fact_of(envelope)
    known = state[table].get(key)
    facts = known.facts if known else ()
    if isinstance(e, _BEGINS):
        known = AllianceRow(**_fields(e))
    if known:
        state.put(state[table], key, msgspec.structs.replace(known, facts=dated(facts, fact)))


def _fields(e: Event) -> dict[str, Any]:
    given = {_OTHERS.get(name, name): getattr(e, name) for name in e.__struct_fields__}
    return {name: value for name, value in given.items() if name in AllianceRow.__struct_fields__}


@evolves(*history.ALLIES)
def _ally(state: State, e: Event, envelope: EventEnvelope) -> None:
    _told(state, ALLIES, e, envelope)


@evolves(*history.MEETINGS)
def _meeting(state: State, e: Event, envelope: EventEnvelope) -> None:
    _told(state, MEETINGS, e, envelope)


@evolves(*history.COMMITMENTS)
def _commitment(state: State, e: Event, envelope: EventEnvelope) -> None:
    _told(state, COMMITMENTS, e, envelope)


@evolves(*history.RELIEFS)
def _relief(state: State, e: Event, envelope: EventEnvelope) -> None:
    _told(state, RELIEFS, e, envelope)
