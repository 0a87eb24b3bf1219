"""Boundaries over HTTP: preview, import, again, and what cannot be matched."""

import json

import pytest
from service import J, Service

HERE = f"/api/v1/{J}/imports/boundaries"
BYTES = {"Content-Type": "application/octet-stream"}
RING = [[128.9, 47.7], [128.91, 47.7], [128.91, 47.71], [128.9, 47.7]]


def feature(name: str) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": "Polygon", "coordinates": [RING]},
    }


FILE = json.dumps(
    {"type": "FeatureCollection", "features": [feature("旭日街道"), feature("旭日街")]}
).encode()


@pytest.fixture
async def city(service: Service) -> Service:
    await service.ok("jurisdiction.establish", name="City", timezone="Asia/Shanghai")
    await service.ok("area.define", area=f"{J}17", name="旭日街道")
    return service


async def test_a_file_is_previewed_imported_and_imported_again(city: Service) -> None:
    async def post(**query: str) -> tuple[int, int, int]:
        answer = await city.http.post(HERE, content=FILE, params=query, headers=BYTES)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["features"] == 2
        assert body["items"][1]["values"]["near"] == [f"旭日街道 ({J}17)"]
        return body["applied"], body["known"], body["rejected"]

    assert await post(preview="true") == (0, 0, 1)
    assert (await city.rows("boundaries")) == []
    assert await post() == (1, 0, 1)
    (row,) = await city.rows("boundaries")
    assert (row["area"], row["boundary"]) == (f"{J}17", [[RING]])
    assert await post() == (0, 1, 1)
    assert await post(datum="GCJ-02") == (1, 0, 1)


async def test_a_file_that_is_no_geojson_says_why(city: Service) -> None:
    answer = await city.http.post(HERE, content=b"code,name", params={"file": "a.geojson"}, headers=BYTES)
    assert (answer.status_code, answer.json()["code"]) == (422, "import.geojson")
    assert answer.json()["detail"].startswith("a.geojson: is not JSON")
