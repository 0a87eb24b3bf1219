"""Pages keep to their own origin, run their own scripts alone, and show whatever somebody typed as text."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from everybody import LOOKS, for_everybody
from places import NAMES, Place, board, cut_off, opened, script, still
from playwright.sync_api import Dialog, Page, expect
from scale import LONG
from screens import Screen, Screens
from serving import City, served, until
from tale import tell
from windows import Windows

pytestmark = pytest.mark.timeout(600)

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "{{7*7}}${7*7}%(x)s {n}",
    "javascript:alert(1)",
    "\u05d0\u05d1\u05d2exe.txt",  # from right to left; controls that turn text round are refused
    "宽" * 200,
    "W" * 200,
    "a\u200bb\u200dc\ufeffd",
    "👩‍🚒🏳️‍🌈🚑",
    "<svg onload=alert(1)><style>*{display:none}</style>",
)
NEWEST = datetime(2100, 1, 1, tzinfo=UTC)
"""A start later than that of every other incident; the wall shows the newest one."""
AREAS = tuple(f"2307{number:02}" for number in range(1, len(HOSTILE) + 1))
"""Counties, each with a name of these."""
HELD = {"begins": "2020-01-06T01:00:00Z", "ends": "2020-01-06T04:00:00Z"}
"""Of a training session."""
PLACE = {"lon": 128.9, "lat": 47.7}
PAGES = ("/", "/wall", "/go", "/docs")
BREACHES = """window.breaches = [];
addEventListener("securitypolicyviolation", (one) => breaches.push(one.effectiveDirective));"""
REPORT = (
    "addEventListener('securitypolicyviolation', (one) => console.error('policy', one.violatedDirective));"
)


def _hostile(city: City) -> None:
    city.ok("jurisdiction.establish", name=HOSTILE[0], timezone="Asia/Shanghai")
    tell(city)
    city.batch(
        [
            *(
                ("area.define", {"area": area, "name": name})
                for area, name in zip(AREAS, HOSTILE, strict=True)
            ),
            *(step for number in range(len(HOSTILE)) for step in _with(number)),
        ]
    )


def _with(number: int) -> list[tuple[str, dict[str, Any]]]:
    """One of everything that somebody names, with one of the names in every field of free text."""
    name, area, n = HOSTILE[number], AREAS[number], f"H{number}"
    person = {"name": name, "phone": name, "organisation": name}
    contact = {"contact_name": name, "contact_phone": name, "address": name, "text": name, "source": name}
    task = {"area": area, "category": "grocery", "incident": f"I{n}"}
    return [
        ("incident.declare", {"incident": f"I{n}", "name": name, "areas": [area]}),
        ("worker.register", {"worker": f"W{n}", "role": "rider", "vehicle": name, "capacity": 3, **person}),
        ("worker.check_in", {"worker": f"W{n}", "area": area}),
        (
            "team.form",
            {
                "team": f"T{n}",
                "name": name,
                "kind": "courier",
                "area": area,
                "organisation": name,
                "members": [f"W{n}"],
                "leader": f"W{n}",
                "activate": True,
            },
        ),
        ("request.open", {"request": f"R{n}", **task, **contact}),
        ("request.open", {"request": f"S{n}", **task, **contact}),
        ("assignment.dispatch", {"assignment": f"A{n}", "request": f"S{n}", "worker": f"W{n}"}),
        ("handover.write", {"note": f"N{n}", "area": area, "text": name}),
        *_institutions(number, n, name, area),
    ]


def _institutions(number: int, n: str, name: str, area: str) -> list[tuple[str, dict[str, Any]]]:
    """One of each thing that an institution names."""
    return [
        ("unit.establish", {"unit": f"U{n}", "name": name, "area": area}),
        ("post.create", {"post": f"P{n}", "name": name, "unit": f"U{n}", "area": area}),
        ("post.charge", {"post": f"P{n}", "task": "answer", "area": area}),
        ("post.appoint", {"post": f"P{n}", "holder": f"H{n}", "holder_name": name}),
        ("enterprise.register", {"enterprise": f"E{n}", "area": area, "name": name, "brand": name}),
        ("review.open", {"enterprise": f"E{n}"}),
        ("source_list.declare", {"source_list": f"L{n}", "kind": "registry", "title": name, "areas": [area]}),
        ("entry.list", {"entry": f"B{n}", "source_list": f"L{n}", "area": area, "name": name}),
        ("station.register", {"station": f"D{n}", "name": name, "area": area, "address": name, **PLACE}),
        ("station.use", {"station": f"D{n}", "service": "rest", "via": "keeper"}),
        ("visit.record", {"visit": f"V{n}", "group": name, "area": area, "heard": name}),
        ("commitment.make", {"commitment": f"C{n}", "kind": "decision", "title": name, "owner": f"P{n}"}),
        ("duty_item.list", {"duty_item": f"J{n}", "post": f"P{n}", "title": name}),
        ("course.offer", {"course": f"O{n}", "title": name, "mode": "base", "area": area}),
        ("session.plan", {"session": f"G{n}", "course": f"O{n}", **HELD}),
        ("session.attend", {"session": f"G{n}", "worker": f"W{n}", "half": "2020-01-06.am", "reason": name}),
        (
            "chapter.form",
            {
                "chapter": f"K{n}",
                "name": name,
                "route": "joint",
                "enterprises": [f"E{n}"],
                "area": area,
                "trade": "courier",
                "reason": "asked",
            },
        ),
        ("chapter.lead", {"chapter": f"K{n}", "post": f"P{n}"}),
        ("nomination.make", {"nomination": f"X{n}", "worker": f"W{n}", "honour": "other", "text": name}),
        ("nomination.add_deed", {"nomination": f"X{n}", "deed": "claim", "note": name}),
        ("worker.consent", {"worker": f"W{n}"}),
        (
            "publication.publish",
            {
                "publication": f"Q{n}",
                "topic": name,
                "channel": "other",
                "outlet": name,
                "worker": f"W{n}",
                "name": name,
                "text": name,
                "area": area,
            },
        ),
        (
            "brand.register",
            {
                "brand": f"Z{n}",
                "trade": f"trade{number}",
                "name": name,
                "slogan": name,
                "mark": f"M0 0 H{number + 1} V20 Z",
                "colour": f"#00000{number}",
                "area": area,
            },
        ),
        ("undertaking.set_up", {"undertaking": f"T{n}", "title": name, "leader": f"P{n}", "goal": name}),
        ("inspection.order", {"inspection": f"N{n}", "undertaking": f"T{n}"}),
        (
            "activity.announce",
            {"activity": f"F{n}", "title": name, "area": area, "begins": "2022-03-01T02:00:00Z"},
        ),
    ]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A service where everything that has a name has a hostile one."""
    data: Path = tmp_path_factory.mktemp("hostile") / "data"
    with served(data) as service:
        city = City(service, "2307")
        _hostile(city)
        yield city


