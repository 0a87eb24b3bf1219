"""Where phones are: reported in batches, shown as the last place of who is on duty."""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from services.access import Principal
from services.api.context import answer, muster, reader, whole
from services.api.problems import Problem, invalid
from services.api.views import AREA
from services.runtime import Muster
from services.telemetry.datum import Datum, to_wgs84
from services.telemetry.port import Fix, PlacesUnavailable
from services.views.port import BadQuery, Query

MOST_FIXES: Final = 500
MOST_A_SECOND: Final = 20
"""Batches of one token."""
ON_DUTY: Final = ("available", "on_break", "assigned", "en_route", "on_scene")
PARAMETERS: Final = ("area", "role", "presence", "limit", "cursor")
_EXACT: Final = ("dispatcher", "gateway", "admin", "worker")
_SENDERS: Final = ("worker", "gateway", "dispatcher", "admin")
_Degrees = Annotated[float, Field(allow_inf_nan=False)]


class FixIn(BaseModel):
    """One position of one phone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    worker: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]+$")] | None = None
    """A worker's own token need not say."""
    at: AwareDatetime
    lon: Annotated[_Degrees, Field(ge=-180, le=180)]
    lat: Annotated[_Degrees, Field(ge=-90, le=90)]
    accuracy: Annotated[_Degrees, Field(ge=0, le=100_000)] | None = None
    heading: Annotated[_Degrees, Field(ge=0, le=360)] | None = None
    speed: Annotated[_Degrees, Field(ge=0, le=500)] | None = None


class Telemetry(BaseModel):
    """Up to 500 positions; `sent_at` is the device's clock, whose error is taken out of each `at`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sent_at: AwareDatetime
    datum: Datum = "WGS-84"
    fixes: Annotated[list[FixIn], Field(min_length=1)]


class Pace:
    """Batches of each token in this second."""

    def __init__(self, second: Callable[[], int] = lambda: int(time.monotonic())) -> None:
        self._second = second
        self._seen: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def take(self, token: str) -> None:
        """Raises 429."""
        now = self._second()
        second, count = self._seen.pop(token, (now, 0))
        count = count + 1 if second == now else 1
        self._seen[token] = now, count
        while len(self._seen) > 10_000:
            self._seen.popitem(last=False)
        if count > MOST_A_SECOND:
            detail = f"More than {MOST_A_SECOND} batches in a second; put more positions into one."
            raise Problem(429, "too_many", detail, {"Retry-After": "1"})


_pace = Pace()


async def report(request: Request) -> Response:
    """Keep positions of workers on duty; says of each that was not kept why."""
    jurisdiction, asker = await reader(request)
    if asker.scope not in _SENDERS:
        raise Problem(403, "forbidden", "This token may not report positions.")
    try:
        given = Telemetry.model_validate_json(await request.body(), strict=True)
    except ValidationError as error:
        raise invalid(error) from error
    if len(given.fixes) > MOST_FIXES:
        raise Problem(413, "too_many", f"{len(given.fixes)} positions at once; send at most {MOST_FIXES}.")
    _pace.take(asker.id)
    service = muster(request)
    fixes = [_fix(service, given, fix, asker) for fix in given.fixes]
    refused = await _refused(service, jurisdiction, fixes, asker)
    accepted = [fix for n, fix in enumerate(fixes) if n not in refused and fix]
    kept = await _record(service, jurisdiction, accepted)
    items = [{"index": n, "code": code, "detail": detail} for n, (code, detail) in sorted(refused.items())]
    return answer({"kept": kept, "older": len(accepted) - kept, "refused": items})


def _fix(service: Muster, given: Telemetry, fix: FixIn, asker: Principal) -> Fix | None:
    """In WGS-84 and by the service's clock; None where it is nobody's."""
    worker = fix.worker or asker.worker
    if worker is None:
        return None
    now = service.clock.now()
    at = min(fix.at + (now - given.sent_at), now).astimezone(UTC)
    lon, lat = to_wgs84(fix.lon, fix.lat, given.datum)
    return Fix(
        worker=worker,
        at=at,
        lon=round(lon, 6),
        lat=round(lat, 6),
        accuracy=fix.accuracy,
        heading=fix.heading,
        speed=fix.speed,
    )


async def _refused(
    service: Muster, jurisdiction: str, fixes: list[Fix | None], asker: Principal
) -> dict[int, tuple[str, str]]:
    workers = list({fix.worker for fix in fixes if fix})
    roster = (await service.views.load(jurisdiction, {"roster": workers}))["roster"]
    found = {n: _why_not(fix, roster.get(fix.worker) if fix else None, asker) for n, fix in enumerate(fixes)}
    return {n: why for n, why in found.items() if why}


def _why_not(fix: Fix | None, row: Any, asker: Principal) -> tuple[str, str] | None:
    if fix is None:
        return "invalid", "Say whose position it is: worker is missing."
    if asker.worker is not None and fix.worker != asker.worker:
        return "forbidden", "This token may report its own worker's positions only."
    if row is None:
        return "worker.unknown", "The worker is not registered."
    if not asker.sees(row):
        return "forbidden", "The worker is not in this token's areas."
    if row.presence not in ON_DUTY:
        return "worker.off_duty", "The worker is off duty: no place is kept."
    return None


async def _record(service: Muster, jurisdiction: str, fixes: list[Fix]) -> int:
    try:
        return await service.places.record(jurisdiction, fixes) if fixes else 0
    except PlacesUnavailable as error:
        raise Problem(503, "unavailable", str(error)) from error


async def places(request: Request) -> Response:
    """The last known places of workers on duty, with their age; a page of the roster at a time."""
    jurisdiction, asker = await reader(request)
    query = _query(request, asker)
    service = muster(request)
    try:
        page = await service.views.query(jurisdiction, "roster", query)
    except BadQuery as error:
        raise Problem(400, "parameter.invalid", str(error)) from error
    try:
        known = await service.places.last(jurisdiction, [key for key, _ in page.items])
    except PlacesUnavailable as error:
        raise Problem(503, "unavailable", str(error)) from error
    now = service.clock.now()
    items = [_place(known[key], row, now, asker) for key, row in page.items if key in known]
    body = {"items": items, "next": page.next, "position": page.head.position}
    return answer(body, headers={"Cache-Control": "no-store"})


def _query(request: Request, asker: Principal) -> Query:
    """Raises 400."""
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            raise Problem(400, "parameter.unknown", f"places has no parameter {name[:64]!r}; it has {known}.")
        if "\0" in value or len(value) > 1000:
            raise Problem(400, "parameter.invalid", f"{name} is too long or holds a NUL character.")
        given.setdefault(name, []).append(value)
    if any(len(given.get(name, [])) > 1 for name in ("limit", "cursor")) or any(
        len(values) > 100 for values in given.values()
    ):
        raise Problem(400, "parameter.invalid", "Give limit and cursor once, others a hundred times at most.")
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


def _place(fix: Fix, row: Any, now: datetime, asker: Principal) -> dict[str, Any]:
    """Exact for who dispatches; for who only looks on, to some hundred metres."""
    digits = 6 if asker.scope in _EXACT else 3
    exact = asker.scope in _EXACT
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
