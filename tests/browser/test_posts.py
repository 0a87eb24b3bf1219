"""Who answers for what: asked on the page, for today and a past day, and changed where it is shown."""

from datetime import UTC, datetime, timedelta

import pytest
from everybody import for_everybody
from places import say
from playwright.sync_api import expect
from screens import Screens
from serving import City

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def office(city: City) -> City:
    """A committee and a station; the officer who answers for the county left ten days ago."""
    now = datetime.now(UTC)
    began, left = ((now - timedelta(days=days)).isoformat() for days in (60, 10))
    units = (("U1", "牵头部门", "lead", city.j), ("U2", "南山服务站", "guarantee", city.county))
    for unit, name, duty, area in units:
        city.ok("unit.establish", unit=unit, name=name, duty=duty, area=area, at=began)
    city.ok("post.create", post="P0", name="第一责任人", unit="U1", area=city.j, first=True, at=began)
    city.ok("post.create", post="P1", name="站长", unit="U2", area=city.county, at=began)
    city.ok("post.charge", post="P1", task="answer", area=city.county, at=began)
    for post, holder in (("P0", "人员001"), ("P1", "人员002")):
        city.ok("post.appoint", post=post, holder=f"{city.j}-{post}", holder_name=holder, at=began)
    city.ok("post.vacate", post="P1", at=left)
    return city


def test_who_answers_is_asked_for_a_day_and_a_vacant_post_is_filled(office: City, screens: Screens) -> None:
    page = screens.open(office.url).sign_in(office, f"posts?as=tree&area={office.county}")
    answer = page.locator(".duty-answer")
    expect(answer.locator(".duty-who")).to_contain_text("第一责任人")
    expect(answer.locator(".duty-passed")).to_contain_text("站长")
    expect(page.locator(".duty-post.duty-gap")).to_have_count(1)
    past = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
    page.locator(".institution-at input").fill(past)
    expect(answer.locator(".duty-who")).to_contain_text("站长")
    expect(page.locator(".duty-post.duty-gap")).to_have_count(0)
    page.locator(".institution-past button").click()
    expect(answer.locator(".duty-who")).to_contain_text("第一责任人")
    for_everybody(page, 1)
    say(page, "zh")
    page.locator(".duty-post.duty-gap a").first.click()
    page.get_by_role("button", name="任职", exact=True).click()
    page.locator("input[name=holder_name]").fill("人员003")
    page.locator(".institution-form button[type=submit]").click()
    expect(answer.locator(".duty-who")).to_contain_text("站长")
    expect(page.locator(".duty-post.duty-gap")).to_have_count(0)
