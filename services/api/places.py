"""Last known places of who is on duty."""

from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from services.access import Principal
from services.api.context import answer, muster, reader, whole
from services.api.problems import Problem
from services.api.views import AREA
from services.telemetry.duty import ON_DUTY, outlived
from services.telemetry.port import Fix
from services.views.port import BadQuery, Page, Query

PARAMETERS: Final = ("area", "role", "presence", "limit", "cursor")
_EXACT: Final = ("dispatcher", "gateway", "admin", "worker")


async def places(request: Request) -> Response:
    """The last known places of workers on duty, with their age; a page of the roster at a time."""
    jurisdiction, asker = await reader(request)
    page = await _page(request, jurisdiction, _query(request, asker))
    service = muster(request)
    now = service.clock.now()
    known = await service.places.last(jurisdiction, [worker for worker, _ in page.items])
    recent = {worker: fix for worker, fix in known.items() if not outlived(fix, now)}
    items = [_place(recent[worker], row, now, asker) for worker, row in page.items if worker in recent]
    body = {"items": items, "next": page.next, "position": page.head.position}
    return answer(body, headers={"Cache-Control": "no-store"})


async def _page(request: Request, jurisdiction: str, query: Query) -> Page:
    """Of the roster. Raises 400, 503."""
    try:
        page = await muster(request).views.query(jurisdiction, "roster", query)
    except BadQuery as error:
        raise Problem(400, "parameter.invalid", str(error)) from error
    if page.degraded is not None:
        raise Problem(503, "view.degraded", "Who is on duty is not known: the roster is being folded anew.")
    return page


def _query(request: Request, asker: Principal) -> Query:
    """Raises 400."""
    given = _given(request)
    if not all(AREA.fullmatch(code) for code in given.get("area", [])):
        raise Problem(400, "parameter.invalid", "area must be the code of an area.")
    presence = given.get("presence", list(ON_DUTY))
    if not set(presence) <= set(ON_DUTY):
        raise Problem(400, "parameter.invalid", f"presence must be of {', '.join(ON_DUTY)}.")
    filters: dict[str, list[str]] = {"presence": presence}
    if "role" in given:
        filters["role"] = given["role"]
    if asker.worker is not None:
        filters["worker"] = [asker.worker]
    return Query(
        filters=filters,
        areas=given.get("area", []),
        within=asker.areas,
        limit=whole("limit", given.get("limit", ["100"])[0], 1, 1000),
        cursor=given.get("cursor", [None])[0],
    )


def _given(request: Request) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            raise Problem(400, "parameter.unknown", f"places has no parameter {name[:64]!r}; it has {known}.")
        if "\0" in value or len(value) > 1000:
            raise Problem(400, "parameter.invalid", f"{name} is too long or holds a NUL character.")
        given.setdefault(name, []).append(value)
        if len(given[name]) > (1 if name in ("limit", "cursor") else 100):
            raise Problem(400, "parameter.invalid", f"{name} is given too often.")
    return given


def _place(fix: Fix, row: Any, now: datetime, asker: Principal) -> dict[str, Any]:
    """Exact for who dispatches; for who only looks on, to some hundred metres."""
    exact = asker.scope in _EXACT
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
