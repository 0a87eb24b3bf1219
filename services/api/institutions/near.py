"""The nearest stations: from a point or an area, open at a time, offering something, with room."""

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request

from events.area import inside
from events.station import UNITS, Source, Status
from projections.stations import StationRow
from projections.where import lies_in
from services.access import Principal
from services.api.context import Answer, answer, muster, reader
from services.api.parameters import AreaText, At, Flag, Parameters, Reads, Texts, in_range, one_of, read
from services.api.problems import Problem
from services.api.routing import operation
from services.locations.datum import Datum, gcj02_to_bd09, to_wgs84, wgs84_to_gcj02
from services.stations.board import Asked, Near, Point, StationBoard, capacity
from services.stations.hours import Answer as HoursState
from services.stations.links import links

DATUMS: Final = ("WGS-84", "GCJ-02", "BD-09")
MOST: Final = 200
MOST_METRES: Final = 20_100_000


def _degrees(most: int) -> Reads:
    def read_(name: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not -most <= value <= most:
            raise Problem(400, "parameter.invalid", name=name, least=-most, most=most)
        return value

    return Reads(read_, {"type": "number", "minimum": -most, "maximum": most})


class NearParameters(Parameters):
    """Where from, and what for."""

    lat: Annotated[Annotated[float, _degrees(90)] | None, Field(description="Of the point to start from")] = (
        None
    )
    lon: Annotated[Annotated[float, _degrees(180)] | None, Field(description="The same")] = None
    area: Annotated[
        AreaText | None, Field(description="Start from the middle of this area, if no point is given")
    ] = None
    datum: Annotated[
        Annotated[str, one_of(DATUMS)],
        Field(description="Of the point, and of the points in the answer; good to 1 m"),
    ] = "WGS-84"
    at: Annotated[At | None, Field(description="When to ask for; default: now")] = None
    open: Annotated[Flag, Field(description="Only those that are certainly open then")] = False
    room: Annotated[Flag, Field(description="Only those with a free place, as last reported")] = False
    offers: Annotated[Texts, Field(description="Of the list `station_service`; all of them")] = ()
    kind: Annotated[Texts, Field(description="Of the list `station_kind`; one of them")] = ()
    within: Annotated[int, in_range(1, MOST_METRES), Field(description="Metres")] = MOST_METRES
    limit: Annotated[int, in_range(1, MOST), Field(description="Most stations")] = 20


class NearStation(Struct, kw_only=True):
    """A station, and how it is at the instant asked for."""

    station: str
    name: str
    kind: str
    area: str
    address: str | None
    lat: float
    lon: float
    metres: Annotated[int, Meta(ge=0, description="Great-circle distance")]
    services: list[str]
    hours: Annotated[str | None, Meta(description="As given")]
    by_hours: Annotated[
        HoursState,
        Meta(
            description="unconfirmed: not certain, because of a holiday or an unpublished year; "
            "unknown: no hours, or they cannot be parsed"
        ),
    ]
    status: Annotated[Status | None, Meta(description="Last report; null = none, or it has expired")]
    status_at: Annotated[datetime | None, Meta(description="When it was said, also if it has expired")]
    status_until: datetime | None
    status_source: Source | None
    open: Annotated[bool, Meta(description="As reported, otherwise by its opening hours")]
    present: Annotated[int | None, Meta(description="People there")]
    capacity: Annotated[dict[str, int], Meta(description="Places by unit")]
    free: Annotated[dict[str, int], Meta(description="Free places by unit, as far as known; also if closed")]
    room: Annotated[bool | None, Meta(description="Whether a place is free; null = unknown")]
    on_map_since: datetime | None
    links: Annotated[dict[str, str], Meta(description="Opens it in `amap`, `baidu` or by `geo:`")]


class NearStations(Struct, kw_only=True):
    """The nearest stations."""

    at: datetime
    lat: Annotated[float, Meta(description="Where the search started, in the datum asked for")]
    lon: float
    datum: str
    items: Annotated[list[NearStation], Meta(description="The nearest first")]
    position: int


@operation(id="stations-near", tag="views", query=NearParameters, problems=(503,))
async def near(request: Request) -> Answer[NearStations]:
    """Read the nearest stations that are not withdrawn.

    A worker's token sees those on the public map, a token of areas those in its areas.
    """
    jurisdiction, asker = await reader(request)
    asked, now = read(request, NearParameters, "stations/near"), muster(request).clock.now()
    at = asked.at or now
    datum: Datum = asked.datum  # pyright: ignore[reportAssignmentType]
    service = muster(request)
    if "stations" in await service.views.degraded(jurisdiction):
        raise Problem(503, "view.degraded", variant="stations")
    area_point = await _area_point(request, jurisdiction, asked, asker)

    def seen(row: StationRow) -> bool:
        return may_see(row, asker)

    def work(board: StationBoard, name: str) -> tuple[Point, list[Near]]:
        point = _given(asked, datum) or area_point or board.middle(asked.area or "", seen)
        if point is None:
            raise Problem(400, "parameter.invalid", variant="from", area=asked.area)
        wanted = Asked(
            point=point,
            at=at,
            open=asked.open,
            offers=tuple(asked.offers),
            room=asked.room,
            kinds=tuple(asked.kind),
            within=asked.within,
            limit=asked.limit,
        )
        return point, board.near(wanted, seen)

    (point, found), position = await service.nearby.read(jurisdiction, at, work)
    lat, lon = _in(datum, *point)
    items = [_item(one, datum) for one in found]
    body = NearStations(at=at, lat=lat, lon=lon, datum=datum, items=items, position=position)
    return answer(body, headers={"Cache-Control": "no-store"})


def may_see(row: StationRow, asker: Principal) -> bool:
    """Whether a caller may know of a station."""
    if asker.worker is not None:
        return row.on_map or row.keeper == asker.worker
    return lies_in(row, asker.areas)


def _given(asked: NearParameters, datum: Datum) -> Point | None:
    if (asked.lat is None) != (asked.lon is None):
        raise Problem(400, "parameter.invalid", variant="point")
    if asked.lat is None or asked.lon is None:
        if asked.area is None:
            raise Problem(400, "parameter.invalid", variant="point")
        return None
    lon, lat = to_wgs84(asked.lon, asked.lat, datum)
    return lat, lon


async def _area_point(
    request: Request, jurisdiction: str, asked: NearParameters, asker: Principal
) -> Point | None:
    """Return the middle of the area asked for, if it is known and the caller may know of it."""
    if asked.area is None or asked.lat is not None:
        return None
    if asker.areas and not any(inside(asked.area, one) for one in asker.areas):
        return None
    found = await muster(request).views.load(jurisdiction, {"areas": [asked.area]})
    row: Any = found["areas"].get(asked.area)
    return None if row is None or row.lat is None or row.lon is None else (row.lat, row.lon)


def _in(datum: Datum, lat: float, lon: float) -> Point:
    """Return a point in the datum asked for."""
    if datum != "WGS-84":
        lon, lat = wgs84_to_gcj02(lon, lat)
    if datum == "BD-09":
        lon, lat = gcj02_to_bd09(lon, lat)
    return round(lat, 6), round(lon, 6)


def _item(one: Near, datum: Datum) -> NearStation:
    row, live = one.row, one.live
    lat, lon = float(row.lat or 0), float(row.lon or 0)
    shown_lat, shown_lon = _in(datum, lat, lon)
    return NearStation(
        station=row.station,
        name=row.name,
        kind=row.kind,
        area=row.area,
        address=row.address,
        lat=shown_lat,
        lon=shown_lon,
        metres=round(one.metres),
        services=list(row.services),
        hours=row.hours,
        by_hours=one.hours_state,
        status=live.status,
        status_at=live.status_at,
        status_until=live.status_until,
        status_source=live.status_source,
        open=one.open,
        present=live.present,
        capacity=capacity(row),
        free={unit: live.free[unit] for unit in UNITS if unit in live.free},
        room=one.room,
        on_map_since=row.on_map_since,
        links=links(row.name, lat, lon),
    )
