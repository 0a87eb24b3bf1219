"""Everybody can use every page: axe-core finds nothing, and a phone or a large type size loses nothing."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from places import NAMES, Place, board, cut_off, opened, say, script, still
from playwright.sync_api import Page
from scale import LONG
from screens import Screen, Screens
from serving import City, until
from windows import Windows

pytestmark = pytest.mark.timeout(900)

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
LOOKS = (("zh", "light"), ("en", "dark"), *((("zh", "dark"), ("en", "light")) if LONG else ()))
PHONE, ZOOMED, DESK = (360, 800), (720, 450), (1440, 900)
"""A desk's window at 200 % has half as many px across and down."""
SMALL = tuple(itertools.product(("zh", "en"), (PHONE, ZOOMED)))
TURNS = itertools.cycle((0, 1))
"""Each page of the board takes one look in turn, and both languages and both small sizes. Every frame and
panel is on many pages. `make long` tries all of both on each."""


@pytest.fixture(scope="module")
def peopled(stage: City) -> City:
    """The stage, and what the scenario lacks: coordinates, and a note for the next shift."""
    area = stage.rows("roster", presence="available", limit=1)[0]["area"]
    stage.ok(
        "request.open", request="PLACED", area=area, category="medicine", priority=1, lon=128.9, lat=47.7
    )
    stage.ok("handover.write", note="N1", text="西门的钥匙在值班室", priority=2)
    return stage


@pytest.fixture(scope="module")
def places(peopled: City) -> dict[str, Place]:
    return {place.name: place for place in board(peopled)}


@pytest.fixture(scope="module")
def window(windows: Windows, peopled: City) -> Iterator[Screen]:
    """One window on the board for all of its pages: each is loaded once."""
    screens = Screens(windows)
    window = screens.open(peopled.url)
    window.sign_in(peopled)
    yield window
    screens.close()


@pytest.mark.parametrize(("name", "turn"), [*zip(NAMES, TURNS, strict=False)], ids=NAMES)
def test_a_page_of_the_board_is_for_everybody(
    name: str, turn: int, screen: Screen, places: dict[str, Place]
) -> None:
    page = screen.page
    page.set_viewport_size(_size(DESK))
    looks, small = (LOOKS, SMALL) if LONG else ((LOOKS[turn],), (SMALL[turn], SMALL[3 - turn]))
    say(page, looks[0][0])
    for_everybody(opened(page, places[name]), looks=looks, small=small)


def test_every_page_of_the_board_is_tried(places: dict[str, Place]) -> None:
    assert sorted(places) == sorted(NAMES), "each once"


def test_signing_in_is_for_everybody(peopled: City, screens: Screens) -> None:
    page = screens.open(peopled.url).page
    page.goto(peopled.url)
    page.wait_for_selector("form")
    page.get_by_label("访问令牌").fill("mst_wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    for_everybody(page)


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_wall_is_for_everybody(signed_in: bool, peopled: City, screens: Screens) -> None:
    screen = screens.open(peopled.url, size=(1920, 1080))
    if signed_in:
        screen.sign_in(peopled)
    screen.page.goto(f"{peopled.url}/wall#/{peopled.j}")
    screen.page.wait_for_selector(".wall-main" if signed_in else ".wall-gate a")
    for_everybody(screen.page, desk=(1920, 1080))


@pytest.mark.parametrize("address", ["near?j=2307", "near", "certificate#wrong"])
def test_a_public_page_is_for_everybody(address: str, stage: City, screens: Screens) -> None:
    wrong: list[str] = []
    for language, theme in LOOKS:
        page = screens.open(stage.url, language=language, theme=theme, size=PHONE, touch=True).page
        page.goto(f"{stage.url}/{address}")
        page.wait_for_selector("ol li, form")
        wrong += _told([*_violations(page), *cut_off(page)], language, theme)
    assert not wrong, "\n".join(wrong)


class Courier:
    """A worker with a phone: signed in by a code, with an offer and a task once on duty."""

    def __init__(self, city: City, screens: Screens) -> None:
        self.city = city
        self.page = screens.open(city.url, size=PHONE, touch=True).page

    def sign_in(self, worker: str) -> Page:
        self.page.goto(f"{self.city.url}{self.city.code(worker)}")
        self.page.wait_for_selector(".duty")
        return self.page


@pytest.fixture
def courier(peopled: City, screens: Screens) -> Courier:
    return Courier(peopled, screens)


def test_the_couriers_page_signed_out_is_for_everybody(courier: Courier) -> None:
    courier.page.goto(f"{courier.city.url}/go")
    courier.page.wait_for_selector("form")
    for_everybody(courier.page, desk=PHONE)


def test_the_couriers_page_off_duty_is_for_everybody(courier: Courier) -> None:
    worker = courier.city.rows("roster", presence="off_duty", limit=1)[0]["worker"]
    page = courier.sign_in(worker)
    for_everybody(page, desk=PHONE)
    page.locator(".duty-on").click()
    page.wait_for_selector("dialog[open]")
    for_everybody(page, desk=PHONE)


def test_the_couriers_page_with_an_offer_and_a_task_is_for_everybody(courier: Courier) -> None:
    city = courier.city
    row = city.rows("roster", presence="available", limit=1)[0]
    worker, area = row["worker"], row["area"]
    contact = {"contact_name": "王芳", "contact_phone": "00000001", "address": "3 单元 402", "text": "降压药"}
    for request in ("OFFERED", "SENT"):
        city.ok("request.open", request=request, area=area, category="medicine", priority=1, **contact)
    city.ok("worker.amend", worker=worker, capacity=3)
    city.ok("assignment.dispatch", assignment="A-SENT", request="SENT", worker=worker)
    city.ok("assignment.offer", assignment="A-OFFERED", request="OFFERED", worker=worker)
    page = courier.sign_in(worker)
    page.wait_for_selector(".card-offer")
    until(lambda: page.locator(".card").count() >= 2, 10, "offer and task are not both shown")
    for_everybody(page, desk=PHONE)
    for part in page.locator("details > summary").all():
        part.click()
    for_everybody(page, desk=PHONE)


def for_everybody(
    page: Page,
    *,
    desk: tuple[int, int] = DESK,
    looks: Sequence[tuple[str, str]] = LOOKS,
    small: Sequence[tuple[str, tuple[int, int]]] = SMALL,
) -> None:
    """In both languages, light and dark, by axe; and on a phone and at 200 %, by where things are.

    The page keeps its language, in which a story goes on.
    """
    wrong: list[str] = []
    spoken = page.evaluate("document.documentElement.lang").split("-")[0]
    for language, theme in looks:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        say(page, language)
        still(page)
        if desk == PHONE:  # at the end of the page, where the bar at its bottom covers nothing
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
        wrong += _told(_violations(page), language, theme)
    for language, size in sorted(small, key=lambda one: one[0] != looks[-1][0]):  # switched once
        say(page, language)
        page.set_viewport_size(_size(size))
        still(page)
        wrong += _told(cut_off(page), language, "x".join(map(str, size)))
    say(page, spoken)
    page.set_viewport_size(_size(desk))
    page.emulate_media(color_scheme="light")
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def _violations(page: Page) -> list[str]:
    """What axe-core finds; it is loaded once into a page."""
    if page.evaluate("() => !window.axe"):
        page.evaluate(AXE)
    return page.evaluate(script("axe"))


def _told(found: list[Any], *where: str) -> list[str]:
    return [f"{' '.join(where)}: {one}" for one in found]


def _size(size: tuple[int, int]) -> Any:
    return {"width": size[0], "height": size[1]}
