"""Apply events to difficulties."""

import msgspec

from events.base import Event, EventEnvelope
from events.dated import dated
from events.difficulty import DifficultyErased, DifficultyRaised, DifficultyWaitsSet
from events.difficulty_history import FACTS, OPEN, DifficultyThen, Windows, days_of, facts_of, standing
from services.decisions.base import evolves
from services.decisions.difficulty.table import (
    DIFFICULTIES,
    DIFFICULTIES_DUE,
    DIFFICULTIES_OPEN,
    RECEIPTS,
    WINDOWS,
    Difficulty,
    Whose,
)
from services.decisions.state import State


@evolves(*FACTS)
def _told(state: State, e: Event, envelope: EventEnvelope) -> None:
    if isinstance(e, DifficultyRaised):
        _raised(state, e)
    for key, fact in facts_of(envelope).items():
        known = state[DIFFICULTIES][key]
        facts = dated(known.facts, msgspec.structs.replace(fact, text=None, note=None))
        state.put(state[DIFFICULTIES], key, msgspec.structs.replace(known, facts=facts))
        then = standing(facts)
        due = then.due if then else None
        if state[DIFFICULTIES_DUE].get(key) != due:
            state.put(state[DIFFICULTIES_DUE], key, due)
        whose = _whose(then)
        if state[DIFFICULTIES_OPEN].get(key) != whose:
            state.put(state[DIFFICULTIES_OPEN], key, whose)


def _whose(then: DifficultyThen | None) -> Whose | None:
    if then is None or then.state not in OPEN:
        return None
    return Whose(then.owner, then.offered_to, then.post, then.works, then.to_works)


def _raised(state: State, e: DifficultyRaised) -> None:
    row = Difficulty(
        area=e.area,
        category=e.category,
        channel=e.channel,
        enterprise=e.enterprise,
        group=e.group,
        trade=e.trade,
        visit=e.visit,
        receipt=e.receipt,
    )
    state.put(state[DIFFICULTIES], e.difficulty, row)
    if e.receipt:
        state.put(state[RECEIPTS], e.receipt, e.difficulty)


@evolves(DifficultyErased)
def _erased(state: State, e: DifficultyErased, envelope: EventEnvelope) -> None:
    known = state[DIFFICULTIES][e.difficulty]
    state.put(state[DIFFICULTIES], e.difficulty, msgspec.structs.replace(known, erased=True))


@evolves(DifficultyWaitsSet)
def _set(state: State, e: DifficultyWaitsSet, envelope: EventEnvelope) -> None:
    one = Windows(envelope.at, envelope.position, days_of(e))
    known = sorted((*state[WINDOWS].get(state.jurisdiction, ()), one), key=lambda one: (one.at, one.position))
    state.put(state[WINDOWS], state.jurisdiction, tuple(known))
