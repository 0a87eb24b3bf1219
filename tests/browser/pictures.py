"""Retakes the pictures of docs/pictures (`make pictures`): day 8 of the Yichun scenario, at ten.

Not collected by `make test`. What the scenario lacks, such as coordinates, is added after the pictures
that can do without it. Its people and places are synthetic.
"""

import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from places import board, opened, still
from playwright.sync_api import Page
from screens import Screen, Screens
from serving import City, until
from shrinking import shrunk

pytestmark = pytest.mark.timeout(900)

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
LANGUAGES = ("zh", "en")
STAGE = "2022-04-04T10:00+08:00"
"""Of the fixture `stage`: 300 on duty, 80 unfinished requests, 67 teams."""
DESK, WALL, PHONE, PAPER = (1440, 900), (1920, 1080), (360, 800), (1123, 794)
SHARP = 2
"""Pixels of a phone's screen to one of the page."""
PAGES = (
    *("overview", "requests", "request", "assign", "teams", "team", "workers", "worker", "schematic"),
    *("incident", "notes", "enter request", "enter team", "import", "cards of areas"),
)
INSTITUTIONS = ("who answers", "enterprise", "comparison", "chapters", "coverage")
DARK = ("overview", "request", "schematic")
KEY = "西门的钥匙在值班室，凭工作证领取"
"""A note for the next shift."""
CENTRE = (128.907, 47.727)
"""Longitude and latitude of Yichun's centre."""


@pytest.fixture(scope="module")
def noted(stage: City) -> City:
    """The stage with notes for the next shift."""
    for note, text, priority in (
        ("N1", KEY, 3),
        ("N2", "3 号楼透析病人 6 点前要车，司机已联系", 1),
        ("N3", "退烧药明早 8 点到货，先送红色预警的求助", 2),
    ):
        stage.ok("handover.write", note=note, text=text, priority=priority)
    stage.ok("handover.acknowledge", note="N1")
    return stage


