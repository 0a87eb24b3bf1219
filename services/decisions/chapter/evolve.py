"""Apply events to chapters."""

from msgspec.structs import replace

from events.base import Event, EventEnvelope
from events.chapter import ChapterFormed, ChapterProposed
from events.chapter_history import FACTS, FORMED, JOINED, facts_of
from events.dated import dated
from services.decisions.base import evolves
from services.decisions.chapter.table import CHAPTERS, Chapter, Proposal
from services.decisions.enterprise.table import Named, note_named
from services.decisions.state import State


@evolves(ChapterProposed)
def _proposed(state: State, e: ChapterProposed, envelope: EventEnvelope) -> None:
    found = Proposal(e.enterprise, e.route, e.basis, e.thresholds)
    state.put(state[CHAPTERS], e.chapter, Chapter(e.area, trade=e.trade, proposal=found))


@evolves(*FACTS)
def _told(state: State, e: Event, envelope: EventEnvelope) -> None:
    if isinstance(e, ChapterFormed):
        known = state[CHAPTERS].get(e.chapter) or Chapter(e.area)
        formed = replace(known, area=e.area, name=e.name, route=e.route, trade=e.trade)
        state.put(state[CHAPTERS], e.chapter, formed)
    for chapter, fact in facts_of(envelope).items():
        known = state[CHAPTERS][chapter]
        state.put(state[CHAPTERS], chapter, replace(known, facts=dated(known.facts, fact)))
        for enterprise in fact.enterprises if fact.kind in (FORMED, JOINED) else ():
            note_named(state, enterprise, Named(fact.at, "chapter", chapter))
