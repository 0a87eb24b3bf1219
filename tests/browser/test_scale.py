"""A large city on the board: thousands on duty, thousands of requests, changes all the time, long lists.

What is measured is the page's own work, so other tests may run beside.
"""

import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from large import ON_DUTY, OPEN, ROSTER, STREETS, TEAMS, large_city
from measuring import longest_task, rests, sorted_by_each_column, told
from places import script
from playwright.sync_api import Page, expect
from scale import LONG
from screens import Screen, Screens
from serving import City, number
from windows import Windows

pytestmark = pytest.mark.timeout(900)

A_SECOND, SECONDS = 10, 10 if LONG else 4
STEADY_MS, SCROLL_MS, SORT_MS = 200, 100, 200
TEAMS_TOO = pytest.param("teams", TEAMS, marks=pytest.mark.long)
"""The same kind of list as the one of workers, and a tenth as long."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with large_city(tmp_path_factory.mktemp("large") / "data") as city:
        yield city


@pytest.fixture(scope="module")
def window(windows: Windows, large: City) -> Iterator[Screen]:
    screens = Screens(windows)
    window = screens.open(large.url)
    window.context.set_default_timeout(30000)
    window.sign_in(large)
    yield window
    screens.close()


def test_the_figures_of_a_large_city_are_right(screen: Screen) -> None:
    page = screen.at("overview")
    page.reload()
    began = time.monotonic()
    page.wait_for_selector("[data-figure=on-duty]")
    page.wait_for_selector("[data-figure=open]")
    told("board of a large city usable", seconds=round(time.monotonic() - began, 2))
    assert number(page.locator("[data-figure=on-duty]").inner_text()) == ON_DUTY
    assert number(page.locator("[data-figure=received]").inner_text()) == OPEN
    assert number(page.locator("[data-figure=open]").inner_text()) == OPEN
    assert number(page.locator("[data-figure=unfinished]").inner_text()) == OPEN


@pytest.mark.parametrize(
    "where", ["overview", "requests", pytest.param("map?as=schematic", marks=pytest.mark.long)]
)
def test_a_page_is_never_stuck_while_changes_come(where: str, large: City, screen: Screen) -> None:
    page = screen.at(where)
    page.wait_for_function("() => !document.querySelector('.loading')")
    rests(page)
    sent = Changes(large, f"{where[:3].upper()}")
    longest = longest_task(page, lambda: sent.during(page))
    told(
        f"longest task, {A_SECOND} changes a second, {where}",
        ms=longest.own,
        wall_ms=longest.wall,
        limit=STEADY_MS,
        changes=sent.count,
    )
    assert sent.count >= A_SECOND * SECONDS * 0.9
    assert longest.own <= STEADY_MS


@pytest.mark.parametrize(("where", "least"), [("workers", ROSTER), TEAMS_TOO, ("requests", OPEN)])
def test_a_long_list_scrolls_smoothly(where: str, least: int, screen: Screen) -> None:
    """Or in a second pass: other processes only ever make a task longer."""
    page = _list(screen, where, least)
    longest = longest_task(page, lambda: _assert_scrolled(page))
    if longest.own > SCROLL_MS:
        longest = longest_task(page, lambda: _assert_scrolled(page))
    told(
        f"longest task, scrolling {where}", ms=longest.own, wall_ms=longest.wall, rows=least, limit=SCROLL_MS
    )
    assert longest.own <= SCROLL_MS


@pytest.mark.parametrize(("where", "least"), [("workers", ROSTER), TEAMS_TOO])
def test_a_long_list_is_sorted_and_searched_at_once(where: str, least: int, screen: Screen) -> None:
    page = _list(screen, where, least)
    first = page.locator(".grid-body .grid-row").first
    waited = longest_task(page, lambda: sorted_by_each_column(page))
    told(f"longest task, sorting {least} {where} by each column", ms=waited.own, wall_ms=waited.wall)
    assert waited.own < SORT_MS
    before = first.inner_text()

    def search() -> None:
        page.locator("[data-filter]").fill("999")
        expect(first).not_to_have_text(before, use_inner_text=True)

    typing = longest_task(page, search)
    told(f"longest task, searching {least} {where}", ms=typing.own, wall_ms=typing.wall)
    assert typing.own < SORT_MS


def _list(screen: Screen, where: str, least: int) -> Page:
    """A list whose rows are all there, in a window that rests."""
    page = screen.at(where)
    page.wait_for_function(
        "least => Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) > least",
        arg=least,
    )
    rests(page)
    return page


def _assert_scrolled(page: Page) -> None:
    assert page.evaluate(script("scroll"), 120), "the end of the list was not reached"


class Changes:
    """Requests that are received at a steady pace while a page is looked at."""

    def __init__(self, city: City, name: str) -> None:
        self._city, self._name, self.count = city, name, 0

    def during(self, page: Page) -> None:
        """For so many seconds, from a thread of its own: the page is not asked for anything meanwhile."""
        sending = threading.Thread(target=self._send)
        sending.start()
        page.wait_for_timeout(SECONDS * 1000)  # the time that is measured; the page is left alone
        sending.join()

    def _send(self) -> None:
        headers = {"Authorization": f"Bearer {self._city.secret}"}
        begin = time.monotonic()
        with httpx.Client(base_url=self._city.url, headers=headers, trust_env=False, timeout=10) as http:
            for n in range(A_SECOND * SECONDS):
                time.sleep(max(0, begin + n / A_SECOND - time.monotonic()))  # the pace of the load
                body = {
                    "request": f"{self._name}-{n}",
                    "area": STREETS[n % len(STREETS)],
                    "category": "grocery",
                }
                path = f"/api/v1/{self._city.j}/commands/request.open"
                assert (
                    http.post(path, json=body, headers={"Idempotency-Key": str(uuid4())}).status_code == 200
                )
                self.count += 1
