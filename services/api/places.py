"""Last known locations of workers on duty."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request

from events.presence import ON_DUTY
from services.access import Principal
from services.api.context import Answer, answer, muster, reader
from services.api.parameters import Areas, Cursor, PageLimit, Parameters, Texts, one_of, read
from services.api.problems import Problem
from services.api.routing import operation
from services.locations.duty import expired
from services.locations.port import Fix
from services.views.port import BadQuery, Page, Query


class PlacesParameters(Parameters):
    """The workers to locate, and the page."""

    area: Annotated[Areas, Field(description="Code of an area that holds them")] = ()
    worker: Texts = ()
    role: Texts = ()
    presence: Annotated[tuple[Annotated[str, one_of(ON_DUTY)], ...], Field(max_length=100)] = ON_DUTY
    limit: Annotated[PageLimit, Field(description="Workers per page")] = 100
    cursor: Cursor | None = None


class Place(Struct, kw_only=True):
    """The last known location of a worker's phone."""

    worker: str
    call_sign: str | None
    at: datetime
    age: Annotated[float, Meta(description="Seconds since then")]
    lon: Annotated[float, Meta(description="WGS-84")]
    lat: float
    accuracy: Annotated[float | None, Meta(description="Metres")]
    heading: float | None
    speed: float | None
    area: str
    role: str
    presence: str
    team: str | None


class Places(Struct):
    """A page of locations."""

    items: list[Place]
    next: Annotated[str | None, Meta(description="Cursor of the next page")]
    position: int


@operation(id="places", tag="telemetry", query=PlacesParameters, problems=(503,))
async def places(request: Request) -> Answer[Places]:
    """Read the last known locations of workers on duty, a page of the roster at a time."""
    jurisdiction, asker = await reader(request)
    page = await _page(request, jurisdiction, _query(request, asker))
    service = muster(request)
    now = service.clock.now()
    known = await service.locations.last(jurisdiction, [worker for worker, _ in page.items])
    recent = {worker: fix for worker, fix in known.items() if not expired(fix, now)}
    items = [_place(recent[worker], row, now, asker) for worker, row in page.items if worker in recent]
    return answer(Places(items, page.next, page.head.position), headers={"Cache-Control": "no-store"})


async def _page(request: Request, jurisdiction: str, query: Query) -> Page:
    """Return a page of the roster. Raises 400, 503."""
    try:
        page = await muster(request).views.query(jurisdiction, "roster", query)
    except BadQuery as error:
        raise Problem(400, error.code, **error.values) from error
    if page.degraded is not None:
        raise Problem(503, "view.degraded", variant="places")
    return page


def _query(request: Request, asker: Principal) -> Query:
    """Build the query of the roster. Raises 400."""
    asked = read(request, PlacesParameters, "places")
    filters: dict[str, Sequence[str]] = {"presence": asked.presence}
    if asked.role:
        filters["role"] = asked.role
    if asked.worker:
        filters["worker"] = asked.worker
    if asker.worker is not None:
        filters["worker"] = [asker.worker]
    return Query(
        filters=filters,
        areas=asked.area,
        within=asker.areas,
        limit=asked.limit,
        cursor=asked.cursor,
    )


def _place(fix: Fix, row: Any, now: datetime, asker: Principal) -> Place:
    """Describe a location: exact for dispatchers, rounded to about 100 metres for viewers."""
    exact = asker.may("exact_positions")
    digits = 6 if exact else 3
    return Place(
        worker=fix.worker,
        call_sign=row.call_sign,
        at=fix.at,
        age=round(max((now - fix.at).total_seconds(), 0.0), 1),
        lon=round(fix.lon, digits),
        lat=round(fix.lat, digits),
        accuracy=fix.accuracy if exact else max(fix.accuracy or 0.0, 100.0),
        heading=fix.heading if exact else None,
        speed=fix.speed if exact else None,
        area=row.area,
        role=row.role,
        presence=row.presence,
        team=row.team,
    )
