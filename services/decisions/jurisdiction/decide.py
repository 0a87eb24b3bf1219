"""Decisions about the jurisdiction."""

from collections.abc import Iterable
from typing import Final

from events import disclosure, timers
from events.base import Event
from events.disclosure import ON_DEMAND, GivenDisclosure, GivenShown
from events.jurisdiction import (
    JurisdictionClosed,
    JurisdictionDisclosureSet,
    JurisdictionEstablished,
    JurisdictionMoved,
    JurisdictionReopened,
    JurisdictionResumed,
    JurisdictionTimersSet,
    LogFenced,
    PersonalRevealed,
)
from events.timers import GivenTimers
from events.timezones import timezones
from services.decisions.amending import Subject, news
from services.decisions.base import Command, Context, Refused, decides
from services.decisions.jurisdiction.commands import (
    Close,
    Establish,
    Fence,
    Move,
    Reopen,
    Resume,
    Reveal,
    SetDisclosure,
    SetTimers,
    Sights,
)
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


@decides(SetTimers)
def _set_timers(state: State, c: SetTimers, ctx: Context) -> Iterable[Event]:
    given = GivenTimers(**c.timers.model_dump())
    about = Subject(f"jurisdiction/{state.jurisdiction}", {"timers": state.meta.timers}, None)
    if new := news(state, about, {"timers": timers.complete(given)}, ctx):
        new["timers"] = given
        yield JurisdictionTimersSet(**new)


@decides(SetDisclosure)
def _set_disclosure(state: State, c: SetDisclosure, ctx: Context) -> Iterable[Event]:
    for scope, sights in (("viewer", c.rules.viewer), ("analyst", c.rules.analyst)):
        if ON_DEMAND in sights.model_dump().values():
            raise Refused("disclosure.on_demand", scope=scope)
    given = GivenDisclosure(
        viewer=_shown(c.rules.viewer),
        analyst=_shown(c.rules.analyst),
        dispatcher=_shown(c.rules.dispatcher),
    )
    about = Subject(f"jurisdiction/{state.jurisdiction}", {"rules": state.meta.disclosure}, None)
    if new := news(state, about, {"rules": disclosure.complete(given)}, ctx):
        new["rules"] = given
        yield JurisdictionDisclosureSet(**new)


def _shown(sights: Sights) -> GivenShown:
    return GivenShown(**sights.model_dump())


_STILL: Final = frozenset(one.NAME for one in (Close, Reopen, Move, Resume, Reveal, Fence))
_ERASES: Final = ".erase"


def taken_when_closed(name: str) -> bool:
    """Whether a closed jurisdiction takes a command: its data may still be read, erased and moved."""
    return name in _STILL or name.endswith(_ERASES)


def refuse_ended(state: State, command: Command) -> None:
    """Raise Refused if the jurisdiction has moved or is closed, even for facts."""
    if state.moved is not None and not isinstance(command, Resume):
        raise Refused("jurisdiction.moved", jurisdiction=state.jurisdiction, to=state.moved or None)
    if state.meta.closed and not taken_when_closed(command.NAME):
        raise Refused("jurisdiction.closed", jurisdiction=state.jurisdiction)


@decides(Move)
def _move(state: State, c: Move, ctx: Context) -> Iterable[Event]:
    yield JurisdictionMoved(to=c.to)


@decides(Close)
def _close(state: State, c: Close, ctx: Context) -> Iterable[Event]:
    if not state.meta.closed:
        yield JurisdictionClosed(reason=c.reason)


@decides(Reopen)
def _reopen(state: State, c: Reopen, ctx: Context) -> Iterable[Event]:
    if state.meta.closed:
        yield JurisdictionReopened()


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
