"""Reads of views: parameters, what the caller may see, and pages of live, past and derived rows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request

from events.area import inside
from events.commit import Head
from projections.base import EVERYBODY, Row, View
from projections.hours import HOURS, By, Span, table
from projections.presence import INTERVALS, derived, keyed
from services.access import Principal
from services.adapters.memory.views import page_of
from services.api.context import muster
from services.api.headings import FIELDS
from services.api.parameters import read
from services.api.problems import Problem
from services.api.rows import personal_of
from services.api.view_parameters import DERIVED, ListParameters
from services.history.history import INSTANT_VIEWS, Beyond, History
from services.views.port import BadQuery, Page, Query

WAIT_SECONDS: Final = 2.0


class ViewQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A read with validated parameters."""

    query: Query
    after: int | None = None
    as_of: int | datetime | None = None
    at: datetime | None = None
    reveal: bool = False
    first: date | None = None
    """For hours: the first day, the last one, and the length of a period."""
    last: date | None = None
    by: By = "day"
    headings: str = FIELDS
    """For files: the language of the column headings."""


def parameters(
    request: Request,
    view: View[Any],
    model: type[ListParameters],
    asker: Principal,
    team: str | None = None,
) -> ViewQuery:
    """Parse and validate the query string. `team` = result of `own_team`. Raises Problem 400 or 403."""
    asked = read(request, model, view.name)
    filters: dict[str, Sequence[Any]] = {
        name: [value or None for value in getattr(asked, name)]
        for name in view.filters
        if name != "area" and name in asked.model_fields_set
    }
    wanted = ViewQuery(
        query=Query(
            filters=own(view, asker, filters, team),
            areas=asked.area,
            within=asker.areas,
            sort=asked.sort,
            limit=getattr(asked, "limit", 100),
            cursor=getattr(asked, "cursor", None),
        ),
        after=asked.after,
        as_of=asked.as_of,
        at=asked.at,
        reveal=asked.reveal,
        first=getattr(asked, "from", None),
        last=getattr(asked, "to", None),
        by=getattr(asked, "by", "day"),
        headings=getattr(asked, "headings", FIELDS),
    )
    return consistent(view, wanted, asker)


def consistent(view: View[Any], wanted: ViewQuery, asker: Principal) -> ViewQuery:
    """Return the query, whose parts must fit each other and the caller's rights. Raises 400, 403."""
    if view.name in DERIVED and (wanted.at or wanted.as_of is not None):
        raise Problem(400, "parameter.unknown", variant="person_times")
    if wanted.at and view.name not in INSTANT_VIEWS:
        raise Problem(400, "parameter.unknown", variant="at", views=list(INSTANT_VIEWS))
    if wanted.at and wanted.as_of is not None:
        raise Problem(400, "parameter.invalid", variant="at_or_as_of")
    if wanted.reveal and not (asker.may("reveal") and personal_of(view.name)):
        raise Problem(403, "forbidden", variant="reveal", view=view.name)
    return wanted


async def own_team(request: Request, jurisdiction: str, asker: Principal) -> str | None:
    """Return the active team that a worker's token also sees; None = no team, or not a worker's token."""
    if asker.worker is None:
        return None
    found = await muster(request).views.load(jurisdiction, {"roster": [asker.worker]})
    return getattr(found["roster"].get(asker.worker), "team", None)


def own(
    view: View[Any], asker: Principal, filters: dict[str, Sequence[Any]], team: str | None
) -> dict[str, Sequence[Any]]:
    """Narrow the filters to the rows that a worker's token may see. Raises 403."""
    if asker.worker is None or view.own == EVERYBODY:
        return filters
    if view.own is None:
        raise Problem(403, "forbidden", variant="view", view=view.name)
    seen = [asker.worker] if view.own.worker else []
    if view.own.team and team:
        seen.append(team)
    wanted = filters.get(view.own.field)
    return {**filters, view.own.field: seen if wanted is None else [one for one in seen if one in wanted]}


