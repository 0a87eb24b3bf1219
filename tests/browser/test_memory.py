"""A board that is open all day: what it holds does not grow with what has happened."""

import time

import pytest
from measuring import told
from playwright.sync_api import CDPSession, Page, expect
from scale import scaled
from screens import Screens
from serving import City, number, until

pytestmark = pytest.mark.timeout(900)

ROUNDS, AT_ONCE = scaled("MUSTER_BOARD_ROUNDS", 4, 40), 40
"""Each round opens as many requests and ends them again: a day of a city is some fifty rounds."""
MOST_MB, MOST_NODES = 3.0, 600
"""What may come on top after the first quarter: caches of numbers and dates fill up by then."""


WAITING = {
    "overview": "[data-figure=unfinished]",
    "requests": ".queue-count",
    "map?as=map": ".geo-side h2 + p",
    "wall": ".equation .term:nth-of-type(3)",
}
"""Page -> what shows how many requests wait."""


class Held:
    """What a page holds, once what nothing refers to is gone."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Performance.enable")

    def now(self) -> tuple[float, int]:
        """Heap in MB and the number of DOM nodes, those out of sight included."""
        self._cdp.send("HeapProfiler.collectGarbage")
        found = {one["name"]: one["value"] for one in self._cdp.send("Performance.getMetrics")["metrics"]}
        return round(found["JSHeapUsedSize"] / 1e6, 1), int(found["Nodes"])

    def within(self, mb: float, nodes: int) -> tuple[float, int]:
        """Return what is held once it is less, or after 15 s: what fades out is held until it has."""
        end = time.monotonic() + 15
        while (found := self.now())[0] >= mb or found[1] >= nodes:
            if time.monotonic() > end:
                break
        return found


def _round(city: City, page: Page, place: str, n: int) -> None:
    """Requests come and are ended, and the page has shown both."""
    ids = [f"M{n}-{one}" for one in range(AT_ONCE)]
    what = {"area": city.south, "category": "medicine", "priority": 1 + n % 4, "lon": 128.9, "lat": 47.7}
    city.batch([("request.open", {"request": one, **what}) for one in ids])
    shown = page.locator(WAITING[place]).first
    until(lambda: number(shown.inner_text()) == AT_ONCE, 20, "what came is not shown")
    city.batch([("request.cancel", {"request": one, "reason": "duplicate"}) for one in ids])
    until(lambda: number(shown.inner_text()) == 0, 20, "what ended is still shown")


@pytest.mark.parametrize(
    "place",
    [pytest.param(one, marks=() if one in ("overview", "wall") else pytest.mark.long) for one in WAITING],
)
def test_a_board_holds_no_more_after_a_long_day(place: str, city: City, screens: Screens) -> None:
    wall = place == "wall"
    page = screens.open(city.url).sign_in(city, "overview" if wall else place)
    if wall:
        page.goto(f"{city.url}/wall?seconds=3600#/{city.j}")
    expect(page.locator(".wall-main" if wall else ".live-live")).to_be_visible()
    held, rounds = Held(page), ROUNDS
    for n in range(rounds // 4):
        _round(city, page, place, n)
    first = held.now()
    for n in range(rounds // 4, rounds):
        _round(city, page, place, n)
    last = held.within(first[0] + MOST_MB, first[1] + MOST_NODES)
    told(f"memory of {place}", rounds=rounds, mb=str((first[0], last[0])), nodes=str((first[1], last[1])))
    assert last[0] - first[0] < MOST_MB
    assert last[1] - first[1] < MOST_NODES
