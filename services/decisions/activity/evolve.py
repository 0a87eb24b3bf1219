"""Apply events to activities."""

import msgspec

from events.activity import ActivityAnnounced
from events.alliance_history import ACTIVITIES as EVENTS
from events.alliance_history import fact_of
from events.base import Event, EventEnvelope
from events.dated import dated
from services.decisions.activity.table import ACTIVITIES, Activity
from services.decisions.base import evolves
from services.decisions.state import State


@evolves(*EVENTS)
def _told(state: State, e: Event, envelope: EventEnvelope) -> None:
    key, fact = fact_of(envelope)
    known = state[ACTIVITIES].get(key)
    if isinstance(e, ActivityAnnounced):
        known = Activity(
            area=e.area,
            title=e.title,
            begins=e.begins,
            ends=e.ends,
            capacity=e.capacity,
            owner=e.owner,
            serves=e.serves,
        )
    if known:
        after = msgspec.structs.replace(known, facts=dated(known.facts, fact))
        state.put(state[ACTIVITIES], key, after)