async def caught_up_query(
    request: Request, jurisdiction: str, view: View[Any], model: type[ListParameters], asker: Principal
) -> ViewQuery:
    """Do as `parameters`, after waiting for the requested position. Raises 400, 403, 504."""
    wanted = parameters(request, view, model, asker)
    await _caught_up(request, jurisdiction, wanted.after)
    if asker.worker is None:
        return wanted
    return parameters(request, view, model, asker, await own_team(request, jurisdiction, asker))


async def _caught_up(request: Request, jurisdiction: str, after: int | None) -> None:
    """Wait until the views reach `after`, so that clients read their own writes. Raises 504."""
    if after is None:
        return
    if not await muster(request).progress.reached(jurisdiction, after, WAIT_SECONDS):
        now = muster(request).progress.positions.get(jurisdiction, 0)
        raise Problem(504, "view.behind", more={"position": now}, now=now, after=after)


async def page(request: Request, jurisdiction: str, view: View[Any], wanted: ViewQuery) -> Page:
    """Return one page of live, past or derived rows. Raises Problem 400 or 404."""
    history: History = request.app.state.history
    try:
        if view.name in DERIVED:
            rows, head = await _DERIVED[view.name](request, jurisdiction, wanted)
            return await page_of(view, rows, head, wanted.query, jurisdiction)
        if wanted.at:
            return await history.at(jurisdiction, view.name, wanted.at, wanted.query)
        if wanted.as_of is not None:
            return await history.as_of(jurisdiction, view.name, wanted.as_of, wanted.query)
        return await muster(request).views.query(jurisdiction, view.name, wanted.query)
    except Beyond as error:
        raise Problem(404, "position.unknown", **error.values) from error
    except BadQuery as error:
        raise Problem(400, error.code, **error.values) from error


Derived = tuple[Mapping[str, Row], Head]


def _facts(wanted: ViewQuery) -> Query:
    workers = wanted.query.filters.get("worker")
    return Query(filters={"worker": workers} if workers is not None else {})


async def _person_times(request: Request, jurisdiction: str, wanted: ViewQuery) -> Derived:
    found, head = await muster(request).views.snapshot(jurisdiction, {"presence": _facts(wanted)})
    facts: list[Any] = [row for _, row in found["presence"]]
    return await asyncio.to_thread(keyed, facts), head


async def _hours(request: Request, jurisdiction: str, wanted: ViewQuery) -> Derived:
    """Sum person-times in the areas asked for. Names are those of workers the caller sees."""
    service, query = muster(request), wanted.query
    queries = {
        "presence": _facts(wanted),
        "roster": Query(within=query.within),
        "jurisdictions": Query(),
    }
    found, head = await service.views.snapshot(jurisdiction, queries)
    rows: dict[str, dict[str, Any]] = {view: dict(items) for view, items in found.items()}
    here = rows["jurisdictions"].get(jurisdiction)
    zone = ZoneInfo(here.timezone if here else service.timezone)

    now = service.clock.now()
    last = wanted.last or max(now.astimezone(zone).date(), wanted.first or date.min)
    span = Span(wanted.first or last.replace(day=1), last, wanted.by)

    def summed() -> Mapping[str, Row]:
        times = (
            one
            for one in derived(rows["presence"].values())
            if all(_in(one.area, outers) for outers in (query.areas, query.within))
        )
        return table(times, rows["roster"], span, now, zone)

    return await asyncio.to_thread(summed), head


def _in(area: str, outers: Sequence[str]) -> bool:
    return not outers or any(inside(area, outer) for outer in outers)


_DERIVED: Final[Mapping[str, Callable[[Request, str, ViewQuery], Awaitable[Derived]]]] = {
    INTERVALS.name: _person_times,
    HOURS.name: _hours,
}
"""View -> its rows of now."""
