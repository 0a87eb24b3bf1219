"""A courier signs up for an activity and stays away after all, also without a network."""

from datetime import UTC, datetime, timedelta

import pytest
from phones import Phone, Phones
from playwright.sync_api import Locator, expect
from serving import City, until
from test_phone_stations import usable

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def activities(city: City) -> City:
    """`walk` has two places and `talk` one, both tomorrow in the courier's community."""
    for worker in ("W1", "W2"):
        city.ok("worker.register", worker=worker, role="courier", name=worker, home_area=city.south)
    begins = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for activity, places in (("walk", 2), ("talk", 1)):
        fields = {"title": f"The {activity}", "begins": begins, "area": city.south, "capacity": places}
        city.ok("activity.announce", activity=activity, **fields)
    return city


def opened(phone: Phone) -> Locator:
    part = phone.page.locator("details.part", has_text="My service and activities")
    part.locator("summary").first.tap()
    return part.get_by_role("region", name="Activities")


def line(part: Locator, title: str) -> Locator:
    return part.get_by_role("listitem").filter(has_text=title)


def who(city: City, activity: str) -> list[str]:
    (row,) = city.rows("activities", activity=activity)
    return row["workers"]


def heard(phone: Phone) -> None:
    phone.offline(False)
    phone.page.evaluate("dispatchEvent(new Event('online'))")


def test_a_courier_signs_up_for_an_activity_and_stays_away_after_all(
    activities: City, phones: Phones
) -> None:
    phone = phones.open(activities.url)
    phone.sign_in(activities.code("W1"))
    part = opened(phone)
    walk = line(part, "The walk")
    expect(walk).to_contain_text("Places left: 2")
    walk.get_by_role("button", name="Sign up").tap()
    expect(walk).to_contain_text("You are signed up")
    until(lambda: who(activities, "walk") == ["W1"], 30, "the sign-up does not come")
    usable(phone)

    phone.offline(True)
    walk.get_by_role("button", name="I cannot come").tap()
    expect(walk.get_by_role("button", name="Sign up")).to_be_visible()
    assert who(activities, "walk") == ["W1"]
    heard(phone)
    until(lambda: who(activities, "walk") == [], 30, "the cancelling does not come")
    expect(walk).to_contain_text("Places left: 2")


def test_what_a_courier_signed_up_for_offline_stays_after_a_restart_and_a_taken_place_is_said(
    activities: City, phones: Phones
) -> None:
    phone = phones.open(activities.url)
    phone.sign_in(activities.code("W1"))
    expect(line(opened(phone), "The talk")).to_contain_text("Places left: 1")

    phone.offline(True)
    phone.page.reload()
    part = opened(phone)
    for title in ("The walk", "The talk"):
        line(part, title).get_by_role("button", name="Sign up").tap()
        expect(line(part, title)).to_contain_text("You are signed up")
    phone.page.reload()
    part = opened(phone)
    expect(line(part, "The talk")).to_contain_text("You are signed up")
    usable(phone)

    activities.ok("activity.sign_up", activity="talk", worker="W2")
    heard(phone)
    until(lambda: who(activities, "walk") == ["W1"], 30, "the sign-up does not come")
    expect(line(part, "The talk")).to_contain_text("No place left")
    refused = phone.page.get_by_role("alert").filter(has_text="The talk")
    expect(refused).to_contain_text("all are taken")
    assert who(activities, "talk") == ["W2"]
