"""A worker's own facts: the newest with the worker, those before them as rows of their own, which may be
put away. Every fact can still be corrected, taken back or preceded."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Final

import msgspec

from events.base import EventEnvelope
from events.duty import OFF, Duty, Fact, corrected, fold, home, order
from events.facts import fact_of
from services.decisions.state import State
from services.decisions.worker.packs import Packs, at_instant, facts_of, packs_of, present, with_one_more
from services.decisions.worker.table import PAST_FACTS, WORKERS, Past, Worker

NEWEST: Final = 1
"""Packs that stay with the worker."""
TOGETHER: Final = 16
"""Packs in a row, once a late fact has put the rows in order."""


def own_facts(state: State, key: str) -> tuple[Fact, ...]:
    """Return all own facts not taken back, in (at, position) order."""
    return tuple(facts_of(_all(state, key, state[WORKERS][key])))


def keep_at_hand(state: State, workers: Iterable[str]) -> None:
    """Raise Away at once for all own facts of these workers that are put away."""
    state.some(PAST_FACTS, [one for key in workers for one in _names(key, state[WORKERS][key].past)])


def newest_facts(known: Worker) -> tuple[Fact, ...]:
    """Return those that stay with the worker: all that are newer than the past."""
    return tuple(facts_of(known.packs))


def facts_at(state: State, key: str, at: datetime) -> Iterable[Fact]:
    """Yield the own facts at exactly an instant."""
    _, packs = _around(state, key, state[WORKERS][key], at)
    return at_instant(packs, at)


def home_at(state: State, key: str, instant: datetime) -> str | None:
    """Return the home community at an instant."""
    return home(fact for fact in own_facts(state, key) if fact.at <= instant)


def reported(state: State, key: str) -> str | None:
    """Return the home community where they are registered for service now."""
    return home(own_facts(state, key))


def duty_with(state: State, key: str, fact: Fact) -> Duty:
    """Return what the duty would be with one more fact."""
    past, packs = _around(state, key, state[WORKERS][key], fact.at)
    return present(with_one_more(packs, fact, _before(past)))


def duty_corrected(state: State, key: str, fact: Fact, at: datetime, area: str | None) -> Duty:
    """Return what the duty would be with a fact corrected."""
    others = (one for one in own_facts(state, key) if one.position != fact.position)
    return fold(sorted((*others, corrected(fact, at, area)), key=order))


def add(state: State, key: str, fact: Fact) -> None:
    """Add an own fact, sorted by time."""
    known = state[WORKERS][key]
    past, packs = _around(state, key, known, fact.at)
    _keep(state, key, known, past, with_one_more(packs, fact, _before(past)))


def add_told(state: State, envelope: EventEnvelope) -> None:
    """Record the worker's own fact that an event reports, if any."""
    if told := fact_of(envelope):
        add(state, *told)


def take_away(state: State, key: str, position: int) -> Fact:
    """Remove the fact recorded at a position, and return it."""
    known = state[WORKERS][key]
    past, facts = _with(state, key, known, position)
    gone = next(fact for fact in facts if fact.position == position)
    kept = [fact for fact in facts if fact is not gone]
    told = tuple(fact for fact in known.corrected if fact.position != position)
    known = msgspec.structs.replace(known, corrected=told)
    _keep(state, key, known, past, packs_of(kept, _before(past)))
    return gone


def correct(state: State, key: str, position: int, at: datetime, area: str | None) -> None:
    """Replace the fact recorded at a position by its correction, sorted by time."""
    known = state[WORKERS][key]
    past, facts = _with(state, key, known, position, at)
    right = corrected(next(fact for fact in facts if fact.position == position), at, area)
    kept = sorted((right, *(fact for fact in facts if fact.position != position)), key=order)
    told = (right, *(fact for fact in known.corrected if fact.position != position))
    known = msgspec.structs.replace(known, corrected=tuple(sorted(told, key=order)))
    _keep(state, key, known, past, packs_of(kept, _before(past)))


def _all(state: State, key: str, known: Worker) -> Packs:
    return (*chain.from_iterable(state.some(PAST_FACTS, _names(key, known.past))), *known.packs)


def _around(state: State, key: str, known: Worker, at: datetime) -> tuple[Past | None, Packs]:
    """Return the newest packs and the past before them, if the instant is after that; else all and None."""
    if known.past is None or at > known.past.upto:
        return known.past, known.packs
    return None, _all(state, key, known)


def _with(
    state: State, key: str, known: Worker, position: int, at: datetime | None = None
) -> tuple[Past | None, tuple[Fact, ...]]:
    """Return the facts among which one is, and another one would be at an instant; the past before them."""
    newest = newest_facts(known)
    after = known.past is None or at is None or at > known.past.upto
    if after and any(fact.position == position for fact in newest):
        return known.past, newest
    return None, own_facts(state, key)


def _before(past: Past | None) -> Duty:
    return past.duty if past else OFF


def _names(key: str, past: Past | None) -> list[str]:
    return [f"{key}/{number}" for number in range(_rows(past))]


def _rows(past: Past | None) -> int:
    return past.rows if past else 0


def _keep(state: State, key: str, known: Worker, past: Past | None, packs: Packs) -> None:
    """Let a worker have these packs after a past: the newest stay, those before them become rows."""
    here, first, had = state[PAST_FACTS], _rows(past), _rows(known.past)
    older = packs[:-NEWEST]
    parts = [older[start : start + TOGETHER] for start in range(0, len(older), TOGETHER)]
    for number, part in enumerate(parts, first):
        name = f"{key}/{number}"
        if number >= had or here[name] != part:
            state.put(here, name, part)
    end = first + len(parts)
    for number in range(end, had):
        state.put(here, f"{key}/{number}", None)
    if older:
        past = Past(end, older[-1].upto, older[-1].duty)
    state.put(state[WORKERS], key, msgspec.structs.replace(known, packs=packs[-NEWEST:], past=past))
