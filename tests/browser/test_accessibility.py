"""Everybody can use every page. Pages of the board are also looked at in test_origin, with hostile names."""

import itertools
from collections.abc import Iterator

import pytest
from everybody import LOOKS, PHONE, for_everybody, told, violations
from places import NAMES, Place, board, cut_off, opened
from playwright.sync_api import Page
from scale import LONG
from screens import Screen, Screens
from serving import City, Served, until
from tale import tell
from windows import Windows

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def peopled(request: pytest.FixtureRequest) -> City:
    """A city with everything once; in `make long` the stage, with what the scenario lacks: coordinates, and
    a note for the next shift."""
    if not LONG:
        return _told(request.getfixturevalue("service"))
    stage: City = request.getfixturevalue("stage")
    area = stage.rows("roster", presence="available", limit=1)[0]["area"]
    stage.ok(
        "request.open", request="PLACED", area=area, category="medicine", priority=1, lon=128.9, lat=47.7
    )
    stage.ok("handover.write", note="N1", text="西门的钥匙在值班室", priority=2)
    return stage


def _told(service: Served) -> City:
    city = City(service, "2307")
    city.ok("jurisdiction.establish", name="伊春市", timezone="Asia/Shanghai")
    tell(city)
    station = {"station": "OPEN", "name": "驿站", "area": "230717", "lon": 128.84, "lat": 47.73}
    city.ok("station.register", services=["rest"], hours="24/7", **station)
    city.ok("station.publish", station="OPEN")
    return city


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


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_the_board_is_for_everybody(name: str, screen: Screen, places: dict[str, Place]) -> None:
    """With thousands of people, in the midst of the lockdown."""
    for_everybody(opened(screen.page, places[name]))


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
    for_everybody(screen.page, 1 if signed_in else 3, desk=(1920, 1080))


ADDRESSES = ("near?j=2307", "near", "certificate#wrong")


@pytest.mark.parametrize(
    ("address", "look"),
    [*(itertools.product(ADDRESSES, LOOKS) if LONG else zip(ADDRESSES, LOOKS, strict=False))],
)
def test_a_public_page_is_for_everybody(
    address: str, look: tuple[str, str, tuple[int, int]], peopled: City, screens: Screens
) -> None:
    language, theme, _ = look
    page = screens.open(peopled.url, language=language, theme=theme, size=PHONE, touch=True).page
    page.goto(f"{peopled.url}/{address}")
    page.wait_for_selector("ol li, form")
    wrong = told([*violations(page), *cut_off(page)], language, theme)
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
    for_everybody(courier.page, 2, desk=PHONE)


def test_the_couriers_page_off_duty_is_for_everybody(courier: Courier) -> None:
    worker = courier.city.rows("roster", presence="off_duty", limit=1)[0]["worker"]
    page = courier.sign_in(worker)
    for_everybody(page, 3, desk=PHONE)
    page.locator(".duty-on").click()
    page.wait_for_selector("dialog[open]")
    for_everybody(page, 0, desk=PHONE)


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
    for_everybody(page, 1, desk=PHONE)
    for part in page.locator("details > summary").all():
        part.click()
    for_everybody(page, 2, desk=PHONE)
