"""From a nomination to a published name, and to a withdrawn consent: on the board, in one sitting."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from everybody import for_everybody
from playwright.sync_api import Page, expect
from screens import Screens
from serving import City, until

pytestmark = pytest.mark.timeout(300)
NAME = "队员001"


def _ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


@pytest.fixture
def office(city: City) -> City:
    """A courier with two hours of service at home, and the brand of the trade."""
    city.ok("worker.register", worker="W1", role="courier", name=NAME, home_area=city.south)
    city.ok("worker.report", worker="W1", area=city.south, at=_ago(48))
    city.ok("service.record", service="S1", worker="W1", area=city.south, since=_ago(10), until=_ago(8))
    look = {"mark": "M3 8 L12 3 L21 8 V17 L12 22 L3 17 Z", "colour": "#b3261e"}
    city.ok("brand.register", brand="B1", trade="courier", name="红色快递", **look)
    return city


def _form(page: Page, name: str, /, **fields: str) -> None:
    """Open a form, fill it in and send it."""
    page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first.click()
    form = page.locator(".institution-form")
    for field, value in fields.items():
        box = form.locator(f"[name={field}]")
        if box.evaluate("one => one.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    form.locator("button[type=submit]").click()
    expect(form).to_have_count(0)


def test_from_a_nomination_to_a_published_name_and_a_withdrawn_consent(
    office: City, screens: Screens
) -> None:
    screen = screens.open(office.url, language="en")
    page = screen.sign_in(office, "nominations")
    _form(page, "Nominate", worker="W1", honour="good_person", text="Helps")
    local = [(datetime.now(UTC) + timedelta(hours=8 + n)).strftime("%Y-%m-%dT%H:%M") for n in (-24, -1)]
    page.get_by_role("button", name="Add a deed").click()
    page.locator(".institution-form [name=deed]").select_option("hours")
    page.locator(".institution-form [name=since]").fill(local[0])
    page.locator(".institution-form [name=until]").fill(local[1])
    page.locator(".institution-form button[type=submit]").click()
    deeds = page.locator(".honour-deeds li")
    expect(deeds).to_contain_text("shown by the log")
    _form(page, "Add a deed", deed="claim", note="Cleared the snow")
    expect(deeds.nth(1)).to_contain_text("claim: no record")
    for_everybody(page, 1)
    _form(page, "Review", verdict="approve")
    _form(page, "Give the award", title="Exemplary volunteer")
    until(lambda: office.rows("awards", state="valid"), 20, "no award")
    (award,) = office.rows("awards")
    assert (award["deed_count"], award["shown"], award["hours"]) == (2, 1, 2.0)

    screen.at(f"awards/{award['key']}")
    expect(page.get_by_role("link", name=re.compile("Open Badges"))).to_be_visible()
    headers = {"Authorization": f"Bearer {office.secret}"}
    paper = f"{office.url}/api/v1/{office.j}/papers/awards/{award['key']}"
    found = re.search(rb"/URI \(([^)]+)\)", httpx.get(paper, headers=headers).content)
    assert found is not None
    verifying = screens.open(office.url, language="en", size=(360, 800)).page
    verifying.goto(found[1].decode())
    expect(verifying.locator("[data-verdict=valid]")).to_be_visible()
    expect(verifying.locator("dl")).to_contain_text("Exemplary volunteer")

    screen.at("consents?do=worker.consent")
    page.locator(".institution-form [name=worker]").fill("W1")
    page.locator(".institution-form button[type=submit]").click()
    until(lambda: office.rows("consents", state="given"), 20, "no consent")
    screen.at("publications")
    _form(page, "Enter an item", topic="Through the snow", channel="newspaper", trade="courier",
          worker="W1", name=NAME, text=f"{NAME} helps")  # fmt: skip
    panel = page.locator(".folk-panel")
    expect(panel).to_contain_text(NAME)
    expect(panel.locator("[data-brand=B1]")).to_contain_text("红色快递")
    screen.at("publications?trade=courier")
    expect(page.locator(".page-head [data-brand=B1]")).to_be_visible()
    expect(page.locator(".grid-row .trade .brand-mark")).to_be_visible()

    office.ok("worker.withdraw_consent", worker="W1")
    expect(page.locator("main")).not_to_contain_text(NAME, timeout=20_000)
    expect(page.locator(".grid-body .grid-row")).to_have_count(1)
    office.ok("award.revoke", award=award["key"], reason="error")
    assert office.rows("awards", state="revoked")
    verifying.reload()
    expect(verifying.locator("[data-verdict=revoked]")).to_be_visible()


@pytest.mark.parametrize("page_name", ["awards", "consents"])
def test_each_page_fits_a_phone_in_chinese(page_name: str, office: City, screens: Screens) -> None:
    screen = screens.open(office.url, size=(360, 740), touch=True, language="zh")
    page = screen.sign_in(office, page_name)
    expect(page.locator(".page-head h1")).to_be_visible()
    page.wait_for_selector(".grid-body .grid-row, .empty")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for_everybody(page, 2)
