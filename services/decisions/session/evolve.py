"""Apply events to training sessions."""

import msgspec

from events.base import EventEnvelope
from events.session import SessionEvent, SessionPlanned
from events.session_facts import EVENTS, fact_of
from services.decisions.base import evolves
from services.decisions.session.table import SESSIONS, Session
from services.decisions.state import State


@evolves(*EVENTS)
def _told(state: State, e: SessionEvent, envelope: EventEnvelope) -> None:
    known = state[SESSIONS].get(e.session)
    if isinstance(e, SessionPlanned):
        known = Session(
            area=e.area,
            course=e.course,
            title=e.title,
            mode=e.mode,
            begins=e.begins,
            ends=e.ends,
            halves=e.halves,
            hours=e.hours,
        )
    if known:
        after = msgspec.structs.replace(known, facts=(*known.facts, fact_of(envelope)[1]))
        state.put(state[SESSIONS], e.session, after)
