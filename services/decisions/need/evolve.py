"""Apply events to needs."""

from events.base import EventEnvelope
from events.need import NeedChanged, NeedClosed, NeedOpened
from events.need_facts import NeedFact, recorded, with_fact
from events.station import StationMoved
from services.decisions.base import evolves
from services.decisions.need.table import NEEDS
from services.decisions.state import State


@evolves(NeedOpened, NeedChanged, NeedClosed)
def _told(state: State, e: NeedOpened | NeedChanged | NeedClosed, envelope: EventEnvelope) -> None:
    if fact := recorded(envelope):
        note(state, e.need, fact)


def moved(state: State, e: StationMoved, envelope: EventEnvelope) -> None:
    """Move the needs of a station with it."""
    if fact := recorded(envelope):
        for key in e.needs:
            note(state, key, fact)


def note(state: State, key: str, fact: NeedFact) -> None:
    """Record one more fact of a need."""
    state.put(state[NEEDS], key, with_fact(state[NEEDS].get(key), fact))
