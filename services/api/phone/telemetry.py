"""Phone locations, reported in batches and kept only while their worker is on duty."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from cachetools import LRUCache
from msgspec import Meta
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from projections.jurisdictions import CLOSED
from services.access import Principal
from services.api.context import Answer, answer, model, muster, reader
from services.api.problems import Problem, describe
from services.api.routing import operation
from services.decisions.base import Refused
from services.decisions.fields import Instant
from services.locations.datum import Datum, to_wgs84
from services.locations.duty import expired, on_duty, roster
from services.locations.port import Fix
from services.views.port import Views

MOST_FIXES: Final = 500
MOST_A_SECOND: Final = 20
"""Limit of batches per token."""
_MOST_TOKENS: Final = 10_000


class FixIn(BaseModel):
    """One position of one phone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    worker: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]+$")] | None = None
    """Optional with a worker's own token."""
    at: Instant
    lon: Annotated[float, Field(ge=-180, le=180, description="Degrees in the datum of the batch")]
    lat: Annotated[float, Field(ge=-90, le=90)]
    accuracy: Annotated[float, Field(ge=0, le=100_000, description="Metres")] | None = None
    heading: Annotated[float, Field(ge=0, le=360, description="Degrees from north, clockwise")] | None = None
    speed: Annotated[float, Field(ge=0, le=500, description="Metres a second")] | None = None


class Telemetry(BaseModel):
    """Up to 500 positions. `sent_at` is the device's clock; its error is removed from each `at`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sent_at: Instant
    datum: Datum = "WGS-84"
    fixes: Annotated[list[FixIn], Field(min_length=1)]


class Pace:
    """Counts of batches per token in the current second."""

    def __init__(self, second: Callable[[], int] = lambda: int(time.monotonic())) -> None:
        self._second = second
        self._seen: LRUCache[str, tuple[int, int]] = LRUCache(_MOST_TOKENS)

    def take(self, token: str) -> None:
        """Count a batch. Raises 429."""
        now = self._second()
        second, count = self._seen.get(token, (now, 0))
        count = count + 1 if second == now else 1
        self._seen[token] = now, count
        if count > MOST_A_SECOND:
            headers = {"Retry-After": "1"}
            raise Problem(429, "too_many", headers=headers, variant="batches", most=MOST_A_SECOND)


pace = Pace()


class RefusedFix(msgspec.Struct):
    """The reason why a position was not kept."""

    index: int
    code: str
    detail: str
    values: dict[str, Any]


class Reported(msgspec.Struct):
    """The outcome of a batch."""

    kept: int
    older: Annotated[int, Meta(description="A newer place was known, or over 12 hours old")]
    refused: list[RefusedFix]


@operation(id="telemetry", tag="telemetry", body=Telemetry, problems=(409, 429, 503))
async def report(request: Request) -> Answer[Reported]:
    """Report phone positions, up to 500 at once.

    Only positions of workers on duty are kept. The response says why each of the others was not.
    """
    jurisdiction, asker = await reader(request)
    if not asker.may("report_positions"):
        raise Problem(403, "forbidden", variant="positions")
    given = await model(request, Telemetry)
    if len(given.fixes) > MOST_FIXES:
        raise Problem(413, "too_many", variant="positions", given=len(given.fixes), most=MOST_FIXES)
    pace.take(asker.id)
    service = muster(request)
    now = service.clock.now()
    fixes = [_fix(now, given, fix, asker) for fix in given.fixes]
    refused = await _refused(service.views, jurisdiction, fixes, asker)
    accepted = [fix for n, fix in enumerate(fixes) if n not in refused and fix]
    recent = [fix for fix in accepted if not expired(fix, now)]
    kept = await service.locations.record(jurisdiction, recent) if recent else 0
    older = len(accepted) - kept
    service.figures.reported(kept=kept, older=older, refused=len(refused))
    items = [RefusedFix(n, **describe(why.code, why.values)) for n, why in sorted(refused.items())]
    return answer(Reported(kept, older, items))


def _fix(now: datetime, given: Telemetry, fix: FixIn, asker: Principal) -> Fix | None:
    """Convert a position to WGS-84 and the service's clock; None if it belongs to no worker."""
    worker = fix.worker or asker.worker
    if worker is None:
        return None
    lon, lat = to_wgs84(fix.lon, fix.lat, given.datum)
    return Fix(
        worker=worker,
        at=min(fix.at + (now - given.sent_at), now),
        lon=lon,
        lat=lat,
        accuracy=fix.accuracy,
        heading=fix.heading,
        speed=fix.speed,
    )


async def _refused(
    views: Views, jurisdiction: str, fixes: list[Fix | None], asker: Principal
) -> dict[int, Refused]:
    """List the refused positions. Raises 409 if no worker is on duty here any more."""
    rows = await roster(views, jurisdiction, list({fix.worker for fix in fixes if fix}))
    if rows is None:
        here: Any = (await views.load(jurisdiction, {"jurisdictions": [jurisdiction]}))["jurisdictions"]
        if here[jurisdiction].state == CLOSED:
            raise Problem(409, "jurisdiction.closed", jurisdiction=jurisdiction)
        raise Problem(409, "jurisdiction.moved", variant="positions", jurisdiction=jurisdiction)
    found = {n: _why_not(fix, rows.get(fix.worker) if fix else None, asker) for n, fix in enumerate(fixes)}
    return {n: why for n, why in found.items() if why}


def _why_not(fix: Fix | None, row: Any, asker: Principal) -> Refused | None:
    if fix is None:
        return Refused("invalid", variant="whose")
    if asker.worker is not None and fix.worker != asker.worker:
        return Refused("forbidden", variant="own_positions")
    if row is None or not asker.sees(row):
        return Refused("worker.unknown", worker=fix.worker)
    if not on_duty(row):
        return Refused("worker.off_duty", worker=fix.worker)
    return None
