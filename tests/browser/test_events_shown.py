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
from story import STORY
from tale import tell

from services.base.clock import SharedClock

PAGES = ("overview", "requests", "teams", "workers", "incidents")
AT_ONCE = 1 if LONG else 80
"""Steps of the story between two comparisons: a page that missed one stays wrong until the next."""
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
    for number in range(0, len(STORY), AT_ONCE):
        clock.set(BEGIN + timedelta(minutes=number))
        part = STORY[number : number + AT_ONCE]
        tell(timed, part)
        fresh.page.reload()
        fresh.page.wait_for_selector(".live-live")
        for page in PAGES:
            fresh.at(f"{page}")
            same(SHOWN, live[page], fresh.page, f"{page} after {part[-1][0]}", 8)
    assert len({row["name"] for row in timed.rows("activity", limit=1000)}) > 35


def _opened(screens: Screens, city: City, page: str) -> Page:
    screen: Screen = screens.open(city.url, language="en")
    screen.sign_in(city, f"{page}")
    return screen.page
