"""Service at home on the pages, at 360 px: a courier reports, and a community worker sees it."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from phones import Phones
from playwright.sync_api import expect
from screens import Screens
from serving import City, until


def _ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


@pytest.mark.parametrize(
    ("language", "mine", "report", "said"),
    [
        ("en", "My service and activities", "Report to", "You have reported to"),
        ("zh", "我的服务", "报到", "您已向"),
    ],
)
def test_a_courier_reports_home_in_two_taps_and_sees_what_they_serve(
    city: City, phones: Phones, screens: Screens, language: str, mine: str, report: str, said: str
) -> None:
    city.ok("worker.register", worker="W1", role="courier", name="队员001", home_area=city.south)
    phone = phones.open(city.url, language=language)
    phone.sign_in(city.code("W1"))
    part = phone.page.locator("details.part", has_text=mine)
    part.locator("summary").click()
    part.get_by_role("button", name=report).click()
    expect(part).to_contain_text(said)
    until(lambda: city.rows("homes", state="reported"), 20, "the report never arrived")
    city.ok("worker.report", worker="W1", area=city.south, at=_ago(5))
    for name, hours in (("in", 4), ("out", 1)):
        city.ok(
            f"worker.check_{name}",
            worker="W1",
            at=_ago(hours),
            **({"area": city.south} if name == "in" else {}),
        )
    expect(part.locator("ul.people li")).to_have_count(1, timeout=20_000)
    page = screens.open(city.url, language=language, size=(360, 800)).sign_in(city, "reporting")
    expect(page.locator(".folk-sums, .institution-sums, main").first).to_contain_text("1")
    page.goto(f"{city.url}/#/{city.j}/reporting/W1")
    expect(page.locator(".folk-panel")).to_contain_text("3")
    page.goto(f"{city.url}/#/{city.j}/reporting?as=sums&level=0")
    expect(page.get_by_role("row")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_anybody_verifies_a_certificate_without_signing_in(city: City, screens: Screens) -> None:
    city.ok("worker.register", worker="W1", role="courier", name="队员001", home_area=city.south)
    city.ok("worker.report", worker="W1", area=city.south, at=_ago(48))
    times = {"since": _ago(10), "until": _ago(8)}
    city.ok("service.record", service="S1", worker="W1", area=city.south, **times)
    city.ok("certificate.issue", certificate="n1", worker="W1", since=_ago(24), until=_ago(1))
    assert city.rows("certificates")
    answer = httpx.get(
        f"{city.url}/api/v1/{city.j}/papers/n1", headers={"Authorization": f"Bearer {city.secret}"}
    )
    found = re.search(rb"/URI \(([^)]+)\)", answer.content)
    assert found is not None
    address = found[1].decode()
    page = screens.open(city.url, language="en", size=(360, 800)).page
    page.goto(address)
    expect(page.locator("[data-verdict=valid]")).to_be_visible()
    expect(page.locator("dl")).to_contain_text("队员001")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    city.ok("service.withdraw", service="S1", reason="error")
    assert city.rows("certificates", state="revoked")
    page.reload()
    expect(page.locator("[data-verdict=revoked]")).to_be_visible()
