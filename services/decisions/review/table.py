"""Tables of reviews: how many days each place has, and when silence goes up."""

from datetime import datetime
from typing import Final

from events.enterprise_facts import OPEN
from events.review_path import Deadlines, due
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.state import State
from services.decisions.table import Table

DEADLINES: Final = Table("review_deadlines", tuple[Deadlines, ...])
"""Under the jurisdiction's code: all settings, in order of their time."""
REVIEWS_DUE: Final = Table("reviews_due", datetime)
"""Enterprise -> when the silence at its place goes up."""


def deadlines(state: State) -> tuple[Deadlines, ...]:
    """Return all settings of the deadlines."""
    return state[DEADLINES].get(state.jurisdiction, ())


def note_due(state: State, key: str) -> None:
    """Note until when an enterprise's present place may be silent."""
    now = state[ENTERPRISES].get(key)
    ends = due(now.review, deadlines(state)) if now and now.state == OPEN else None
    if state[REVIEWS_DUE].get(key) != ends:
        state.put(state[REVIEWS_DUE], key, ends)
