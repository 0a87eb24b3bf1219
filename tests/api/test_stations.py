"""Stations over HTTP: the nearest, the public map, and who may see and send what."""

from datetime import timedelta
from typing import Any

import httpx
from service import J, Service

MINE, OTHER = "230717", "230718"
LAT, LON = 47.7275, 128.8409
"""WGS-84; the same place is 47.7297.., 128.8473.. in GCJ-02."""


async def city(service: Service) -> None:
    """Two areas with three stations: near and always open; 1 km on and never open; far, in the other area."""
    for area in (MINE, OTHER):
        await service.ok("area.define", area=area, name=area)
    await service.ok("worker.register", worker="W1", role="courier")
    await service.ok("worker.register", worker="W2", role="volunteer")
    common: dict[str, Any] = {"kind": "youth", "services": ["rest", "charging"], "seats": 4}
    await service.ok(
        "station.register", station="S1", name="One", area=MINE, lat=LAT, lon=LON, hours="24/7", **common
    )
    await service.ok(
        "station.register", station="S2", name="Two", area=MINE, lat=LAT + 0.009, lon=LON, hours="off"
    )
    await service.ok(
        "station.register", station="S3", name="Three", area=OTHER, lat=LAT + 1, lon=LON, hours="全天"
    )
    for key in ("S1", "S3"):
        await service.ok("station.publish", station=key)
    await service.ok("station.entrust", station="S1", worker="W2")


async def near(service: Service, client: httpx.AsyncClient | None = None, **query: Any) -> Any:
    answer = await (client or service.http).get(
        f"/api/v1/{J}/stations/near", params={"lat": LAT, "lon": LON, **query}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(body: Any) -> list[str]:
    return [one["station"] for one in body["items"]]


async def test_the_nearest_come_first_with_their_distance(service: Service) -> None:
    await city(service)
    body = await near(service)
    assert [(one["station"], one["metres"]) for one in body["items"]] == [
        ("S1", 0),
        ("S2", 1001),
        ("S3", 111195),
    ]
    assert [one["by_hours"] for one in body["items"]] == ["open", "closed", "unknown"]
    assert found(await near(service, within=1100)) == ["S1", "S2"]
    assert found(await near(service, open="true")) == ["S1"]
    assert found(await near(service, offers=["charging", "rest"])) == ["S1"]
    assert found(await near(service, offers="nothing of this kind")) == []
    assert found(await near(service, kind="other")) == ["S2", "S3"]


async def test_what_somebody_says_counts_before_the_hours_until_it_expires(service: Service) -> None:
    await city(service)
    await service.ok("station.report", station="S2", status="open", free_seats=2)
    body = await near(service, open="true", room="true")
    assert found(body) == ["S2"]
    assert body["items"][0]["status"] == "open"
    assert body["items"][0]["free"] == {"seats": 2}
    later = service.muster.clock.now() + timedelta(hours=5)
    later_on = (await near(service, at=later.isoformat()))["items"][1]
    assert (later_on["status"], later_on["open"], later_on["room"]) == (None, False, None)
    await service.ok("station.report", station="S1", status="closed")
    assert found(await near(service, open="true")) == ["S2"]


async def test_points_are_taken_and_given_in_the_datums_of_chinese_maps(service: Service) -> None:
    await city(service)
    here = (await near(service))["items"][0]
    for datum in ("GCJ-02", "BD-09"):
        shifted = (await near(service, datum=datum))["items"][0]
        assert shifted["metres"] > 300  # the same numbers are another place in that datum
        back = await near(service, datum=datum, lat=shifted["lat"], lon=shifted["lon"])
        assert back["items"][0]["metres"] <= 1
    assert here["links"]["amap"].startswith("https://uri.amap.com/marker?position=128.8")
    assert here["links"]["geo"] == f"geo:{LAT:.6f},{LON:.6f}?q={LAT:.6f},{LON:.6f}(One)"


async def test_a_search_starts_from_an_area_without_a_point(service: Service) -> None:
    await city(service)
    url = f"/api/v1/{J}/stations/near"
    assert found((await service.http.get(url, params={"area": OTHER})).json())[0] == "S3"
    for query, said in (
        ({}, "lat and lon"),
        ({"lat": "47"}, "lat and lon"),
        ({"lat": "91", "lon": "1"}, "lat must be"),
        ({"area": "230799"}, "no place"),
    ):
        answer = await service.http.get(url, params=query)
        assert answer.status_code == 400
        assert said in answer.json()["detail"]


async def test_who_sees_which_stations(service: Service) -> None:
    await city(service)
    async with await service.as_("worker:W1") as phone, await service.as_("worker:W2") as keeper:
        assert found(await near(service, phone)) == ["S1", "S3"]
        assert [row["station"] for row in await service.rows("stations", client=keeper)] == ["S1"]
        assert await service.rows("stations", client=phone) == []
        said = await service.send("station.report", client=phone, station="S1", status="full")
        kept = await service.send("station.report", client=keeper, station="S1", status="full")
        used = await service.send("station.scan", client=phone, station="S1", worker="W1", service="charging")
    assert (said.status_code, kept.status_code, used.status_code) == (403, 200, 200)
    async with await service.as_("dispatcher", areas=[OTHER]) as desk:
        assert found(await near(service, desk)) == ["S3"]


async def test_a_use_sent_twice_counts_once_and_names_nobody(service: Service) -> None:
    await city(service)
    async with await service.as_("worker:W1") as phone:
        for _ in range(2):
            sent = await service.send(
                "station.scan",
                key="3c0f6d0e-0000-4000-8000-000000000001",
                client=phone,
                station="S1",
                worker="W1",
            )
            assert sent.status_code == 200
            assert await service.muster.progress.reached(J, sent.json()["position"], 5)
    (use,) = await service.rows("station_uses")
    assert "W1" not in str(use)
    (told,) = await service.rows("activity", name="station.used")
    assert told["actor"] == "public/door"
    log = (await service.http.get(f"/api/v1/{J}/log")).text.splitlines()
    assert all("W1" not in line for line in log if '"station.used"' in line)
    assert [row["uses"] for row in await service.rows("station_days")] == [1]


async def test_the_public_map_needs_no_token_and_has_only_what_is_on_it(service: Service) -> None:
    await city(service)
    async with service.client(None) as anybody:
        base = f"/api/v1/{J}/public/stations"
        body = (await anybody.get(base)).json()
        geojson = await anybody.get(f"{base}.geojson")
        sheet = await anybody.get(f"{base}.csv")
        kept = await anybody.get(base)
    assert [one["id"] for one in body["stations"]] == ["S1", "S3"]
    assert body["hours"] == {"readable": 1, "unreadable": 1, "missing": 0}
    always = body["stations"][0]["open"]
    assert [one[2] for one in always] == [1]
    assert always[0][1] - always[0][0] == 7 * 24 * 3600
    assert body["stations"][1].get("open") is None
    assert "keeper" not in str(body)
    assert "W2" not in str(body)
    assert geojson.headers["content-type"].startswith("application/geo+json")
    assert geojson.json()["features"][0]["geometry"]["coordinates"] == [LON, LAT]
    lines = sheet.content.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0][:12]) == (3, "station,name")
    assert kept.headers["etag"]
    assert kept.headers["cache-control"] == "public, max-age=60"


