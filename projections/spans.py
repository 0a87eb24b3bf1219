"""The rows of the board at an instant, through time: which events each follows from, and when it held."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from events.assignment import AssignmentEvent
from events.base import EventEnvelope
from events.request import RequestAmended, RequestOpened
from events.team import TeamJoined, TeamLeft
from projections import busy, requests
from projections.base import Row
from projections.instant import COUNTING, PRESENCE, Board

Name = tuple[str, str]
"""What an event names: the kind and the id."""
WORKER, TEAM, MEMBERS, REQUEST, AREA = "worker", "team", "members", "request", "area"
"""Kinds of names. MEMBERS: who ever joined a team. AREA: where a request lies."""


class Span(msgspec.Struct, frozen=True):
    """A row as it was from one instant until another; None: it still is."""

    since: datetime
    until: datetime | None
    row: Row


def counts(event: EventEnvelope) -> bool:
    """Whether an event affects the board at any instant."""
    return isinstance(event.data, COUNTING)


def named(event: EventEnvelope) -> list[Name]:
    """Return what an event names, under each of which it has to be found again."""
    e = event.data
    found: list[Name] = [(REQUEST, key) for key in requests.keys(event)]
    worker, team = getattr(e, "worker", None), getattr(e, "team", None)
    if worker:
        found.append((WORKER, worker))
    if isinstance(e, TeamJoined):
        found.append((MEMBERS, e.team))
    elif team and not isinstance(e, TeamLeft):
        found.append((TEAM, team))
    if isinstance(e, RequestOpened | RequestAmended):
        found.append((AREA, e.request))
    return found


def members(events: Iterable[EventEnvelope]) -> dict[str, None]:
    """Return the workers that joined a team."""
    return {e.data.worker: None for e in events if isinstance(e.data, TeamJoined)}


def teams(events: Iterable[EventEnvelope]) -> dict[str, None]:
    """Return the teams that somebody joined."""
    return {e.data.team: None for e in events if isinstance(e.data, TeamJoined)}


def asked(events: Iterable[EventEnvelope]) -> dict[str, None]:
    """Return the requests of all assignments among these events."""
    return {e.data.request: None for e in events if isinstance(e.data, AssignmentEvent)}


def units(events: Iterable[EventEnvelope]) -> dict[str, None]:
    """Return the keys in `busy` of all whom these events set to work, or free."""
    return {key: None for event in events for key in busy.keys(event)}


ROW: Final[Mapping[str, Callable[[Board, str], Row | None]]] = {
    PRESENCE.name: Board.stand,
    requests.VIEW.name: Board.request,
    busy.VIEW.name: Board.unit,
}
"""View name -> one of its rows. `headcount` counts those of `presence`."""


def spans(jurisdiction: str, view: str, key: str, events: Iterable[EventEnvelope]) -> list[Span]:
    """Return a row through time, from all events that it follows from, in the log's order."""
    board, row = Board(jurisdiction, events), ROW[view]
    found: list[Span] = []
    since, last = None, None
    for at in board.instants():
        new = row(board, key)
        if new == last:
            continue
        if since and last:
            found.append(Span(since, at, last))
        since, last = at, new
    if since and last:
        found.append(Span(since, None, last))
    return found
