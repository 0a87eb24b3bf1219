"""For every type of event: what a page shows after its patches is what a fresh page shows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from places import same
from playwright.sync_api import Page
from scale import LONG
from screens import Screen, Screens
from serving import City, served
from story import STORY, upload_of

from services.base.clock import SharedClock

PAGES = ("overview", "requests", "teams", "workers", "incidents")
EVERY = 1 if LONG else 24
"""New types of events between two comparisons: a page that missed one stays wrong until the next."""
BEGIN = datetime.fromisoformat("2022-03-28T09:00:00+08:00")
SHOWN = """() => {
  const main = document.querySelector("main").cloneNode(true);
  for (const one of main.querySelectorAll(".age, .lines, .queue-fresh, canvas, [role=status]")) one.remove();
  return main.textContent.replace(/\\s+/g, " ").trim();
}"""
"""All texts of the page but what tells of the page itself: the age of tiles, and how much is new on it."""


@pytest.fixture
def clock(tmp_path: Path) -> SharedClock:
    """It stands still but for the test: ages on two pages are the same."""
    clock = SharedClock(tmp_path / "clock")
    clock.set(BEGIN)
    return clock


@pytest.fixture
def timed(tmp_path: Path, clock: SharedClock) -> Iterator[City]:
    with served(tmp_path / "data", env={"MUSTER_CLOCK": str(tmp_path / "clock")}) as service:
        city = City(service, "2307")
        city.ok("jurisdiction.establish", name="City", timezone="Asia/Shanghai")
        yield city


@pytest.mark.timeout(600)
def test_pages_after_patches_equal_fresh_pages(timed: City, clock: SharedClock, screens: Screens) -> None:
    live = {name: _opened(screens, timed, name) for name in PAGES}
    fresh = screens.open(timed.url, language="en")
    fresh.sign_in(timed)
    seen: set[str] = set()
    new = 0
    for number, (name, body) in enumerate(STORY, 1):
        clock.set(BEGIN + timedelta(minutes=number))
        upload = upload_of(name, body)
        more = timed.http.post(f"/api/v1/{timed.j}/files", **upload).json() if upload else {}
        answer = timed.send(name, **body | more)
        assert answer.status_code == 200, answer.text
        events = _events(timed, answer.json()["position"])
        if events <= seen:
            continue
        seen |= events
        new += 1
        if new % EVERY and (name, body) != STORY[-1]:
            continue
        fresh.page.reload()
        fresh.page.wait_for_selector(".live-live")
        for page in PAGES:
            fresh.at(f"{page}")
            same(SHOWN, live[page], fresh.page, f"{page} after {name}", 8)
    assert len(seen) > 35


def _opened(screens: Screens, city: City, page: str) -> Page:
    screen: Screen = screens.open(city.url, language="en")
    screen.sign_in(city, f"{page}")
    return screen.page


def _events(city: City, position: int) -> set[str]:
    """Names of the events of the commit that ends at a position, or near it."""
    return {row["name"] for row in city.rows("activity", limit=3) if row["position"] <= position}
