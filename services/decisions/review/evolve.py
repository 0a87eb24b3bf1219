"""Apply events to the settings of reviews. Enterprises hold their own path."""

from events.base import EventEnvelope
from events.review import ReviewDeadlinesSet
from events.review_path import Deadlines, days_of
from services.decisions.base import evolves
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.review.table import DEADLINES, deadlines, note_due
from services.decisions.state import State


@evolves(ReviewDeadlinesSet)
def _set(state: State, e: ReviewDeadlinesSet, envelope: EventEnvelope) -> None:
    one = Deadlines(envelope.at, envelope.position, days_of(e))
    known = sorted((*deadlines(state), one), key=lambda one: (one.at, one.position))
    state.put(state[DEADLINES], state.jurisdiction, tuple(known))
    for key in list(state[ENTERPRISES]):
        note_due(state, key)
