"""The main stories in Firefox: a newcomer, an alarm, a dispatch, and a courier without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import test_first_hour
import test_undo
from firefox import CHANNEL, DRIVER, PREFERENCES, firefox
from phones import Phones
from playwright.sync_api import Browser, expect, sync_playwright
from screens import Screens
from serving import City, Line, Served, until

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """In place of the Chromium of the other modules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NODE_OPTIONS", DRIVER)
        with sync_playwright() as playwright:
            browser = playwright.firefox.launch(
                channel=CHANNEL, executable_path=firefox(), firefox_user_prefs=PREFERENCES
            )
            yield browser
            browser.close()


@pytest.mark.long
def test_newcomer(own: Served, screens: Screens, tmp_path: Path) -> None:
    """In `make long`: each of its steps is in another story here, or is a form as any other."""
    test_first_hour.test_a_newcomer_gets_from_nothing_to_a_dispatch_with_an_own_sheet(own, screens, tmp_path)


test_dispatch = test_undo.test_a_dispatch_and_an_end_are_undone_also_from_another_page


def test_a_new_life_safety_request_is_seen_until_acknowledged(city: City, screens: Screens) -> None:
    """Not heard: a Firefox without a sound card holds every tone back."""
    page = screens.open(city.url, language="en").sign_in(city, "map")
    city.ok("request.open", request="L1", area=city.south, category="medicine", priority=1)
    banner = page.locator(".arrival-life")
    expect(banner).to_contain_text("R-0001")
    expect(page).to_have_title("(1) Map · 伊春市")
    banner.get_by_role("button", name="Acknowledge").click()
    expect(banner).to_have_count(0)
    until(lambda: city.rows("requests")[0]["acknowledged_by"], 10, "nobody acknowledged it")


def test_a_courier_checks_in_without_a_network_and_is_on_duty_once_it_is_back(
    city: City, line: Line, phones: Phones
) -> None:
    city.ok("worker.register", worker="W1", role="rider", name="队员001", home_area=city.south)
    phone = phones.open(line.url)
    phone.sign_in(city.code("W1"))
    line.cut()
    phone.page.reload()
    phone.tap("On duty")
    phone.tap(phone.page.locator("dialog .place", has_text="南山社区").first)
    expect(phone.waiting).to_have_count(1)
    assert city.on_duty() == 0
    line.mend()
    until(lambda: city.on_duty() == 1, 40, "the check-in was not sent")
    expect(phone.waiting).to_have_count(0)
