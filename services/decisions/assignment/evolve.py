"""Apply events to assignments."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from events.assignment import (
    ACCEPTED,
    DISPATCHED,
    DONE,
    LIVE,
    OFFERED,
    RELEASED,
    UNENDED,
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentDispatched,
    AssignmentDone,
    AssignmentEvent,
    AssignmentExpired,
    AssignmentGivenBack,
    AssignmentOffered,
    AssignmentProgressed,
    AssignmentReleased,
    ended_by,
    live_state,
)
from events.base import Event, EventEnvelope
from events.stages import STAGES
from services.decisions.assignment.table import ASSIGNMENTS, OFFERS, Assignment
from services.decisions.base import evolves
from services.decisions.request.table import REQUESTS, Request
from services.decisions.state import State
from services.decisions.team.table import TEAMS, Team
from services.decisions.worker.facts import add_told
from services.decisions.worker.table import WORKERS, Worker


def _replace(state: State, key: str, /, **fields: object) -> Assignment:
    new = msgspec.structs.replace(state[ASSIGNMENTS][key], **fields)
    state.put(state[ASSIGNMENTS], key, new)
    return new


def _without(items: tuple[str, ...], key: str) -> tuple[str, ...]:
    return tuple(i for i in items if i != key) if key in items else items


def _hold(state: State, key: str, given: Assignment, *, live: bool, offer: bool) -> None:
    """Add or remove the assignment in the lists of its request and its worker or team."""
    request = state[REQUESTS][given.request]
    state.put(state[REQUESTS], given.request, _listed(request, key, live, offer))
    if given.worker:
        state.put(state[WORKERS], given.worker, _listed(state[WORKERS][given.worker], key, live, offer))
    elif given.team:
        state.put(state[TEAMS], given.team, _listed(state[TEAMS][given.team], key, live, offer))
    expires = given.expires_at if offer else None
    if expires or key in state[OFFERS]:
        state.put(state[OFFERS], key, expires)


H = TypeVar("H", Worker, Team, Request)


def _listed(holder: H, key: str, live: bool, offer: bool) -> H:
    rest, offers = _without(holder.live, key), _without(holder.offers, key)
    return msgspec.structs.replace(
        holder, live=(*rest, key) if live else rest, offers=(*offers, key) if offer else offers
    )


@evolves(AssignmentOffered)
def _offered(state: State, e: AssignmentOffered, envelope: EventEnvelope) -> None:
    given = Assignment(e.request, e.worker, e.team, OFFERED, expires_at=e.expires_at)
    state.put(state[ASSIGNMENTS], e.assignment, given)
    _hold(state, e.assignment, given, live=False, offer=True)


@evolves(AssignmentAccepted)
def _accepted(state: State, e: AssignmentAccepted, envelope: EventEnvelope) -> None:
    if state[ASSIGNMENTS][e.assignment].state == OFFERED:
        given = _replace(state, e.assignment, state=ACCEPTED, begun_at=envelope.at)
        _hold(state, e.assignment, given, live=True, offer=False)


@evolves(AssignmentDispatched)
def _dispatched(state: State, e: AssignmentDispatched, envelope: EventEnvelope) -> None:
    old = state[ASSIGNMENTS].get(e.assignment)
    if old is None:
        given = Assignment(e.request, e.worker, e.team, DISPATCHED, begun_at=envelope.at, dispatched=True)
        state.put(state[ASSIGNMENTS], e.assignment, given)
    elif old.state in UNENDED:
        stage = old.state if old.state in STAGES else DISPATCHED
        given = _replace(
            state, e.assignment, state=stage, begun_at=old.begun_at or envelope.at, dispatched=True
        )
    else:
        return
    _hold(state, e.assignment, given, live=True, offer=False)


@evolves(AssignmentProgressed)
def _progressed(state: State, e: AssignmentProgressed, envelope: EventEnvelope) -> None:
    given = state[ASSIGNMENTS][e.assignment]
    stages = (*given.stages, (e.stage, envelope.at))
    reached = _most_advanced(given, stages) if given.state in LIVE else given.state
    _replace(state, e.assignment, stages=stages, state=reached)
    add_told(state, envelope)


def _most_advanced(given: Assignment, stages: tuple[tuple[str, datetime], ...]) -> str:
    return live_state([name for name, _ in stages], dispatched=given.dispatched)


_ENDS_FROM: Final[Mapping[type[Event], Collection[str]]] = {
    AssignmentDone: LIVE,
    AssignmentReleased: UNENDED,
    AssignmentGivenBack: UNENDED,
    AssignmentDeclined: (OFFERED,),
    AssignmentExpired: (OFFERED,),
}
"""States in which each event ends an assignment; in others it changes nothing."""


@evolves(AssignmentDone, AssignmentReleased, AssignmentGivenBack, AssignmentDeclined, AssignmentExpired)
def _ended(state: State, e: AssignmentEvent, envelope: EventEnvelope) -> None:
    how = ended_by(e)
    if how and state[ASSIGNMENTS][e.assignment].state in _ENDS_FROM[type(e)]:
        given = _replace(state, e.assignment, state=how, ended_at=envelope.at)
        _hold(state, e.assignment, given, live=False, offer=False)
        if how == DONE:
            _count_done(state, e.assignment, given.request)
    add_told(state, envelope)


def _count_done(state: State, key: str, request: str) -> None:
    known = state[REQUESTS][request]
    state.put(state[REQUESTS], request, msgspec.structs.replace(known, done=(*known.done, key)))


def revive(state: State, key: str) -> None:
    """Revert a done that was taken back: if it ended the assignment, that is live again."""
    given = state[ASSIGNMENTS][key]
    if given.state != DONE:
        return
    given = _replace(state, key, state=_most_advanced(given, given.stages), ended_at=None)
    request = state[REQUESTS][given.request]
    done = _without(request.done, key)
    state.put(state[REQUESTS], given.request, msgspec.structs.replace(request, done=done))
    _hold(state, key, given, live=True, offer=False)


def regain(state: State, key: str, at: datetime) -> None:
    """Revert a giving back at that time: if it ended the assignment, that is live again."""
    given = state[ASSIGNMENTS][key]
    if (given.state, given.ended_at) == (RELEASED, at):
        given = _replace(state, key, state=_most_advanced(given, given.stages), ended_at=None)
        _hold(state, key, given, live=True, offer=False)


def unstage(state: State, key: str, stage: str, at: datetime) -> None:
    """Remove a stage that was taken back."""
    given = state[ASSIGNMENTS][key]
    stages = tuple(s for s in given.stages if s != (stage, at))
    reached = _most_advanced(given, stages) if given.state in LIVE else given.state
    _replace(state, key, stages=stages, state=reached)
