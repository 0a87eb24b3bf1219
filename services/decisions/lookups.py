"""Look-ups and rules that several aggregates share."""

from datetime import datetime

from services.decisions.area.table import AREAS, area_exists
from services.decisions.assignment.table import ASSIGNMENTS, Assignment
from services.decisions.base import Context, Refused, Value
from services.decisions.incident.table import INCIDENTS, Incident
from services.decisions.request.table import REQUESTS, Request
from services.decisions.state import State
from services.decisions.team.table import TEAMS, Team
from services.decisions.worker.table import WORKERS, Worker


def area(state: State, code: str) -> str:
    """Raises Refused where the area is unknown."""
    if not area_exists(state, code):
        raise Refused("area.unknown", area=code, jurisdiction=state.jurisdiction)
    return code


def open_area(state: State, code: str, ctx: Context) -> str:
    """A known area that was not closed at that time."""
    known = state[AREAS].get(area(state, code))
    closed = known.closed_at if known else None
    ctx.rule(closed is None or ctx.at < closed, "area.closed", area=code, closed=closed)
    return code


def worker(state: State, key: str) -> Worker:
    """Raises Refused where the worker is unknown."""
    known = state[WORKERS].get(key)
    if known is None:
        raise Refused("worker.unknown", worker=key)
    return known


def active_worker(state: State, key: str, ctx: Context) -> Worker:
    """A worker who had not retired by then."""
    known = worker(state, key)
    ctx.rule(
        known.retired_at is None or ctx.at < known.retired_at,
        "worker.retired",
        worker=key,
    )
    return known


def team(state: State, key: str) -> Team:
    """Raises Refused where the team is unknown."""
    known = state[TEAMS].get(key)
    if known is None:
        raise Refused("team.unknown", team=key)
    return known


def incident(state: State, key: str) -> Incident:
    """Raises Refused where the incident is unknown."""
    known = state[INCIDENTS].get(key)
    if known is None:
        raise Refused("incident.unknown", incident=key)
    return known


def open_incident(state: State, key: str | None, at: datetime, ctx: Context) -> None:
    """An incident, where one is given, that was not closed at that time."""
    if key is None:
        return
    ends = incident(state, key).ends_at
    ctx.rule(ends is None or at < ends, "incident.closed", incident=key, closed=ends)


def request(state: State, key: str) -> Request:
    """Raises Refused where the request is unknown."""
    known = state[REQUESTS].get(key)
    if known is None:
        raise Refused("request.unknown", request=key)
    return known


def unfinished(state: State, key: str, ctx: Context) -> Request:
    """A request that has not ended."""
    known = request(state, key)
    ctx.rule(not known.ended, "request.ended", request=key, state=known.ended)
    return known


def assignment(state: State, key: str) -> Assignment:
    """Raises Refused where the assignment is unknown."""
    known = state[ASSIGNMENTS].get(key)
    if known is None:
        raise Refused("assignment.unknown", assignment=key)
    return known


def fresh(exists: object, code: str, /, **values: Value) -> None:
    """Raises Refused where an id is taken."""
    if exists:
        raise Refused(code, **values)
