"""Apply events to source lists, entries and verdicts."""

import msgspec

from events.base import EventEnvelope
from events.source_list import (
    EntryListed,
    EntryStruck,
    MatchJudged,
    MatchUndone,
    SourceListDeclared,
    SourceListWithdrawn,
    judged,
    listed,
    struck,
    undone,
)
from services.decisions.base import evolves
from services.decisions.source_list.table import (
    ENTRIES,
    MATCHES,
    SOURCE_LISTS,
    Edition,
    Entry,
    Match,
    SourceList,
)
from services.decisions.state import State


@evolves(SourceListDeclared)
def _declared(state: State, e: SourceListDeclared, envelope: EventEnvelope) -> None:
    known = state[SOURCE_LISTS].get(e.source_list)
    issues = [one for one in (known.issues if known else ()) if one.edition != e.edition]
    issues = sorted((*issues, Edition(e.edition, e.title)), key=lambda one: one.edition)
    state.put(state[SOURCE_LISTS], e.source_list, SourceList(e.kind, e.areas, tuple(issues)))


@evolves(SourceListWithdrawn)
def _withdrawn(state: State, e: SourceListWithdrawn, envelope: EventEnvelope) -> None:
    known = state[SOURCE_LISTS][e.source_list]
    left = tuple(one for one in known.issues if one.edition != e.edition)
    state.put(state[SOURCE_LISTS], e.source_list, msgspec.structs.replace(known, issues=left))


@evolves(EntryListed)
def _listed(state: State, e: EntryListed, envelope: EventEnvelope) -> None:
    known = state[ENTRIES].get(e.entry) or Entry(e.source_list)
    _replace(state, e.entry, known, listings=listed(known.listings, e))


@evolves(EntryStruck)
def _struck(state: State, e: EntryStruck, envelope: EventEnvelope) -> None:
    known = state[ENTRIES][e.entry]
    _replace(state, e.entry, known, listings=struck(known.listings, e))


@evolves(MatchJudged)
def _judged(state: State, e: MatchJudged, envelope: EventEnvelope) -> None:
    known = state[ENTRIES][e.entry]
    _replace(state, e.entry, known, said=judged(known.said, e, envelope))
    state.put(state[MATCHES], e.match, Match(e.entry))


@evolves(MatchUndone)
def _undone(state: State, e: MatchUndone, envelope: EventEnvelope) -> None:
    known = state[ENTRIES][e.entry]
    _replace(state, e.entry, known, said=undone(known.said, e, envelope))


def _replace(state: State, key: str, known: Entry, /, **fields: object) -> None:
    state.put(state[ENTRIES], key, msgspec.structs.replace(known, **fields))