async def test_the_public_map_says_what_the_city_calls_its_own_kinds_and_services(service: Service) -> None:
    await city(service)
    path = f"/api/v1/{J}/public/stations"
    async with service.client(None) as anybody:
        assert (await anybody.get(path)).json()["words"] == {}
        names = {"names": {"en": "Bike wash", "zh": "洗车"}}
        await service.ok("term.define", list="station_service", code="wash", **names)
        await service.ok("term.define", list="station_service", code="unused", **names)
        await service.ok("station.amend", station="S1", services=["wash"])
        assert (await anybody.get(path)).json()["words"] == {"service_wash": names["names"]}


async def test_a_city_without_a_map_is_like_none(service: Service) -> None:
    await city(service)
    for key in ("S1", "S3"):
        await service.ok("station.unpublish", station=key)
    async with service.client(None) as anybody:
        for code in (J, "9999"):
            answer = await anybody.get(f"/api/v1/{code}/public/stations")
            assert (answer.status_code, answer.json()["code"]) == (404, "public.no_stations")


async def test_a_station_reads_as_it_was(service: Service) -> None:
    await city(service)
    rows = await service.rows("stations", at="2001-01-01T00:00:00Z")
    now = await service.rows("stations", at=service.muster.clock.now().isoformat(), station="S1")
    assert (rows, now[0]["on_map"]) == ([], True)


async def test_sums_of_what_is_short_and_of_what_is_too_much(service: Service) -> None:
    await city(service)
    water: dict[str, Any] = {"item": "water", "priority": 2}
    await service.ok("need.open", need="N1", station="S1", quantity=5, **water)
    await service.ok("need.open", need="N2", station="S2", item="water", priority=1)
    await service.ok("need.open", need="N3", station="S3", item="water", side="surplus", quantity=7)
    await service.ok("need.open", need="N4", station="S3", item="blankets")
    await service.ok("need.close", need="N4")
    await service.rows("needs")
    path = f"/api/v1/{J}/needs/sums"
    said = (await service.http.get(path)).json()
    rows = [
        (one["item"], one["side"], one["priority"], one["open"], one["quantity"]) for one in said["items"]
    ]
    assert rows == [("water", "short", 1, 2, 5), ("water", "surplus", 3, 1, 7)]
    assert (said["items"][0]["by_priority"], said["items"][0]["unsaid"]) == ({"1": 1, "2": 1}, 1)
    assert said["totals"] == {"needs": 4, "opened": 4, "changed": 0, "closed": 1, "short": 2, "surplus": 1}
    async with service.client(await service.tokens.create("c1", "dispatcher", areas=[MINE])) as mine:
        assert (await mine.get(path)).json()["totals"]["needs"] == 2
    async with await service.as_("worker", worker="W1") as courier:
        assert (await courier.get(path)).status_code == 403
    early = await service.http.get(path, params={"at": "2020-01-01T00:00:00Z", "station": "S1"})
    assert (early.json()["items"], early.json()["totals"]["needs"]) == ([], 0)
    future = await service.http.get(path, params={"at": "2190-01-01T00:00:00Z"})
    assert (future.status_code, future.json()["code"]) == (400, "parameter.invalid")


async def test_a_keeper_reads_what_was_told_of_their_station_on_any_device(service: Service) -> None:
    await city(service)
    await service.ok("station.use", station="S1")
    await service.ok("station.use", station="S2")
    await service.ok("need.open", need="N1", station="S1", item="water", priority=1)
    await service.ok("need.open", need="N2", station="S1", item="rice")
    await service.ok("need.close", need="N2")
    await service.rows("needs")
    path = f"/api/v1/{J}/me/stations"
    async with await service.as_("worker", worker="W2", jurisdictions=[J]) as keeper:
        assert (await keeper.get(path)).json()["items"] == [
            {
                "station": "S1",
                "uses_today": 1,
                "needs": [{"need": "N1", "item": "water", "side": "short", "priority": 1, "quantity": None}],
            }
        ]
    async with await service.as_("worker", worker="W1", jurisdictions=[J]) as other:
        assert (await other.get(path)).json()["items"] == []
    assert (await service.http.get(path)).status_code == 403
