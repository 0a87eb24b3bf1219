"""The frame of the board: signing in, two languages, and the truth about how fresh it is."""

import pytest
from playwright.sync_api import Page, expect
from screens import Screens
from serving import City, Line, Served, number, until


def test_the_printed_link_signs_in_and_its_token_is_gone_from_the_address(
    city: City, screens: Screens
) -> None:
    page = screens.open(city.url).sign_in(city)
    expect(page.locator(".top-name")).to_contain_text("伊春市")
    assert city.secret not in page.url
    assert city.secret not in page.content()


def test_a_link_that_is_refused_says_so_and_nobody_goes_on_as_who_was_there_before(
    city: City, screens: Screens
) -> None:
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city)
    page.goto(f"{city.url}/#token=mst_revoked")
    expect(page.get_by_role("alert")).to_contain_text("unknown, revoked or expired")
    assert "mst_revoked" not in page.url
    page.goto(city.url)
    expect(page.get_by_label("Access token")).to_be_visible()


def test_a_link_that_the_service_does_not_answer_is_tried_again(city: City, screens: Screens) -> None:
    page = screens.open(city.url).page
    page.route("**/api/v1/session", lambda route: route.fulfill(status=503, body="{}"), times=1)
    page.goto(f"{city.url}/#token={city.token('dispatcher')}")
    expect(page.locator(".live-live")).to_be_visible(timeout=15000)


def test_a_page_that_there_is_not_leads_back(city: City, screens: Screens) -> None:
    page = screens.open(city.url, language="en").sign_in(city, "nope")
    expect(page.get_by_role("alert")).to_contain_text("Page not found.")
    page.get_by_role("alert").get_by_role("link", name="Overview").click()
    expect(page.locator("[data-figure=on-duty]")).to_be_visible()


def test_who_is_not_signed_in_is_told_how(city: City, screens: Screens) -> None:
    screen = screens.open(city.url, language="en")
    screen.page.goto(city.url)
    expect(screen.page.get_by_label("Access token")).to_be_visible()
    screen.page.get_by_label("Access token").fill("mst_wrong")
    screen.page.get_by_role("button", name="Sign in").click()
    expect(screen.page.get_by_role("alert")).to_contain_text("unknown, revoked or expired")
    screen.page.get_by_label("Access token").fill(city.token("dispatcher"))
    screen.page.get_by_role("button", name="Sign in").click()
    expect(screen.page.locator(".live-live")).to_be_visible()


def test_a_jurisdiction_that_is_not_there_says_so_and_leads_back(city: City, screens: Screens) -> None:
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city)
    page.evaluate("location.hash = '#/9999/requests'")
    expect(page.get_by_role("alert")).to_contain_text("9999 does not exist yet")
    page.get_by_role("link", name="Choose a jurisdiction").click()
    page.get_by_role("link", name=city.j).click()
    expect(page.locator(".live-live")).to_be_visible()


def test_the_language_changes_at_once_and_stays(city: City, screens: Screens) -> None:
    screen = screens.open(city.url, language="zh")
    page = screen.sign_in(city)
    navigation = page.get_by_role("navigation")
    expect(navigation).to_contain_text("求助")
    page.get_by_role("button", name="EN").click()
    expect(navigation).to_contain_text("Requests")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    expect(navigation).to_contain_text("Requests")


def test_a_frozen_stream_never_looks_alive(city: City, line: Line, screens: Screens) -> None:
    """Nothing breaks, no error comes; the page says by itself that it hears nothing."""
    page = _board(screens, line.url, city)
    line.freeze()
    page.wait_for_selector(".live-behind, .live-disconnected", timeout=12000)
    page.wait_for_selector(".live-disconnected", timeout=15000)
    assert number(page.locator(".live").inner_text()) >= 5
    assert page.locator(".tile-stale").count() > 0
    line.thaw()
    page.wait_for_selector(".live-live", timeout=20000)


def test_a_cut_stream_resumes_where_it_broke_off(city: City, line: Line, screens: Screens) -> None:
    page = _board(screens, line.url, city)
    line.cut()
    page.wait_for_selector(".live-disconnected")
    city.batch(
        [
            ("worker.register", {"worker": "W1", "role": "rider", "name": "队员001"}),
            ("worker.check_in", {"worker": "W1", "area": city.south}),
        ]
    )
    line.mend()
    page.wait_for_selector(".live-live")
    until(lambda: _on_duty(page) == 1, 5, "the board does not show who came while it was away")


@pytest.mark.timeout(120)
def test_a_board_recovers_by_itself_when_the_service_was_killed(own: Served, screens: Screens) -> None:
    city = own.city()
    page = _board(screens, city.url, city)
    city.ok("worker.register", worker="W1", role="rider", name="队员001")
    own.kill()
    page.wait_for_selector(".live-disconnected")
    own.start()
    page.wait_for_selector(".live-live", timeout=20000)
    city.ok("worker.check_in", worker="W1", area=city.south)
    until(lambda: _on_duty(page) == 1, 5, "the board does not go on")


def _board(screens: Screens, url: str, city: City) -> Page:
    """An open board, with all that it loads: what breaks then is the stream."""
    page = screens.open(url).sign_in(city)
    expect(page.locator("[data-figure=on-duty]")).to_be_visible()
    return page


def _on_duty(page: Page) -> int:
    return number(page.locator("[data-figure=on-duty]").inner_text())
