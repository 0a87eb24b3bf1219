"""Last known places of who is on duty."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from events.presence import ON_DUTY
from services.access import Principal
from services.api.context import answer, muster, reader
from services.api.parameters import read_parameters, whole
from services.api.problems import Problem
from services.locations.duty import expired
from services.locations.port import Fix
from services.views.port import BadQuery, Page, Query


async def places(request: Request) -> Response:
    """The last known places of workers on duty, with their age; a page of the roster at a time."""
    jurisdiction, asker = await reader(request)
    page = await _page(request, jurisdiction, _query(request, asker))
    service = muster(request)
    now = service.clock.now()
    known = await service.locations.last(jurisdiction, [worker for worker, _ in page.items])
    recent = {worker: fix for worker, fix in known.items() if not expired(fix, now)}
    items = [_place(recent[worker], row, now, asker) for worker, row in page.items if worker in recent]
    body = {"items": items, "next": page.next, "position": page.head.position}
    return answer(body, headers={"Cache-Control": "no-store"})


async def _page(request: Request, jurisdiction: str, query: Query) -> Page:
    """Of the roster. Raises 400, 503."""
    try:
        page = await muster(request).views.query(jurisdiction, "roster", query)
    except BadQuery as error:
        raise Problem(400, error.code, **error.values) from error
    if page.degraded is not None:
        raise Problem(503, "view.degraded", variant="places")
    return page


def _query(request: Request, asker: Principal) -> Query:
    """Raises 400."""
    found = read_parameters(request, "places", once=("limit", "cursor"), many=("area", "role", "presence"))
    presence = found.get("presence", list(ON_DUTY))
    if not set(presence) <= set(ON_DUTY):
        raise Problem(400, "parameter.invalid", name="presence", choices=list(ON_DUTY))
    filters: dict[str, list[str]] = {"presence": presence}
    if "role" in found:
        filters["role"] = found["role"]
    if asker.worker is not None:
        filters["worker"] = [asker.worker]
    return Query(
        filters=filters,
        areas=found.get("area", []),
        within=asker.areas,
        limit=whole("limit", found.get("limit", ["100"])[0], 1, 1000),
        cursor=found.get("cursor", [None])[0],
    )


def _place(fix: Fix, row: Any, now: datetime, asker: Principal) -> dict[str, Any]:
    """Exact for who dispatches; for who only looks on, to some hundred metres."""
    exact = asker.may("exact_positions")
    digits = 6 if exact else 3
    return {
        "worker": fix.worker,
        "at": fix.at,
        "age": round(max((now - fix.at).total_seconds(), 0.0), 1),
        "lon": round(fix.lon, digits),
        "lat": round(fix.lat, digits),
        "accuracy": fix.accuracy if exact else max(fix.accuracy or 0.0, 100.0),
        "heading": fix.heading if exact else None,
        "speed": fix.speed if exact else None,
        "area": row.area,
        "role": row.role,
        "presence": row.presence,
        "team": row.team,
    }
