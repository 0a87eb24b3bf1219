"""Lookups and rules shared by several aggregates."""

from datetime import datetime
from typing import TypeVar

from events.terms import BUILT_IN, CATEGORY, term_id
from services.decisions.area.table import AREAS, area_exists
from services.decisions.base import SAID, Command, Context, Refused, Value
from services.decisions.incident.table import INCIDENTS
from services.decisions.request.table import REQUESTS, Request
from services.decisions.state import State
from services.decisions.table import Table
from services.decisions.term.table import TERMS
from services.decisions.worker.table import WORKERS, Worker

Row = TypeVar("Row")


def known(state: State, table: Table[Row], key: str) -> Row:
    """Return the row with this id. Raises Refused with `<kind>.unknown` if there is none."""
    found = state[table].get(key)
    if found is None:
        raise Refused(f"{table.kind}.unknown", **{str(table.kind): key})
    return found


def area(state: State, code: str) -> str:
    """Return the code. Raises Refused if the area is unknown."""
    if not area_exists(state, code):
        raise Refused("area.unknown", area=code, jurisdiction=state.jurisdiction)
    return code


def open_area(state: State, code: str, ctx: Context) -> str:
    """Return the code of a known area that was not closed at that time."""
    found = state[AREAS].get(area(state, code))
    closed = found.closed_at if found else None
    ctx.rule(closed is None or ctx.at < closed, "area.closed", area=code, closed=closed)
    return code


def active_worker(state: State, key: str, ctx: Context) -> Worker:
    """Return a worker who had not retired at that time."""
    found = known(state, WORKERS, key)
    ctx.rule(
        found.retired_at is None or ctx.at < found.retired_at,
        "worker.retired",
        worker=key,
    )
    return found


def open_incident(state: State, key: str | None, at: datetime, ctx: Context) -> None:
    """Require the incident, if given, not to be closed at that time."""
    if key is None:
        return
    ends = known(state, INCIDENTS, key).ends_at
    ctx.rule(ends is None or at < ends, "incident.closed", incident=key, closed=ends)


def unfinished(state: State, key: str, ctx: Context) -> Request:
    """Return a request that has not ended."""
    found = known(state, REQUESTS, key)
    ctx.rule(not found.ended, "request.ended", request=key, state=found.ended)
    return found


def whole_place(lon: float | None, lat: float | None) -> None:
    """Require longitude and latitude together, or neither."""
    if (lon is None) != (lat is None):
        raise Refused("place.half", given="lon" if lat is None else "lat")


def says_again(known: object, c: Command, *but: str) -> bool:
    """Whether a command gives nothing but what a row holds, apart from the fields `but`. A row has no sealed
    words: whether those are the same cannot be told."""
    given = c.model_fields_set - {SAID, *but}
    return all(getattr(known, name, None) == getattr(c, name) for name in given)


def fresh(exists: object, code: str, /, **values: Value) -> None:
    """Raise Refused if an id is taken."""
    if exists:
        raise Refused(code, **values)


def confirms(state: State, category: str) -> bool:
    """Whether a dispatcher confirms that a request of this category is served; False for unknown ones."""
    found = state[TERMS].get(term_id(CATEGORY, category)) or BUILT_IN[CATEGORY].get(category)
    return found is not None and found.confirm
