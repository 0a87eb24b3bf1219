"""The public page of stations: found in both languages without signing in, and kept without a network."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlparse

import pytest
from everybody import AXE
from phones import Phone, Phones
from places import cut_off, script
from playwright.sync_api import Request, expect
from serving import City

pytestmark = pytest.mark.timeout(300)
PLACE: Any = {"latitude": 47.7275, "longitude": 128.8409}
KEPT = "async () => (await navigator.serviceWorker.ready).active?.state === 'activated'"
DAY_MINUTES = 24 * 60


@pytest.fixture
def mapped(city: City) -> City:
    """Two stations on the public map: the nearer one is open by day on weekdays, the other one always."""
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    common: dict[str, Any] = {"area": city.south, "lon": 128.8409, "at": at}
    places = {
        "S1": ("Near", 47.7285, "rest", "Mo-Su 00:00-00:01"),
        "S2": ("Far", 47.7375, "charging", "24/7"),
    }
    for station, (name, lat, service, hours) in places.items():
        fields = {"name": name, "lat": lat, "services": [service], "hours": hours}
        city.ok("station.register", station=station, **fields, **common)
        city.ok("station.publish", station=station, at=at)
    return city


def asked_of(phone: Phone) -> list[Request]:
    """Return the requests that a phone sends from now on."""
    sent: list[Request] = []
    phone.context.on("request", lambda one: sent.append(one))
    return sent


@pytest.mark.parametrize(
    ("language", "locate", "over"),
    [("en", "Use my position", "is not known"), ("zh", "用我的位置", "信息已过期")],
)
def test_anybody_finds_an_open_station_also_without_a_network(
    mapped: City, phones: Phones, language: str, locate: str, over: str
) -> None:
    phone = phones.open(mapped.url, language=language)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation(PLACE)
    sent = asked_of(phone)
    page = phone.go(f"/near?j={mapped.j}")
    found = page.locator("li")
    expect(found).to_have_count(2)
    page.wait_for_function(KEPT)

    phone.offline(True)
    page.reload()
    expect(found).to_have_count(2)
    page.get_by_role("button", name=locate).click()
    expect(found.first).to_contain_text("Near")
    expect(found.last).to_contain_text("1.1 km")
    page.get_by_role("checkbox").check()
    expect(found).to_have_count(1)
    expect(found).to_contain_text("Far")
    page.get_by_role("combobox").select_option("charging")
    expect(found.get_by_role("link")).to_have_count(3)
    hosts = [urlparse(link.get_attribute("href") or "").scheme for link in found.get_by_role("link").all()]
    assert hosts == ["https", "https", "geo"]
    page.evaluate(AXE)
    assert [*page.evaluate(script("axe")), *cut_off(page)] == []

    phone.pass_(8 * DAY_MINUTES)
    page.reload()
    expect(page.locator("body")).to_contain_text(over)
    expect(found).to_have_count(2)
    told = json.dumps([(one.url, one.post_data) for one in sent])
    assert "47.72" not in told, "the position left the device"
    assert "128.84" not in told
