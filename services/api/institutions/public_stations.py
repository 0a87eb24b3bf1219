"""What the public may know of stations: those on the public map, without a token, also as GeoJSON and CSV.

An answer is made once for each position and five minutes, however often it is requested.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from events.station import UNITS, Status
from events.terms import Names
from projections.stations import StationRow
from services.api.context import Answer, muster
from services.api.problems import Problem
from services.api.routing import operation
from services.api.table_files import csv_text
from services.locations.datum import gcj02_to_bd09, wgs84_to_gcj02
from services.stations.board import KNOWN, StationBoard, capacity

GEOJSON: Final = "application/geo+json"
CSV: Final = "text/csv"
_KEPT: Final = timedelta(minutes=5)
_CACHING: Final = "public, max-age=60"
COLUMNS: Final = (
    "station",
    "name",
    "kind",
    "address",
    "lat",
    "lon",
    "gcj02_lat",
    "gcj02_lon",
    "services",
    "hours",
    *UNITS,
    "on_map_since",
)
_encoder: Final = msgspec.json.Encoder()


class PublicStation(Struct, kw_only=True, omit_defaults=True):
    """A station on the public map."""

    id: str
    name: str
    kind: str
    lat: float
    lon: float
    gcj: Annotated[tuple[float, float], Meta(description="Latitude, longitude in GCJ-02 (AMap, Tencent)")]
    bd: Annotated[tuple[float, float], Meta(description="Latitude, longitude in BD-09 (Baidu)")]
    address: str | None = None
    services: list[str] = []
    capacity: dict[str, int] = {}
    hours: str | None = None
    open: Annotated[
        list[tuple[int, int, int]] | None,
        Meta(
            description="When it is open until `known_until`: begin, end (seconds since 1970), and 1 if "
            "that is certain; null = unknown"
        ),
    ] = None
    status: Status | None = None
    status_at: datetime | None = None
    status_until: datetime | None = None
    free: dict[str, int] = {}
    since: datetime | None = None


class PublicHours(Struct, kw_only=True):
    """How many stations have opening hours that can be read."""

    readable: int
    unreadable: int
    missing: int


class PublicStations(Struct, kw_only=True):
    """The public map of one jurisdiction."""

    jurisdiction: str
    name: str
    timezone: str
    at: Annotated[datetime, Meta(description="When this was made")]
    known_until: Annotated[datetime, Meta(description="After this, it is unknown what is open")]
    hours: PublicHours
    words: Annotated[
        dict[str, Names],
        Meta(description="Names of the kinds and services that the city defined itself"),
    ]
    stations: list[PublicStation]


@operation(id="public-stations", tag="public", public=True, problems=(404, 503))
async def public_stations(request: Request) -> Answer[PublicStations]:
    """Read the stations on the public map, with when they are open in the next seven days."""
    body = await _body(request, "json", lambda found: _encoder.encode(found))
    return Answer(body, headers=_headers(body), media_type="application/json")


@operation(id="public-stations-geojson", tag="public", public=True, media=GEOJSON, problems=(404, 503))
async def as_geojson(request: Request) -> Response:
    """Download the stations on the public map as GeoJSON (RFC 7946, WGS-84)."""
    body = await _body(request, "geojson", lambda found: _encoder.encode(_geojson(found)))
    return Response(body, headers=_headers(body), media_type=GEOJSON)


@operation(id="public-stations-csv", tag="public", public=True, media=CSV, problems=(404, 503))
async def as_csv(request: Request) -> Response:
    """Download the stations on the public map as CSV (UTF-8 with a byte order mark)."""
    body = await _body(request, "csv", lambda found: _csv(found).encode("utf-8-sig"))
    return Response(body, headers=_headers(body), media_type=CSV)


def _headers(body: bytes) -> dict[str, str]:
    return {"Cache-Control": _CACHING, "ETag": f'"{sha256(body).hexdigest()[:32]}"'}


async def _body(request: Request, form: str, made: Callable[[PublicStations], bytes]) -> bytes:
    """Return the answer in one form. Raises 404 without a station on the map, as if there were no city."""
    jurisdiction, service = request.path_params["jurisdiction"], muster(request)
    now = service.clock.now()
    if not await service.commands.found(jurisdiction, 0.0):
        raise _unknown(jurisdiction)
    if "stations" in await service.views.degraded(jurisdiction):
        raise Problem(503, "view.degraded", variant="stations")

    def work(board: StationBoard, name: str) -> bytes:
        slot = (board.changes, int(now.timestamp() // _KEPT.total_seconds()))
        kept = board.made.get(form)
        if kept is None or kept[0] != slot:
            rows = board.published(now)
            if not rows:
                raise _unknown(jurisdiction)
            kept = slot, made(_public(jurisdiction, name, board, rows, now))
            board.made[form] = kept
        return kept[1]

    return (await service.nearby.read(jurisdiction, now, work))[0]


def _unknown(jurisdiction: str) -> Problem:
    return Problem(404, "public.no_stations", jurisdiction=jurisdiction[:64])


def _public(
    jurisdiction: str, name: str, board: StationBoard, rows: list[StationRow], now: datetime
) -> PublicStations:
    counted = board.hours(rows)
    return PublicStations(
        jurisdiction=jurisdiction,
        name=name,
        timezone=board.timezone,
        at=now,
        known_until=now + KNOWN,
        hours=PublicHours(readable=counted.readable, unreadable=counted.unreadable, missing=counted.missing),
        words=_words(board, rows),
        stations=[_station(board, row, now) for row in rows],
    )


def _words(board: StationBoard, rows: list[StationRow]) -> dict[str, Names]:
    used = {f"service_{one}" for row in rows for one in row.services} | {f"kind_{row.kind}" for row in rows}
    return {word: names for word, names in sorted(board.words.items()) if word in used}


def _station(board: StationBoard, row: StationRow, now: datetime) -> PublicStation:
    lat, lon = float(row.lat or 0), float(row.lon or 0)
    gcj_lon, gcj_lat = wgs84_to_gcj02(lon, lat)
    bd_lon, bd_lat = gcj02_to_bd09(gcj_lon, gcj_lat)
    spans, live = board.intervals(row, now, now + KNOWN), board.as_of(row, now, 0).live
    return PublicStation(
        id=row.station,
        name=row.name,
        kind=row.kind,
        lat=round(lat, 6),
        lon=round(lon, 6),
        gcj=(round(gcj_lat, 6), round(gcj_lon, 6)),
        bd=(round(bd_lat, 6), round(bd_lon, 6)),
        address=row.address,
        services=list(row.services),
        capacity=capacity(row),
        hours=row.hours,
        open=None
        if spans is None
        else [(int(one.begin.timestamp()), int(one.end.timestamp()), int(one.sure)) for one in spans],
        status=live.status,
        status_at=live.status_at if live.status else None,
        status_until=live.status_until if live.status else None,
        free=live.free,
        since=row.on_map_since,
    )


def _geojson(found: PublicStations) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "name": found.name,
        "features": [
            {
                "type": "Feature",
                "id": one.id,
                "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
                "properties": {
                    "name": one.name,
                    "kind": one.kind,
                    "address": one.address,
                    "services": one.services,
                    "opening_hours": one.hours,
                    **one.capacity,
                    "on_map_since": one.since,
                },
            }
            for one in found.stations
        ],
    }


def _csv(found: PublicStations) -> str:
    return csv_text([COLUMNS, *map(_line, found.stations)], ZoneInfo(found.timezone))


def _line(one: PublicStation) -> tuple[object, ...]:
    return (
        one.id,
        one.name,
        one.kind,
        one.address,
        one.lat,
        one.lon,
        *one.gcj,
        " ".join(one.services),
        one.hours,
        *(one.capacity.get(unit) for unit in UNITS),
        one.since,
    )
