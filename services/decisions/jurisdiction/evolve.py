"""Apply events to the jurisdiction."""

from msgspec.structs import replace

from events import disclosure, timers
from events.amendment import present
from events.base import Event, EventEnvelope
from events.jurisdiction import (
    CommandUnchanged,
    JurisdictionClosed,
    JurisdictionDisclosureSet,
    JurisdictionEstablished,
    JurisdictionMoved,
    JurisdictionReopened,
    JurisdictionRepaired,
    JurisdictionResumed,
    JurisdictionTimersSet,
    LogFenced,
    PersonalRevealed,
)
from services.decisions.amending import note_changes
from services.decisions.base import evolves
from services.decisions.state import State


@evolves(JurisdictionEstablished)
def _established(state: State, e: JurisdictionEstablished, envelope: EventEnvelope) -> None:
    state.meta = replace(state.meta, timezone=e.timezone, name=e.name)


@evolves(JurisdictionMoved)
def _moved(state: State, e: JurisdictionMoved, envelope: EventEnvelope) -> None:
    state.meta = replace(state.meta, moved=e.to or "")


@evolves(JurisdictionResumed)
def _resumed(state: State, e: JurisdictionResumed, envelope: EventEnvelope) -> None:
    state.meta = replace(state.meta, moved=None)


@evolves(JurisdictionClosed, JurisdictionReopened)
def _closed(state: State, e: Event, envelope: EventEnvelope) -> None:
    state.meta = replace(state.meta, closed=isinstance(e, JurisdictionClosed))


@evolves(JurisdictionTimersSet)
def _timers_set(state: State, e: JurisdictionTimersSet, envelope: EventEnvelope) -> None:
    if present(e):
        state.meta = replace(state.meta, timers=timers.complete(e.timers))
    note_changes(state, f"jurisdiction/{state.jurisdiction}", e, envelope)


@evolves(JurisdictionDisclosureSet)
def _disclosure_set(state: State, e: JurisdictionDisclosureSet, envelope: EventEnvelope) -> None:
    if present(e):
        state.meta = replace(state.meta, disclosure=disclosure.complete(e.rules))
    note_changes(state, f"jurisdiction/{state.jurisdiction}", e, envelope)


@evolves(PersonalRevealed, LogFenced, CommandUnchanged, JurisdictionRepaired)
def _noted(state: State, e: Event, envelope: EventEnvelope) -> None:
    """Change nothing: decisions do not need it."""
