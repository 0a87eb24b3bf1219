"""Training and one's name on a courier's phone: sessions without a network, consent in two taps."""

from datetime import UTC, datetime, timedelta

import pytest
from everybody import PHONE, for_everybody
from phones import Phones
from playwright.sync_api import Locator, expect
from serving import City, until

pytestmark = pytest.mark.timeout(300)
NAME = "队员001"


@pytest.fixture
def school(city: City) -> City:
    """A session that is full, one that is not, half a day of training, and a nomination."""
    now = datetime.now(UTC)
    for worker in ("W1", "W2"):
        city.ok("worker.register", worker=worker, role="courier", name=NAME, home_area=city.south)
    city.ok("course.offer", course="C1", title="First aid", mode="base")
    for session, days, places in (("PAST", -1, 20), ("FULL", 2, 1), ("FREE", 3, 20)):
        begins = now + timedelta(days=days)
        ends = begins + timedelta(hours=4)
        times = {"begins": begins.isoformat(), "ends": ends.isoformat()}
        city.ok("session.plan", session=session, course="C1", places=places, hours=3, **times)
    city.ok("training_target.set", hours=8)
    city.ok("session.sign_up", session="FULL", worker="W2")
    half = city.rows("sessions", session="PAST")[0]["halves"][0]
    city.ok("session.attend", session="PAST", worker="W1", half=half)
    city.ok("nomination.make", nomination="N1", worker="W1", honour="good_person")
    return city


def waiting(city: City) -> list[str]:
    (row,) = city.rows("sessions", session="FULL")
    return row["waiting"]


def test_a_courier_waits_for_a_place_and_lends_their_name(school: City, phones: Phones) -> None:
    phone = phones.open(school.url)
    page = phone.sign_in(school.code("W1"))

    def part(name: str) -> Locator:
        return page.locator("details.part", has=page.get_by_role("heading", name=name, exact=True))

    training, naming = part("Training"), part("Recognition")
    training.locator("summary").click()
    expect(training.locator("[data-figure=hours]")).to_have_text("3 of 8")
    expect(training).to_contain_text("Where you were")
    full, free = (training.locator(f"[data-session={one}]") for one in ("FULL", "FREE"))
    expect(free).to_contain_text("Places left: 20")
    expect(full).to_contain_text("No place left; waiting: 0")
    phone.offline(True)
    phone.tap(full.get_by_role("button", name="Wait for a place"))
    expect(full).to_contain_text("You wait for a place: number 1")
    phone.tap(free.get_by_role("button", name="Sign up"))
    assert waiting(school) == []
    phone.offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: waiting(school) == ["worker/W1"], 30, "the word does not come")
    school.ok("session.sign_off", session="FULL", worker="W2")
    for _ in range(2):  # opened again, it is read again
        training.locator("summary").click()
    expect(full).to_contain_text("You have a place")

    naming.locator("summary").click()
    expect(naming.get_by_text("Good person")).to_be_visible()
    expect(naming.locator("[data-consent=none]")).to_contain_text("if you agree")
    phone.tap("I agree to be named")
    phone.tap("I agree")
    until(lambda: school.rows("consents", state="given"), 20, "no consent")
    item = {"topic": "Through the snow", "channel": "newspaper", "text": f"{NAME} helps"}
    school.ok("publication.publish", publication="P1", worker="W1", name=NAME, **item)
    for _ in range(2):
        naming.locator("summary").click()
    expect(naming.locator("[data-item=P1]")).to_contain_text(f"{NAME} helps")
    for_everybody(page, 3, desk=PHONE)

    phone.tap("Withdraw my consent")
    phone.tap("Withdraw")
    expect(naming.locator("[data-item=P1]")).to_have_count(0)
    until(lambda: school.rows("publications", named=False), 20, "the name stays")
    (row,) = school.rows("publications")
    assert (row["state"], row["name"], row["topic"]) == ("published", None, "Through the snow")