@pytest.fixture(scope="module")
def places(hostile: City) -> dict[str, Place]:
    return {place.name: place for place in board(hostile)}


@pytest.fixture(scope="module")
def window(windows: Windows, hostile: City) -> Iterator[Screen]:
    screens = Screens(windows)
    window = _watched(screens.open(hostile.url))
    window.sign_in(hostile)
    yield window
    screens.close()


def _watched(screen: Screen) -> Screen:
    """Tells breaches of the policy, and dialogs that no page of ours opens."""

    def dismissed(dialog: Dialog) -> None:
        screen.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    screen.page.add_init_script(REPORT)
    screen.page.on("dialog", dismissed)
    return screen


@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_load_and_run_nothing_but_what_is_served_with_it(path: str, hostile: City) -> None:
    answer = httpx.get(f"{hostile.url}{path}")
    assert answer.status_code == 200
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert {policy[name] for name in ("default-src", "script-src", "style-src", "connect-src")} == {"'self'"}
    assert {policy[name] for name in ("object-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "http" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule_of_its_own_policy(path: str, hostile: City, screens: Screens) -> None:
    page = _watched(screens.open(hostile.url)).page
    page.goto(f"{hostile.url}{path}", wait_until="load")
    page.wait_for_selector("h1, .opblock", timeout=60_000)  # Swagger UI draws a hundred operations
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", ["/", "/wall", "/go"])
def test_what_is_smuggled_into_a_page_does_not_run(path: str, hostile: City, screens: Screens) -> None:
    screen = screens.open(hostile.url)
    page = screen.page
    page.add_init_script("window.ran = [];")
    page.add_init_script(BREACHES)
    page.goto(f"{hostile.url}{path}")
    page.wait_for_selector("h1")
    page.evaluate(script("smuggle"))
    until(lambda: "refused" in page.evaluate("ran"), 5, "eval was not refused")
    until(lambda: _refused(page), 5, lambda: f"refused: {[one.evaluate('breaches') for one in page.frames]}")
    assert page.evaluate("ran") == ["refused"]
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).position") == "static"
    screen.wrong.clear()


def _refused(page: Page) -> bool:
    """Whether the policy has stopped each kind of script and the style, and the script of the frame."""
    main, *frames = (set(frame.evaluate("breaches")) for frame in page.frames)
    return {"script-src-elem", "script-src-attr", "style-src-attr"} <= main and all(frames) and bool(frames)


ALL_SHOWN = {
    *("overview", "requests", "teams", "workers", "schematic", "incidents", "notes", "cards of areas"),
    "enter request",
}
"""Pages that show every one of the names; others show some."""
REQUESTS, WORKERS, COURIERS = (
    range(len(HOSTILE)) if LONG else range(first, len(HOSTILE), 3) for first in range(3)
)
"""Names that each of three pages reveals: they share them, and in `make long` each tries all."""


TURNS = sorted(enumerate(NAMES), key=lambda one: one[0] % len(LOOKS))
"""All pages with their number, those that are looked at in the same look together."""


@pytest.mark.parametrize(("turn", "name"), TURNS, ids=[name for _, name in TURNS])
def test_whatever_somebody_typed_is_shown_as_text_on_a_page_for_everybody(
    turn: int, name: str, screen: Screen, places: dict[str, Place]
) -> None:
    """Both at one visit, which takes longer than looking."""
    page = opened(screen.page, places[name])
    shows(page, *(HOSTILE if name in ALL_SHOWN else ()))
    innocent(page, sizes=())
    for_everybody(page, turn, stays=True)


def test_every_page_of_the_board_is_tried(places: dict[str, Place]) -> None:
    assert sorted(places) == sorted(NAMES), "each once"


@pytest.mark.parametrize("number", REQUESTS)
def test_what_is_revealed_of_a_request_is_text(number: int, screen: Screen) -> None:
    page = screen.at(f"requests/RH{number}")
    page.wait_for_selector(".contact")
    page.locator('[data-key="c"]').click()
    page.wait_for_selector(".contact a[href^='tel:'], .contact .fact-contact_phone a")
    facts = page.locator(".contact dd")
    assert [text.strip() for text in facts.all_text_contents()] == [HOSTILE[number].strip()] * 4
    shows(page, HOSTILE[number])
    innocent(page)


@pytest.mark.parametrize("number", WORKERS)
def test_what_is_revealed_of_a_worker_is_text(number: int, screen: Screen) -> None:
    page = screen.at(f"workers/WH{number}")
    page.wait_for_selector("aside .folk-reveal button")
    page.locator("aside .folk-reveal button").first.click()
    until(lambda: HOSTILE[number] in page.locator(".folk-reveal").inner_text(), 5, "the name is not shown")
    innocent(page)


def test_the_wall_shows_names_as_text(hostile: City, screens: Screens) -> None:
    screen = _watched(screens.open(hostile.url, size=(1920, 1080)))
    screen.sign_in(hostile)
    page = screen.page
    page.goto(f"{hostile.url}/wall#/{hostile.j}")
    page.wait_for_selector(".wall-main")
    for number, name in enumerate(HOSTILE):
        shows(page, name)
        starts = NEWEST + timedelta(hours=number)
        hostile.ok("incident.amend", incident=f"IH{number}", starts_at=starts.isoformat())
        expect(page.locator(".wall-incident")).to_contain_text(name)
        innocent(page, sizes=((1920, 1080),))
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("number", COURIERS)
def test_the_couriers_page_shows_names_as_text(number: int, hostile: City, screens: Screens) -> None:
    screen = _watched(screens.open(hostile.url, size=(360, 800), touch=True))
    page = screen.page
    page.goto(f"{hostile.url}{hostile.code(f'WH{number}')}")
    page.wait_for_selector(".duty")
    page.wait_for_selector(".card")
    for part in page.locator("details > summary").all():
        part.click()
    page.locator(".contact-ways button").first.click()
    until(
        lambda: page.evaluate(script("said")).count(HOSTILE[number]) >= 4,
        5,
        "name, team, area and address are not shown",
    )
    innocent(page, sizes=((360, 800),))


def shows(page: Page, *names: str) -> None:
    """As they were typed, character by character."""
    missing: list[str] = []

    def said() -> bool:
        text = page.evaluate(script("said"))
        missing[:] = [name for name in names if name not in text]
        return not missing

    until(said, 15, lambda: f"not shown: {missing}")


def innocent(page: Page, *, sizes: tuple[tuple[int, int], ...] = ((1440, 900), (360, 800))) -> None:
    """Nothing of what was typed has become markup, nothing turns its surroundings, and nothing is cut off."""
    wrong: list[str] = [*page.evaluate(script("markup")), *page.evaluate(script("turned"))]
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        still(page)
        wrong += [f"{width}x{height}: {one}" for one in cut_off(page)]
    assert not wrong, "\n".join(wrong)
