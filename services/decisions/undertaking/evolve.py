"""Apply events to undertakings."""

from typing import Any

import msgspec

from events.base import Event, EventEnvelope
from events.dated import dated
from events.undertaking import UndertakingErased, UndertakingSetUp, UndertakingWaitsSet
from events.undertaking_history import FACTS, Waits, acts_at, days_of, fact_of, standing, unconfirmed
from services.decisions.base import evolves
from services.decisions.state import State
from services.decisions.table import Table
from services.decisions.undertaking.table import (
    SUBTASKS,
    UNDERTAKINGS,
    UNDERTAKINGS_DUE,
    UNDERTAKINGS_UNCONFIRMED,
    WAITS,
    Undertaking,
    waits,
)


@evolves(*FACTS)
def _told(state: State, e: Event, envelope: EventEnvelope) -> None:
    key, fact = fact_of(envelope)
    if isinstance(e, UndertakingSetUp):
        state.put(state[UNDERTAKINGS], key, Undertaking(e.area, e.category, e.parent, e.inspection))
        if e.parent:
            state.put(state[SUBTASKS], e.parent, (*state[SUBTASKS].get(e.parent, ()), key))
    known = state[UNDERTAKINGS][key]
    known = msgspec.structs.replace(known, facts=dated(known.facts, fact))
    state.put(state[UNDERTAKINGS], key, known)
    _waits(state, key, known)


@evolves(UndertakingErased)
def _erased(state: State, e: UndertakingErased, envelope: EventEnvelope) -> None:
    known = state[UNDERTAKINGS][e.undertaking]
    state.put(state[UNDERTAKINGS], e.undertaking, msgspec.structs.replace(known, erased=True))


def _waits(state: State, key: str, row: Undertaking) -> None:
    """Note when the service acts next."""
    then = standing(row.facts)
    _note(state, UNDERTAKINGS_DUE, key, acts_at(then, waits(state), state.meta.zone))
    _note(state, UNDERTAKINGS_UNCONFIRMED, key, unconfirmed(then))


def _note(state: State, table: Table[Any], key: str, value: object) -> None:
    if state[table].get(key) != value:
        state.put(state[table], key, value)


@evolves(UndertakingWaitsSet)
def _set(state: State, e: UndertakingWaitsSet, envelope: EventEnvelope) -> None:
    one = Waits(envelope.at, envelope.position, days_of(e))
    known = state[WAITS].get(state.jurisdiction, ())
    state.put(state[WAITS], state.jurisdiction, (*known, one))
    for key, row in list(state[UNDERTAKINGS].items()):
        _waits(state, key, row)