@pytest.mark.parametrize("language", LANGUAGES)
def test_signing_in(language: str, stage: City, screens: Screens) -> None:
    page = screens.open(stage.url, language=language, size=DESK).page
    page.goto(stage.url)
    page.wait_for_selector("form")
    taken(page, "sign-in", language)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_board(language: str, theme: str, noted: City, screens: Screens) -> None:
    screen = signed_in(noted, screens, language, theme)
    for place in board(noted):
        if place.name in (PAGES if theme == "light" else DARK):
            opened(screen.page, place)
            if place.name == "notes":  # their texts are revealed on request
                screen.page.wait_for_selector(f"text={KEY}")
            taken(screen.page, place.name.replace(" ", "-"), language, theme)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_institutions(language: str, stage: City, screens: Screens) -> None:
    screen = signed_in(stage, screens, language)
    for place in board(stage):
        if place.name in INSTITUTIONS:
            opened(screen.page, place)
            taken(screen.page, place.name.replace(" ", "-"), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_of_the_queue(language: str, noted: City, screens: Screens) -> None:
    page = signed_in(noted, screens, language, size=PAPER).at("requests?priority=2")
    page.wait_for_selector(".grid-body .grid-row")
    page.emulate_media(media="print")
    page.wait_for_selector(".list-paper table")
    taken(page, "requests-on-paper", language)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wall(language: str, theme: str, noted: City, screens: Screens) -> None:
    screen = signed_in(noted, screens, language, theme, WALL)
    screen.page.goto(f"{noted.url}/wall#/{noted.j}")
    screen.page.wait_for_selector(".wall-main")
    taken(screen.page, "wall", language, theme)


@pytest.fixture(scope="module")
def courier(noted: City) -> str:
    """A rider on duty with a task under way, and an offer."""
    row = noted.rows("roster", presence="available", role="rider", limit=1)[0]
    worker, area = row["worker"], row["area"]
    contact = {"contact_name": "居民00001号", "contact_phone": "00000000001", "address": "3 号楼 2 单元 402"}
    noted.ok("worker.amend", worker=worker, capacity=3)
    for request, category, text in (
        ("P-TASK", "medicine", "降压药两盒，放在门口"),
        ("P-OFFER", "grocery", "米 10 斤"),
    ):
        what: dict[str, Any] = {"category": category, "area": area, "text": text, **contact}
        noted.ok("request.open", request=request, priority=2, lon=CENTRE[0], lat=CENTRE[1], **what)
    noted.ok("assignment.dispatch", assignment="P-A1", request="P-TASK", worker=worker)
    noted.ok("assignment.progress", assignment="P-A1", stage="en_route")
    return worker


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_couriers_page_without_anybody(language: str, stage: City, screens: Screens) -> None:
    page = phone(stage, screens, language)
    page.goto(f"{stage.url}/go")
    page.wait_for_selector("form")
    taken(page, "courier-sign-in", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_couriers_page_off_duty(language: str, noted: City, screens: Screens) -> None:
    worker = noted.rows("roster", presence="off_duty", role="rider", limit=1)[0]["worker"]
    page = signed_in_by_code(noted, phone(noted, screens, language), worker)
    taken(page, "courier-off-duty", language)
    page.locator(".duty-on").click()
    page.wait_for_selector("dialog[open]")
    taken(page, "courier-where", language)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_couriers_page_at_work(
    language: str, theme: str, noted: City, courier: str, screens: Screens
) -> None:
    page = signed_in_by_code(noted, phone(noted, screens, language, theme), courier)
    page.wait_for_selector(".card")
    taken(page, "courier-task", language, theme)
    if theme == "dark":
        return
    offer = f"P-{language}"
    noted.ok("assignment.offer", assignment=offer, request="P-OFFER", worker=courier)
    page.wait_for_selector(".card-offer")
    taken(page, "courier-offer", language)
    noted.ok("assignment.release", assignment=offer, reason="other")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map(language: str, noted: City, screens: Screens) -> None:
    scattered(noted)
    screen = signed_in(noted, screens, language)
    for place in board(noted):
        if place.name == "map":
            opened(screen.page, place)
            taken(screen.page, place.name, language)


def scattered(city: City) -> None:
    """Places for some requests and people, the same ones at every run: the scenario has none."""
    chance = random.Random(328)

    def near() -> dict[str, float]:
        x, y = (max(-1.5, min(1.5, chance.gauss(0, 0.6))) for _ in range(2))
        return {"lon": round(CENTRE[0] + 0.045 * x, 5), "lat": round(CENTRE[1] + 0.03 * y, 5)}

    unfinished = city.rows("requests", state=["open", "assigned", "in_progress"], limit=40)
    city.batch([("request.amend", {"request": row["request"], **near()}) for row in unfinished])
    on_duty = city.rows("roster", presence=["available", "assigned", "en_route"], limit=60)
    now = city.http.get("/api/v1/session").json()["now"]
    fixes = [
        {"worker": row["worker"], "at": _before(now, chance.choice((0, 1, 3, 12, 25, 70))), **near()}
        for row in on_duty
    ]
    body = {"sent_at": now, "datum": "WGS-84", "fixes": fixes}
    answer = city.http.post(f"/api/v1/{city.j}/telemetry", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["kept"] + answer.json()["older"] == len(fixes), answer.text


def _before(now: str, minutes: int) -> str:
    """An instant so many minutes before another."""
    at = datetime.fromisoformat(now).timestamp() - 60 * minutes
    return datetime.fromtimestamp(at).astimezone().isoformat()


def signed_in(
    city: City,
    screens: Screens,
    language: str,
    theme: str = "light",
    size: tuple[int, int] = DESK,
) -> Screen:
    """A window on the board."""
    screen = screens.open(city.url, language=language, theme=theme, size=size)
    screen.sign_in(city)
    return screen


def phone(city: City, screens: Screens, language: str, theme: str = "light") -> Page:
    """A phone on which nobody is signed in."""
    screen = screens.open(city.url, language=language, theme=theme, size=PHONE, touch=True, sharp=SHARP)
    return screen.page


def signed_in_by_code(city: City, page: Page, worker: str) -> Page:
    """The phone, once a worker has opened the link that the centre made for them."""
    page.goto(f"{city.url}{city.code(worker)}")
    page.wait_for_selector(".duty")
    return page


def taken(page: Page, name: str, language: str, theme: str = "light") -> None:
    """The picture of a page, once it stands still."""
    still(page)
    FOLDER.mkdir(parents=True, exist_ok=True)
    look = "" if theme == "light" else f".{theme}"
    (FOLDER / f"{name}.{language}{look}.png").write_bytes(shrunk(_settled(page), page))


def _settled(page: Page) -> bytes:
    """A picture like the one before it: a map draws without telling."""
    shots: list[bytes] = []

    def same() -> bool:
        shots.append(page.screenshot(animations="disabled", caret="hide"))
        return shots[-2:-1] == shots[-1:]

    until(same, 30, "the page never stands still")
    return shots[-1]
