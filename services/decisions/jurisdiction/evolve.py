"""How events change the jurisdiction."""

from zoneinfo import ZoneInfo

from events.base import Event, EventEnvelope
from events.jurisdiction import (
    JurisdictionEstablished,
    JurisdictionMoved,
    JurisdictionResumed,
    LogFenced,
    PersonalRevealed,
)
from services.decisions.base import evolves
from services.decisions.state import State


@evolves(JurisdictionEstablished)
def _established(state: State, e: JurisdictionEstablished, h: EventEnvelope) -> None:
    state.put(state.meta, "timezone", e.timezone)
    state.put(state.meta, "name", e.name)
    state.put(state.meta, "zone", ZoneInfo(e.timezone))


@evolves(JurisdictionMoved)
def _moved(state: State, e: JurisdictionMoved, h: EventEnvelope) -> None:
    state.put(state.meta, "moved", e.to or "")


@evolves(JurisdictionResumed)
def _resumed(state: State, e: JurisdictionResumed, h: EventEnvelope) -> None:
    state.put(state.meta, "moved", None)


@evolves(PersonalRevealed, LogFenced)
def _noted(state: State, e: Event, h: EventEnvelope) -> None:
    """Changes nothing that decisions need."""
