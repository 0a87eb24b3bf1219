"""Nobody is overlooked: what waits is never green, and what arrives is heard until acknowledged."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from screens import Screens
from serving import City, until

pytestmark = pytest.mark.timeout(180)

HEARD = """() => {
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...given) {
    window.tones += 1;
    return start.apply(this, given);
  };
}"""
"""Counts the notes that the page plays."""


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _opened(city: City, request: str, *, priority: int = 1, area: str | None = None) -> None:
    city.ok("request.open", request=request, area=area or city.south, category="medicine", priority=priority)


def _wall(screens: Screens, city: City) -> Page:
    screen = screens.open(city.url, size=(1920, 1080))
    screen.sign_in(city)
    screen.page.goto(f"{city.url}/wall#/{city.j}")
    expect(screen.page.locator(".pane-needs [data-stand]:not([data-stand=unknown])")).to_be_visible()
    return screen.page


def test_ten_life_safety_requests_with_nobody_on_duty(city: City, screens: Screens) -> None:
    """No page is green: the overview, the queue and the wall say what waits, and where nobody is."""
    _opened(city, "N1", priority=3)
    for n in range(10):
        _opened(city, f"L{n}", area=(city.south, city.north)[n % 2])
    screen = screens.open(city.url)
    page = screen.sign_in(city)
    for place in ("overview", "requests"):
        screen.at(place)
        expect(page.locator("[data-kind=waiting]")).to_contain_text("10 条危及生命无人处理")
        expect(page.locator("[data-kind=waiting] .needs-also")).to_have_text(
            "无人在岗 10 · 新求助，未确认 10"
        )
        expect(page.locator("[data-kind=nobody_on_duty]")).to_have_text(re.compile("^1 条待处理，无人在岗"))
        expect(page.locator("[data-kind]")).to_have_count(2)
        expect(page.get_by_text("目前无人在岗")).to_be_visible()
        expect(page.locator("[data-stand=clear]")).to_have_count(0)
    rows = page.locator(".grid-body .grid-row")
    expect(rows).to_have_count(11)
    assert all("危及生命" in text for text in rows.all_inner_texts()[:10])
    expect(rows.nth(0)).to_have_class("grid-row row-life row-alert-1")
    expect(rows.nth(10)).to_contain_text("R-0001")
    wall = _wall(screens, city)
    expect(wall.locator("[data-kind=waiting]")).to_be_visible()
    for name in ("南山社区", "北山社区"):
        expect(wall.locator(".bare")).to_contain_text(name)
    expect(wall.locator("[data-stand=clear]")).to_have_count(0)


def test_green_is_only_where_somebody_is_there_and_nothing_waits(city: City, screens: Screens) -> None:
    page = screens.open(city.url).sign_in(city)
    expect(page.locator("[data-stand=nobody]")).to_have_text("无人在岗")
    city.ok("worker.register", worker="W1", name="队员001", role="rider")
    city.ok("worker.check_in", worker="W1", area=city.south)
    expect(page.locator("[data-stand=clear]")).to_contain_text("1 人在岗")
    _opened(city, "L1")
    expect(page.locator("[data-kind=waiting]")).to_be_visible()
    expect(page.locator("[data-stand=clear]")).to_have_count(0)


def test_a_new_life_safety_request_is_heard_and_seen_until_acknowledged(city: City, screens: Screens) -> None:
    wall = _wall(screens, city)
    screen = screens.open(city.url)
    screen.page.add_init_script(f"({HEARD})()")
    page = screen.sign_in(city, "teams")
    page.locator("main").click()  # a browser lets a page be heard only then
    screen.at("overview")
    expect(page.locator("[data-stand=nobody]")).to_be_visible()
    screen.at("teams")
    _opened(city, "L1")
    banner = page.locator(".arrival-life")
    expect(banner).to_contain_text("危及生命")
    expect(banner).to_contain_text("R-0001 · 送药 · 南山社区")
    expect(page).to_have_title("(1) 队伍 · 伊春市")
    expect(page.locator(".top-count-urgent")).to_have_text("1 条新求助未确认")
    until(lambda: page.evaluate("window.tones") >= 3, 5, "the request is not heard")
    expect(wall.locator(".takeover")).to_contain_text("R-0001")
    screen.at("map")
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="确认收到").click()
    expect(banner).to_have_count(0)
    expect(page).to_have_title("地图 · 伊春市")
    (row,) = city.rows("requests")
    assert row["acknowledged_by"]
    expect(wall.locator(".takeover")).to_have_count(0, timeout=15000)


def test_sound_is_off_by_choice(city: City, screens: Screens) -> None:
    screen = screens.open(city.url)
    screen.page.add_init_script(f"({HEARD})()")
    page = screen.sign_in(city)
    page.get_by_role("button", name="声音和通知").click()
    page.get_by_role("button", name="试听：危及生命").click()
    expect(page.get_by_text("听到了吗？")).to_be_visible()
    page.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    before = page.evaluate("window.tones")
    _opened(city, "L1")
    expect(page.locator(".arrival-life")).to_be_visible()
    assert page.evaluate("window.tones") == before


def test_an_sos_shouts_until_somebody_has_it_in_hand(city: City, screens: Screens) -> None:
    city.ok("worker.register", worker="W1", name="队员001", role="rider")
    city.ok("worker.check_in", worker="W1", area=city.south)
    page = screens.open(city.url).sign_in(city, "incidents")
    wall = _wall(screens, city)
    city.ok("worker.raise_sos", worker="W1", sos="S1", place="47.7234, 128.9123 ±12 m", at=_now())
    banner = page.locator(".arrival-sos")
    expect(banner).to_contain_text("南山社区")
    expect(wall.locator(".takeover-sos")).to_be_visible()
    banner.get_by_role("button", name="确认收到").click()
    expect(page.locator(".arrival-known")).to_contain_text("已接手")
    assert city.rows("sos")[0]["acknowledged_by"]

    fix = {"worker": "W1", "at": _now(), "lat": 47.7241, "lon": 128.9131, "accuracy": 9}
    given = city.http.post(f"/api/v1/{city.j}/telemetry", json={"sent_at": _now(), "fixes": [fix]})
    assert given.json()["kept"] == 1
    page.locator(".arrival-known a").click()
    call = page.locator(".call")
    expect(page.locator(".call-position")).to_contain_text("47.7241, 128.9131 ±9 m")
    expect(call).not_to_contain_text("47.7234")
    call.get_by_role("button", name="显示位置").click()
    expect(call).to_contain_text("47.7234, 128.9123 ±12 m")
    until(lambda: "personal.revealed" in {one["name"] for one in city.rows("activity")}, 10, "not recorded")
