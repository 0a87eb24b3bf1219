"""The wall, read from three metres; the map with and without places; views that stand still are named."""

import http.server
import struct
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import apsw
import pytest
from playwright.sync_api import Page, expect
from scale import LONG
from screens import Board, Screens
from serving import City, Line, Served, number, served, until
from shrinking import chunk

from services.locations.datum import wgs84_to_gcj02

SMALLEST = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const box = walker.currentNode.parentElement;
    const rect = box.getBoundingClientRect();
    if (!walker.currentNode.textContent.trim() || rect.width <= 1 || !box.checkVisibility()) continue;
    found.push([parseFloat(getComputedStyle(box).fontSize), walker.currentNode.textContent.trim()]);
  }
  return found.sort((a, b) => a[0] - b[0])[0];
}"""
"""[font size in px, text] of the smallest text that can be seen."""


@pytest.fixture
def peopled(request: pytest.FixtureRequest) -> City:
    """A city with ten counties, people on duty in each, and requests; in `make long` the stage."""
    if LONG:
        return request.getfixturevalue("stage")
    city: City = request.getfixturevalue("city")
    counties = [f"{city.j}{number}" for number in range(17, 27)]
    areas = [
        ("area.define", {"area": area, "name": f"区域{area[len(city.j) :]}"})
        for one in counties[1:]
        for area in (one, f"{one}001")
    ]
    people: list[tuple[str, dict[str, Any]]] = []
    for nth, county in enumerate(counties):
        for worker in (f"W{nth}-{one}" for one in range(nth % 3 + 1)):
            people.append(("worker.register", {"worker": worker, "role": "rider"}))
            people.append(("worker.check_in", {"worker": worker, "area": f"{county}001"}))
        task = {"area": county, "category": "medicine", "priority": nth % 4 + 1}
        people.append(("request.open", {"request": f"R{nth}", "incident": "I1", **task}))
    incident = ("incident.declare", {"incident": "I1", "name": "3·28 封控", "areas": counties})
    city.batch([*areas, incident, *people])
    return city


def _wall(screens: Screens, url: str, city: City, *, theme: str = "light", query: str = "") -> Page:
    screen = screens.open(url, size=(1920, 1080), theme=theme)
    screen.sign_in(city)
    screen.page.goto(f"{url}/wall{query}#/{city.j}")
    expect(screen.page.locator("[data-figure=on-duty]")).to_be_visible()
    return screen.page


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_the_wall_is_read_from_three_metres(peopled: City, screens: Screens, theme: str) -> None:
    page = _wall(screens, peopled.url, peopled, theme=theme)
    size, text = page.evaluate(SMALLEST)
    assert size >= 28, f"{text!r} is {size} px"
    assert page.evaluate("document.documentElement.scrollHeight <= 1081")
    assert number(page.locator("[data-figure=on-duty]").inner_text()) == peopled.on_duty()


def test_the_wall_shows_one_area_after_another(peopled: City, screens: Screens) -> None:
    page = _wall(screens, peopled.url, peopled, query="?seconds=5")
    heading = page.get_by_role("heading", level=1)
    first = heading.inner_text()
    expect(heading).not_to_have_text(first, timeout=15000)
    on_duty = number(page.locator("[data-figure=on-duty]").inner_text())
    assert on_duty < peopled.on_duty()


def test_a_wall_that_hears_nothing_says_so_across_its_whole_width(
    city: City, line: Line, screens: Screens
) -> None:
    city.batch([("worker.register", {"worker": "W1", "role": "rider"})])
    page = _wall(screens, line.url, city)
    line.cut()
    band = page.locator(".band-disconnected")
    expect(band).to_be_visible(timeout=15000)
    width = band.evaluate("one => one.getBoundingClientRect().width")
    assert width >= 1900
    line.mend()
    expect(band).to_have_count(0, timeout=30000)


def test_areas_without_coordinates_are_a_schematic_whose_figures_are_the_headcount(
    peopled: City, screens: Screens
) -> None:
    page = screens.open(peopled.url, language="en").sign_in(peopled, "map")
    blocks = page.locator(".schematic .block")
    expect(blocks).to_have_count(10)
    rows = [row for row in peopled.rows("headcount", limit=1000) if row["presence"] != "off_duty"]
    for index in range(10):
        name = blocks.nth(index).locator(".block-name").inner_text()
        code = next(row["area"] for row in peopled.rows("areas", level="1", limit=50) if row["name"] == name)
        expected = sum(row["count"] for row in rows if row["area"].startswith(code))
        assert number(blocks.nth(index).locator(".block-sum").inner_text()) == expected, name
    blocks.first.locator(".block-name").click()
    expect(page.get_by_role("navigation", name="Current area")).to_contain_text("伊春市")


GREY = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress((b"\0" + b"\xdd" * 256) * 256))
    + chunk(b"IEND", b"")
)
"""A picture of 256 by 256 points."""


class Tiles(http.server.BaseHTTPRequestHandler):
    """A tile server on loopback; its tiles are grey."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(GREY)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def tiles() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _place(city: City, lon: float, lat: float) -> None:
    """One area, one request and one worker, at one point."""
    there = f"{city.j}18"
    city.batch(
        [
            ("area.define", {"area": there, "name": "南岔", "lon": lon, "lat": lat}),
            ("worker.register", {"worker": "W1", "role": "rider"}),
            ("worker.check_in", {"worker": "W1", "area": there}),
            (
                "request.open",
                {"request": "R1", "category": "grocery", "area": there, "lon": lon, "lat": lat},
            ),
        ]
    )
    now = datetime.now(UTC).isoformat()
    fix = {"worker": "W1", "at": now, "lon": lon + 0.01, "lat": lat}
    body = {"sent_at": now, "datum": "WGS-84", "fixes": [fix]}
    answer = city.http.post(f"/api/v1/{city.j}/telemetry", json=body)
    assert answer.status_code == 200, answer.text


