"""A courier without a network finds a station and records a use; and a keeper's day from the phone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from everybody import for_everybody
from phones import Phone, Phones
from playwright.sync_api import Locator, expect
from serving import City, until

pytestmark = pytest.mark.timeout(300)
PLACE = {"latitude": 47.7275, "longitude": 128.8409}


@pytest.fixture
def stations(city: City) -> City:
    """Two open stations, the nearer one without charging; `W1` rides, `W2` keeps the farther one."""
    for worker in ("W1", "W2"):
        city.ok("worker.register", worker=worker, role="courier", name=worker, home_area=city.south)
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    common: dict[str, Any] = {"area": city.south, "lon": 128.8409, "hours": "24/7", "at": at}
    city.ok("station.register", station="S1", name="Near", lat=47.7275, services=["rest"], **common)
    city.ok(
        "station.register", station="S2", name="Far", lat=47.7375, services=["charging"], seats=6, **common
    )
    for station in ("S1", "S2"):
        city.ok("station.publish", station=station, at=at)
    city.ok("station.entrust", station="S2", worker="W2", at=at)
    return city


def opened(phone: Phone) -> Locator:
    part = phone.page.locator("details.part", has=phone.page.get_by_role("heading", name="Stations"))
    part.locator("summary").tap()
    return part


def usable(phone: Phone) -> None:
    """With all of the page in view, so that the controls at the bottom cover nothing."""
    phone.page.set_viewport_size({"width": 360, "height": 2600})
    for_everybody(phone.page, 2)
    phone.page.set_viewport_size({"width": 360, "height": 800})


def uses(city: City) -> list[int]:
    return [row["uses"] for row in city.rows("station_days", station="S2")]


def test_a_courier_offline_finds_a_station_and_records_a_use(stations: City, phones: Phones) -> None:
    phone = phones.open(stations.url)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation(PLACE)  # pyright: ignore[reportArgumentType]
    phone.sign_in(stations.code("W1"))
    with phone.page.expect_response("**/public/stations"):
        phone.context.clock.fast_forward(9_000)
    until(
        lambda: phone.page.evaluate("async () => Boolean(await musterDb.get('stations'))"), 20, "nothing kept"
    )

    phone.offline(True)
    phone.page.reload()
    part = opened(phone)
    phone.tap("Phone charging")
    expect(part.locator("li.stop")).to_have_count(1)
    expect(part.locator("li.stop")).to_contain_text("Far")
    expect(part.locator("li.stop")).to_contain_text("1.1 km")
    usable(phone)

    phone.page.evaluate("location.hash = 'station=S2'")
    expect(phone.page.get_by_text("is recorded")).to_be_visible()
    phone.page.evaluate("location.hash = 'station=S2'")
    expect(phone.page.get_by_text("counts once")).to_be_visible()
    assert uses(stations) == []
    phone.offline(False)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: uses(stations) == [1], 30, "the use does not come, or twice")

    phone.offline(True)
    phone.pass_(8 * 24 * 60)
    expect(part.get_by_text("no longer known what is open")).to_be_visible()


def test_a_keepers_day(stations: City, phones: Phones) -> None:
    phone = phones.open(stations.url)
    phone.sign_in(stations.code("W2"))
    part = opened(phone)
    mine = part.get_by_role("region", name="Far")
    expect(mine).to_contain_text("Not known")

    phone.offline(True)
    mine.get_by_role("button", name="Full", exact=True).tap()
    expect(mine).to_contain_text("counts until")
    mine.get_by_role("button", name="People here: one more").tap()
    mine.get_by_role("button", name="Count one use").tap()
    expect(mine).to_contain_text("today: 1")
    mine.get_by_role("button", name="Count one use").tap()
    expect(mine).to_contain_text("today: 2")
    phone.page.locator(".undo button").tap()
    expect(mine).to_contain_text("today: 1")
    mine.get_by_role("button", name="Short of, or too much").tap()
    phone.page.locator("input[name=item]").fill("Water")
    phone.page.get_by_role("button", name="Short, urgently").tap()
    expect(mine).to_contain_text("Water")
    usable(phone)

    phone.offline(False)
    phone.pass_(1)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: uses(stations) == [1], 30, "the use does not come")
    (row,) = stations.rows("stations", station="S2")
    assert (row["status"], row["present"], row["status_source"]) == ("full", 1, "keeper")
    (need,) = stations.rows("needs", station="S2")
    assert (need["item"], need["side"], need["priority"], need["state"]) == ("Water", "short", 2, "open")
    mine.get_by_role("button", name="Settled").tap()
    until(lambda: stations.rows("needs", station="S2")[0]["state"] == "closed", 30, "the need stays open")
