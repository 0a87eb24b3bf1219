"""The report of the institutions in a browser: two dates, a figure opened to its rows, and names in clear."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from screens import Screens
from serving import City, until

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def office(city: City) -> City:
    """A post with something overdue, and somebody who reported to a community."""
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)
    seen = {"at": begin.isoformat()}
    city.ok("unit.establish", unit="U1", name="Trades", area=city.j, **seen)
    city.ok("post.create", post="P1", name="Secretary", unit="U1", area=city.j, first=True, **seen)
    city.ok("post.appoint", post="P1", holder=f"{city.j}-H1", holder_name="钱大海", **seen)
    due = (begin + timedelta(days=5)).isoformat()
    promised = {"commitment": "C1", "kind": "to_enterprises", "title": "Road", "due": due}
    city.ok("commitment.make", owner="P1", area=city.j, **promised, **seen)
    city.ok("worker.register", worker="W1", role="courier", name="赵小明", home_area=city.south)
    city.ok("worker.report", worker="W1", area=city.south)
    asked = dict.fromkeys(("name", "need", "community", "address", "phone"), "on_demand")
    city.ok("jurisdiction.set_disclosure", rules={"dispatcher": asked})
    return city


def test_names_are_masked_until_their_reveal_is_recorded(office: City, screens: Screens) -> None:
    page = screens.open(office.url, language="en").sign_in(office, "report")
    expect(page.locator(".report-overdue tbody tr")).to_contain_text("Secretary (钱*)")
    page.get_by_role("link", name="People who reported").click()
    rows = page.locator("dialog[open] tbody")
    expect(rows).to_contain_text("赵*")
    page.keyboard.press("Escape")
    assert not office.rows("activity", name="personal.revealed")

    page.get_by_label("Names in clear").check()
    expect(page.locator(".report-overdue tbody tr")).to_contain_text("Secretary (钱大海)")
    page.get_by_role("link", name="People who reported").click()
    expect(rows).to_contain_text("赵小明")
    until(lambda: len(office.rows("activity", name="personal.revealed")) == 2, 20, "no reveal is recorded")
