"""Decisions about the jurisdiction."""

from collections.abc import Iterable

from events.base import Event
from events.jurisdiction import (
    JurisdictionEstablished,
    JurisdictionMoved,
    JurisdictionResumed,
    LogFenced,
    PersonalRevealed,
)
from events.timezones import timezones
from services.decisions.base import Command, Context, Refused, decides
from services.decisions.jurisdiction.commands import Establish, Fence, Move, Resume, Reveal
from services.decisions.state import State


@decides(Establish)
def _establish(state: State, c: Establish, ctx: Context) -> Iterable[Event]:
    if c.timezone not in timezones():
        raise Refused("timezone.unknown", timezone=c.timezone)
    if state.established:
        if state.meta.timezone == c.timezone and state.meta.name == c.name:
            return
        raise Refused(
            "jurisdiction.established",
            jurisdiction=state.jurisdiction,
            name=state.meta.name,
            timezone=state.meta.timezone,
        )
    yield JurisdictionEstablished(name=c.name, timezone=c.timezone)


def refuse_moved(state: State, command: Command) -> None:
    """Raise Refused if the jurisdiction has moved, even for facts and the service's own commands."""
    if state.moved is None or isinstance(command, Resume):
        return
    raise Refused("jurisdiction.moved", jurisdiction=state.jurisdiction, to=state.moved or None)


@decides(Move)
def _move(state: State, c: Move, ctx: Context) -> Iterable[Event]:
    yield JurisdictionMoved(to=c.to)


@decides(Resume)
def _resume(state: State, c: Resume, ctx: Context) -> Iterable[Event]:
    if state.moved is None and not c.restored:
        raise Refused("jurisdiction.not_moved", jurisdiction=state.jurisdiction)
    yield JurisdictionResumed(position=c.position, hash=c.hash, source=c.source, restored=c.restored)


@decides(Reveal)
def _reveal(state: State, c: Reveal, ctx: Context) -> Iterable[Event]:
    yield PersonalRevealed(view=c.view, subjects=c.subjects, purpose=c.purpose)


@decides(Fence)
def _fence(state: State, c: Fence, ctx: Context) -> Iterable[Event]:
    yield LogFenced(commands=c.commands)
