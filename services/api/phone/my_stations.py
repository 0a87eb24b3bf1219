"""What a keeper's page shows beside the rows of their stations: today's uses and open needs."""

from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from starlette.requests import Request

from events.need import Side
from projections.needs import NeedRow
from projections.station_days import key_of
from services.api.context import Answer, answer, muster
from services.api.parameters import NoParameters, read
from services.api.phone.me import own_worker
from services.api.routing import operation
from services.api.zones import zone_in
from services.views.port import Query

MOST: Final = 20
MOST_NEEDS: Final = 200


class KeptNeed(Struct, kw_only=True):
    """An open need of a station."""

    need: str
    item: str
    side: Side
    priority: int
    quantity: int | None


class KeptStation(Struct, kw_only=True):
    """One station that this worker keeps."""

    station: str
    uses_today: Annotated[int, Meta(description="Of the local day, however they were recorded")]
    needs: Annotated[list[KeptNeed], Meta(description="Open ones, the most urgent first")]


class MyStations(Struct, kw_only=True):
    """The stations that a worker keeps."""

    items: list[KeptStation]


@operation(id="my-stations", tag="phone", query=NoParameters, problems=(503,))
async def my_stations(request: Request) -> Answer[MyStations]:
    """Read today's uses and the open needs of the caller's stations, as reported on any device."""
    jurisdiction, _, worker = await own_worker(request)
    read(request, NoParameters, "me")
    service = muster(request)
    kept = Query(filters={"keeper": [worker], "state": ["active"]}, limit=MOST)
    page = await service.views.query(jurisdiction, "stations", kept)
    keys = [key for key, _ in page.items]
    if not keys:
        return answer(MyStations(items=[]), headers={"Cache-Control": "no-store"})
    zone = await zone_in(service, jurisdiction)
    day = service.clock.now().astimezone(zone).date().isoformat()
    days: Any = (
        await service.views.load(jurisdiction, {"station_days": [key_of(one, day) for one in keys]})
    )["station_days"]
    wanted = Query(filters={"station": keys, "state": ["open"]}, sort="priority", limit=MOST_NEEDS)
    needs: list[Any] = [row for _, row in (await service.views.query(jurisdiction, "needs", wanted)).items]
    items = [
        KeptStation(
            station=one,
            uses_today=row.uses if (row := days.get(key_of(one, day))) else 0,
            needs=[_need(need) for need in needs if need.station == one],
        )
        for one in keys
    ]
    return answer(MyStations(items=items), headers={"Cache-Control": "no-store"})


def _need(row: NeedRow) -> KeptNeed:
    return KeptNeed(need=row.need, item=row.item, side=row.side, priority=row.priority, quantity=row.quantity)
