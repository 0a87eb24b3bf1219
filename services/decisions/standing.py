"""Current places of workers and standings of requests, computed from the tables; and what an event moves."""

from collections.abc import Iterable
from typing import Final

import msgspec

from events.base import Move, RequestMove, RequestStanding, WorkerStanding
from events.request_state import UNFINISHED, state_of
from events.standing import standing_of
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.incident.table import INCIDENTS
from services.decisions.request.table import REQUESTS, Request
from services.decisions.state import State
from services.decisions.table import Table
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import WORKER_STANDINGS, WORKERS

REQUEST_STANDINGS: Final = Table(
    "request_standings", RequestStanding, idle=lambda row: row.state not in UNFINISHED
)
"""How each request counts in the ledger, as of its last event."""


def place(state: State, worker: str) -> WorkerStanding | None:
    """Return where a worker counts now (interface: presence); None if not on the roster."""
    known = state[WORKERS].get(worker)
    return standing_of(known, state[TEAMS], state[ASSIGNMENTS], state.jurisdiction) if known else None


def request_state(state: State, request: Request) -> str:
    """Return open, assigned or in_progress; or how it ended."""
    assignments = state[ASSIGNMENTS]
    live = [assignments[a].state for a in request.live]
    return state_of(request.ended, done=bool(request.done), live=live)


def standing(state: State, request: str) -> RequestStanding | None:
    """Return how a request counts in the ledger now."""
    known = state[REQUESTS].get(request)
    if known is None:
        return None
    return RequestStanding(known.area, known.incident, known.day, request_state(state, known), known.priority)


def moves(
    state: State, mark: int, always: Iterable[str] = ()
) -> tuple[tuple[Move, ...], tuple[RequestMove, ...]]:
    """Return what moved since `mark`; workers in `always` are included even if nothing changed."""
    workers, requests = _touched(state, mark, always)
    moved: list[Move] = []
    for worker in workers:
        before, after = state[WORKER_STANDINGS].get(worker), place(state, worker)
        if before != after or (worker in always and after is not None):
            moved.append(Move(worker, before, after))
    shifted: list[RequestMove] = []
    for request in requests:
        was, now = state[REQUEST_STANDINGS].get(request), standing(state, request)
        if was != now:
            shifted.append(RequestMove(request, was, now))
    return tuple(moved), tuple(shifted)


def _touched(state: State, mark: int, always: Iterable[str]) -> tuple[dict[str, None], dict[str, None]]:
    known, asked, teams, given = state[WORKERS], state[REQUESTS], state[TEAMS], state[ASSIGNMENTS]
    workers, requests = dict.fromkeys(always), dict[str, None]()
    for table, key, old in state.changed(mark):
        if table is known:
            workers[key] = None
        elif table is asked:
            requests[key] = None
        elif table is teams:
            now = teams.get(key)
            workers.update(dict.fromkeys(old.members if old else ()))
            workers.update(dict.fromkeys(now.members if now else ()))
        elif table is given:
            subject = given.get(key) or old
            requests[subject.request] = None
            if subject.worker:
                workers[subject.worker] = None
            elif subject.team:
                workers.update(dict.fromkeys(teams[subject.team].members))
    return workers, requests


def settle_moves(state: State, moved: Iterable[Move], shifted: Iterable[RequestMove]) -> None:
    """Apply the places and standings carried by an event."""
    for move in moved:
        state.put(state[WORKER_STANDINGS], move.worker, move.after)
    for shift in shifted:
        state.put(state[REQUEST_STANDINGS], shift.request, shift.after)
        _count(state, shift.before, -1)
        _count(state, shift.after, 1)


def _count(state: State, standing: RequestStanding | None, by: int) -> None:
    if standing is None or standing.state not in UNFINISHED:
        return
    incident = state[INCIDENTS].get(standing.incident or "")
    if incident and standing.incident:
        counted = msgspec.structs.replace(incident, unfinished=incident.unfinished + by)
        state.put(state[INCIDENTS], standing.incident, counted)
