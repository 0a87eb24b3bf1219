"""A training session: the screen at the door, a scan without a network, the printed list, and figures."""

from datetime import UTC, datetime, timedelta

import pytest
from phones import Phones
from playwright.sync_api import expect
from screens import Screens
from serving import City, Served, until, where_it_is_afternoon

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def session(service: Served) -> City:
    """A session that takes place now, and two couriers."""
    city, now = service.city(where_it_is_afternoon()), datetime.now(UTC)
    for worker in ("W1", "W2"):
        city.ok("worker.register", worker=worker, role="courier", name=worker, home_area=city.south)
    city.ok("course.offer", course="C1", title="First aid", mode="base")
    begins, ends = (now + timedelta(hours=hours) for hours in (-1, 1))
    city.ok(
        "session.plan", session="S1", course="C1", begins=begins.isoformat(), ends=ends.isoformat(), hours=3
    )
    city.ok("training_target.set", hours=3)
    return city


def seen(city: City) -> dict[str, str]:
    rows = city.rows("training", person_times=1)
    return {row["person"]: row["halves"][0]["via"] for row in rows}


def test_a_session_by_code_and_by_printed_list(session: City, screens: Screens, phones: Phones) -> None:
    window = screens.open(session.url, size=(360, 740), touch=True, language="en")
    door = window.sign_in(session, "sessions/S1", token=session.token("dispatcher"))
    door.get_by_role("button", name="Open the door").click()
    code = door.locator("[data-code]")
    expect(code.get_by_role("img", name="First aid")).to_be_visible()
    assert door.evaluate("document.documentElement.scrollWidth") <= 360

    phone = phones.open(session.url)
    phone.sign_in(session.code("W1"))
    phone.offline(True)
    shown = str(code.get_attribute("data-code"))
    phone.page.evaluate("hash => { location.hash = hash; }", shown.partition("#")[2])
    expect(phone.page.get_by_text("noted. It counts once")).to_be_visible()
    assert seen(session) == {}
    phone.offline(False)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: seen(session) == {"worker/W1": "qr"}, 30, "the scan does not come")

    forged = shown[:-4] + ("0000" if not shown.endswith("0000") else "1111")
    phone.page.evaluate("hash => { location.hash = hash; }", forged.partition("#")[2])
    expect(phone.page.get_by_role("alert").get_by_text("This is no code of the session")).to_be_visible()

    door.get_by_role("button", name="Was there").click()
    form = door.locator(".institution-form")
    form.get_by_label("Person on the roster").fill("W2")
    form.get_by_role("button", name="Was there").click()
    until(lambda: seen(session) == {"worker/W1": "qr", "worker/W2": "paper"}, 30, "no line of the list")

    window.at("training?as=figures")
    figures = door.locator("tr", has_text="Total").locator("[data-figure]")
    expect(figures).to_have_text(["2", "2", "6"])
    expect(door.get_by_text("2 of 2 people have reached it")).to_be_visible()
    assert door.evaluate("document.documentElement.scrollWidth") <= 360