@pytest.mark.timeout(120)
def test_places_are_drawn_without_a_tile_server(city: City, board: Board) -> None:
    _place(city, 128.9, 47.7)
    page = board(city, "map", language="en")
    page.set_default_timeout(30_000)  # without a graphics card a map is drawn slowly, and presses wait for it
    expect(page.get_by_text("1 requests, 1 people, 1 areas")).to_be_visible()
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    page.get_by_role("button", name="R-0001").click()
    expect(page.get_by_role("heading", name="R-0001")).to_be_visible()
    page.get_by_role("button", name="W1").click()
    expect(page.locator(".picked")).to_contain_text("Last seen")


@pytest.mark.timeout(120)
def test_tiles_are_asked_of_the_server_that_is_set_and_points_fit_their_datum(
    tmp_path: Path, tiles: str, screens: Screens
) -> None:
    lon, lat = 128.9, 47.7
    env = {"MUSTER_TILES": f"{tiles}/{{z}}/{{x}}/{{y}}.png", "MUSTER_TILES_DATUM": "gcj02"}
    with served(tmp_path / "data", env=env) as service:
        city = service.city()
        _place(city, lon, lat)
        screen = screens.open(service.url, language="en")
        screen.allow(tiles)
        page = screen.sign_in(city, "map")
        until(lambda: Tiles.asked, 20, "no tile was asked for")
        shifted = page.evaluate(
            """async (point) => {
              const { src } = document.querySelector('script[type=module]');
              const { fromWgs84 } = await import(src.replace('board.js', 'lib/datum.js'));
              return fromWgs84(point, 'GCJ-02');
            }""",
            [lon, lat],
        )
    there = wgs84_to_gcj02(lon, lat)
    assert abs(shifted[0] - there[0]) < 1e-9
    assert abs(shifted[1] - there[1]) < 1e-9


def _set_aside(city: City, position: int) -> None:
    """As after a fold that failed: the view stands still until it is rebuilt."""
    with apsw.Connection(str(city.service.data / "views.sqlite")) as db:
        db.setbusytimeout(2000)
        db.execute("INSERT INTO degraded VALUES (?, ?, ?)", (city.j, "headcount", position))


def test_a_view_that_is_set_aside_is_named_on_a_board_that_is_open(city: City, board: Board) -> None:
    page = board(city, language="en")
    expect(page.locator(".age-degraded")).to_have_count(0)
    _set_aside(city, city.get("headcount")["position"])
    expect(page.locator(".age-degraded").first).to_contain_text("headcount", timeout=15000)


def test_a_view_that_stands_still_is_named(own: Served, screens: Screens) -> None:
    city = own.city()
    position = city.get("headcount")["position"]
    own.kill()
    _set_aside(city, position)
    own.start()
    page = screens.open(city.url, language="en").sign_in(city)
    expect(page.locator(".age-degraded").first).to_contain_text("Not up to date: headcount")
