"""The map with boundaries: imported from a file, coloured, picked from, and with a base map of our own."""

import json
from pathlib import Path
from typing import Any

import pytest
from basemap import archive
from playwright.sync_api import FilePayload, Page, expect
from screens import Board, Screens
from serving import City, served, until

SOUTH = [128.9, 47.7]
SIDE = 0.02


def square(lon: float, lat: float) -> dict[str, Any]:
    ring = [[lon, lat], [lon + SIDE, lat], [lon + SIDE, lat + SIDE], [lon, lat + SIDE], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(*features: tuple[dict[str, str], dict[str, Any]]) -> bytes:
    found = [{"type": "Feature", "properties": told, "geometry": shape} for told, shape in features]
    return json.dumps({"type": "FeatureCollection", "features": found}).encode()


def _imported(page: Page, content: bytes) -> None:
    file: FilePayload = {"name": "社区.geojson", "mimeType": "application/geo+json", "buffer": content}
    page.set_input_files("input[type=file]", file)


def _bounded(city: City) -> None:
    lon, lat = SOUTH
    content = geojson(
        ({"code": city.south}, square(lon, lat)), ({"name": "北山社区"}, square(lon, lat + SIDE))
    )
    answer = city.http.post(
        f"/api/v1/{city.j}/imports/boundaries",
        content=content,
        headers={"Content-Type": "application/octet-stream"},
    )
    assert answer.json()["applied"] == 2, answer.text
    assert len(city.rows("boundaries")) == 2


def test_boundaries_are_imported_from_a_file_and_what_fits_no_area_is_listed(
    city: City, board: Board
) -> None:
    page = board(city, "imports", language="en")
    lon, lat = SOUTH
    content = geojson(({"code": city.south}, square(lon, lat)), ({"name": "北山"}, square(lon, lat)))
    _imported(page, content)
    expect(page.get_by_text("1 of 2 features fit an area")).to_be_visible()
    expect(page.get_by_text("北山社区 (")).to_be_visible()
    page.get_by_label("Coordinates in").select_option("GCJ-02")
    page.get_by_role("button", name="Import boundaries (1)").click()
    expect(page.get_by_text("1 boundaries set, 0 unchanged, 1 rejected")).to_be_visible()
    page.get_by_role("link", name="Show the map").click()
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    (row,) = city.rows("boundaries")
    assert row["area"] == city.south
    assert 0.001 < lon - row["boundary"][0][0][0][0] < 0.01  # GCJ-02 lies east of WGS-84


def test_a_place_picked_on_the_map_proposes_its_area(city: City, board: Board) -> None:
    _bounded(city)
    page = board(city, "enter/request", language="en")
    page.get_by_role("button", name="Pick on the map").click()
    canvas = page.locator("canvas.maplibregl-canvas")
    expect(canvas).to_be_visible()
    page.wait_for_selector(".place-box[data-ready]")
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] * 0.6})
    expect(page.get_by_text("In 南山社区")).to_be_visible()
    expect(page.locator("input[data-area]").first).to_have_value(f"南山社区 {city.south}")
    canvas.focus()
    page.keyboard.press("=")
    page.keyboard.press("ArrowUp")
    north = page.get_by_text("In 北山社区")

    def taken() -> bool:
        page.keyboard.press("Enter")
        return north.is_visible()

    until(taken, 10, "the keyboard does not reach the northern area")
    page.get_by_role("button", name="Use as area").click()
    expect(page.locator("input[data-area]").first).to_have_value(f"北山社区 {city.north}")


@pytest.mark.timeout(120)
def test_a_base_map_is_read_from_our_own_server_by_ranges(tmp_path: Path, screens: Screens) -> None:
    env = {"MUSTER_BASEMAP": str(archive(tmp_path / "map.pmtiles"))}
    with served(tmp_path / "data", env=env) as service:
        city = service.city()
        _bounded(city)
        screen = screens.open(service.url, language="en")
        parts, said = list[int](), list[str]()
        screen.page.on(
            "response",
            lambda answer: parts.append(answer.status) if "basemap.pmtiles" in answer.url else None,
        )
        screen.page.on("console", lambda message: said.append(message.text))
        page = screen.sign_in(city, "map")
        expect(page.get_by_text("© Synthetic")).to_be_visible()
        page.goto("about:blank")  # the service ends before the browser
    assert parts
    assert set(parts) == {206}
    assert not [text for text in said if "base map" in text]


def test_without_webgl_the_map_is_a_list_and_says_why(city: City, screens: Screens) -> None:
    screen = screens.open(city.url, language="en")
    screen.page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest); };"
    )
    city.batch(
        [
            (
                "request.open",
                {
                    "request": "R1",
                    "category": "medical",
                    "priority": 1,
                    "area": city.south,
                    "lon": 128.9,
                    "lat": 47.7,
                },
            )
        ]
    )
    page = screen.sign_in(city, "map")
    expect(page.locator("main").get_by_role("alert")).to_contain_text("has no WebGL")
    expect(page.locator(".geo-list")).to_contain_text("Life safety")
