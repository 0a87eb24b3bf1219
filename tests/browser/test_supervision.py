"""A monthly review and its correction, the quarterly board, and an inspection on a phone offline."""

from pathlib import Path

import pytest
from everybody import for_everybody
from phones import Phones
from places import say
from playwright.sync_api import expect
from screens import Screens
from serving import City, until

from tests.photos import photo
from tests.workbooks import rows_of

pytestmark = pytest.mark.timeout(300)
PRINTED = """() => {
  window.print = () => { document.body.dataset.printed = document.querySelector("#paper").innerText; };
}"""
"""What would be printed, kept for the test."""
SET_UP, DUE, DONE = "2022-02-14T01:00:00Z", "2022-03-04T02:00:00Z", "2022-03-02T01:00:00Z"


@pytest.fixture
def office(city: City) -> City:
    """A post that leads six undertakings, held with a token of its own, and a worker who inspects."""
    past = {"at": SET_UP}
    city.ok("unit.establish", unit="U1", name="Trades", area=city.j, **past)
    city.ok("post.create", post="P1", name="Secretary", unit="U1", area=city.j, first=True, **past)
    holder = {"holder": f"{city.j}-H1", "holder_name": "Person 001", "acts_as": f"s{city.j}"}
    city.ok("post.appoint", post="P1", **holder, **past)
    for n in range(6):
        body = {"title": f"Measure {n}", "leader": "P1", "due": DUE, "area": city.south}
        city.ok("undertaking.set_up", undertaking=f"T{n}", **body, **past)
    city.ok("worker.register", worker="W1", role="courier", name="Courier 1", home_area=city.south)
    return city


def test_a_review_its_correction_and_the_board(office: City, screens: Screens) -> None:
    office.ok("monthly_review.hold", monthly_review="M1", month="2022-03")
    secret = office.token("dispatcher", f"s{office.j}")
    page = screens.open(office.url).sign_in(office, "monthly/M1", token=secret)
    say(page, "en")
    figures = page.locator(".folk-panel table")
    done = figures.locator("tr", has_text="Done").first
    expect(done).to_contain_text("00")
    expect(page.get_by_text("Nothing has been corrected since.")).to_be_visible()

    page.goto(f"{office.url}/#/{office.j}/undertakings/T1")
    page.get_by_role("button", name="Done", exact=True).click()
    page.locator(".institution-form input[type=datetime-local]").fill("2022-03-02T09:00")
    page.locator(".institution-form button[type=submit]").click()
    until(lambda: office.rows("undertakings", state="done"), 20, "it was not done")

    page.goto(f"{office.url}/#/{office.j}/monthly/M1")
    expect(done).to_contain_text("01")
    expect(page.locator(".folk-panel")).to_contain_text("open · overdue → done")
    for_everybody(page, 0)

    page.goto(f"{office.url}/#/{office.j}/undertakings?as=board&at=2022-03-27")
    line = page.locator(".ledger-funnel tbody tr").first
    expect(line).to_contain_text("16.7%")
    line.get_by_role("button", name="Done in time").click()
    expect(page.locator(".ledger-funnel tbody")).to_contain_text("Measure 1")
    page.locator(".ledger-funnel input[type=date]").fill("2022-03-01")
    expect(line).to_contain_text("no data (0/0)")
    page.locator(".ledger-funnel input[type=date]").fill("2022-03-10")
    line.get_by_role("button", name="Fell due then 6").click()
    expect(page.locator(".ledger-funnel tbody li")).to_have_count(6)
    page.evaluate(PRINTED)
    page.get_by_role("main").get_by_role("button", name="Print").last.click()
    printed = str(page.locator("body").get_attribute("data-printed"))
    assert "16.7% (1/6)" in printed
    assert "log position" in printed
    with page.expect_download() as saved:
        page.get_by_role("link", name="Workbook").click()
    _, first, *_ = rows_of(saved.value.path().read_bytes())
    assert first[:6] == [1, "U1", "Trades", "false", 1, 6]
    expect(page.locator(".ledger-funnel")).to_contain_text("Secretary")
    for_everybody(page, 1)
    page.goto(f"{office.url}/#/{office.j}/undertakings?as=route&state=*")
    expect(page.locator(".ledger-funnel")).to_contain_text("2022-03-04")
    for_everybody(page, 2)


def test_an_inspection_is_reported_from_a_phone_without_a_network(
    office: City, phones: Phones, screens: Screens, tmp_path: Path
) -> None:
    office.ok("inspection.order", inspection="I1", undertaking="T0", inspector="W1")
    inspector = phones.open(office.url)
    inspector.sign_in(office.code("W1"))
    part = inspector.page.locator("details.part", has_text="My service")
    part.locator("summary").first.click()
    expect(part.get_by_text("My inspections")).to_be_visible()

    inspector.offline(True)
    part.get_by_role("button", name="Report", exact=True).click()
    sheet = inspector.page.locator("dialog.sheet")
    sheet.locator("input[name=place]").fill("Station 1")
    sheet.locator("textarea[name=findings]").fill("No light\nNo water")
    sheet.locator("textarea[name=note]").fill("Seen at noon")
    taken = tmp_path / "station.jpg"
    taken.write_bytes(photo())
    sheet.locator("input[type=file]").set_input_files(taken)
    for_everybody(inspector.page, 3)
    sheet.get_by_role("button", name="Send").click()
    expect(part).to_contain_text("reported")
    assert office.rows("inspections")[0]["state"] == "ordered"

    inspector.offline(False)
    until(lambda: office.rows("inspections")[0]["state"] == "reported", 60, "the report does not come")
    (row,) = office.rows("inspections")
    assert (row["place"], row["found"], bool(row["file"])) == ("Station 1", 2, True)
    found = office.rows("undertakings", inspection="I1")
    assert sorted(one["title"] for one in found) == ["No light", "No water"]
    assert {one["leader"] for one in found} == {"P1"}

    page = screens.open(office.url, language="en").sign_in(office, "inspections/I1")
    page.get_by_role("button", name="Picture of").click()
    expect(page.locator("dialog img.proof-picture")).to_have_js_property("naturalWidth", 60)
    for_everybody(page, 0)
    page.keyboard.press("Escape")
    page.goto(f"{office.url}/#/{office.j}/undertakings/T0")
    page.get_by_role("button", name="Add evidence").click()
    form = page.locator(".institution-form")
    form.locator("[name=evidence]").fill("Minutes")
    minutes = tmp_path / "minutes.pdf"
    minutes.write_bytes(b"%PDF-1.7 minutes")
    form.locator("[name=file]").set_input_files(minutes)
    form.locator("button[type=submit]").click()
    page.get_by_role("button", name="Minutes").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").click()
    assert saved.value.path().read_bytes() == minutes.read_bytes()
