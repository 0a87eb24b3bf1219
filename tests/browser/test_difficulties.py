"""A difficulty from the phone to "solved", reopened, and back."""

import re
from pathlib import Path

import pytest
from everybody import for_everybody
from phones import Phones
from places import say
from playwright.sync_api import expect
from screens import Screens
from serving import City, until

from tests.photos import photo

pytestmark = pytest.mark.timeout(300)
LOADED = "one => (it => it?.naturalWidth > 0 || it?.duration > 0)(document.querySelector(one))"
TEXT = "No bike may enter the estate"


@pytest.fixture
def office(city: City) -> City:
    """A post that takes difficulties, held with the token `street`, and a courier."""
    city.ok("unit.establish", unit="U1", name="Street office", area=city.j)
    city.ok("post.create", post="P1", name="Street secretary", unit="U1", area=city.j, first=True)
    city.ok("post.appoint", post="P1", holder=f"{city.j}-H1", holder_name="Person 001", acts_as=f"s{city.j}")
    city.ok("worker.register", worker="W1", role="courier", name="Courier 1", home_area=city.south)
    return city


def test_a_difficulty_from_the_phone_to_solved_reopened_and_back(
    office: City, phones: Phones, screens: Screens, tmp_path: Path
) -> None:
    courier = phones.open(office.url)
    courier.sign_in(office.code("W1"))
    part = courier.page.locator("details.part", has_text="Difficulties")
    part.locator("summary").first.click()
    expect(part.get_by_text("Nothing has been reported")).to_be_visible()

    courier.offline(True)
    courier.page.get_by_role("button", name="Tell the city about a difficulty").click()
    courier.page.get_by_role("button", name="Entry, parking, roads").click()
    sheet = courier.page.locator("dialog.sheet")
    expect(sheet).to_contain_text("You: nobody")
    sheet.locator("textarea").fill(TEXT)
    taken = tmp_path / "gate.jpg"
    taken.write_bytes(photo())
    sheet.locator("input[type=file]").set_input_files(taken)
    expect(sheet.get_by_text("Photo 1")).to_be_visible()
    sheet.get_by_role("button", name="Say it aloud").click()
    expect(sheet.get_by_text("Recording: 1 s of 60 s")).to_be_visible()
    sheet.get_by_role("button", name="End the recording").click()
    expect(sheet.get_by_text(re.compile("Recording, [1-9] s"))).to_be_visible()
    expect(sheet).to_contain_text("A voice can be recognised")
    for_everybody(courier.page, 1)
    sheet.get_by_role("button", name="Send").click()
    receipt = sheet.locator(".receipt").inner_text()
    sheet.get_by_role("button", name="OK").click()
    one = part.locator("details.asked")
    one.locator("summary").click()
    expect(one).to_contain_text("Not sent yet")
    assert office.rows("difficulties") == []

    courier.offline(False)
    until(lambda: office.rows("difficulties"), 40, "the difficulty does not come")
    expect(one).to_contain_text("Street secretary", timeout=40_000)
    (row,) = office.rows("difficulties")
    assert (row["channel"], row["category"]) == ("below", "access")
    assert receipt not in str(row)
    assert [event["actor"] for event in office.rows("activity", name="difficulty.raised")] == [
        "public/receipt"
    ]

    until(lambda: len(office.rows("difficulties")[0]["files"]) == 2, 60, "photo and voice do not come")
    assert [one["medium"] for one in office.rows("difficulties")[0]["files"]] == ["photo", "voice"]

    secret = office.token("dispatcher", f"s{office.j}")
    page = screens.open(office.url).sign_in(office, f"difficulties/{row['key']}", token=secret)
    say(page, "en")
    for medium, shown in (("Photo", "img.proof-picture"), ("Recording", "audio")):
        page.get_by_role("button", name=medium).click()
        page.wait_for_function(LOADED, arg=f"dialog[open] {shown}")
        for_everybody(page, 2)
        page.locator("dialog[open] .dialog-head button").click()

    def answer(words: str) -> None:

        page.get_by_role("button", name="Say what was done").click()
        page.locator("textarea[name=answer]").fill(words)
        page.locator(".institution-form button[type=submit]").click()
        until(lambda: office.rows("difficulties")[0]["state"] == "answered", 20, "it was not answered")

    answer("The gate opens from today")
    for_everybody(page, 3)
    courier.page.evaluate("dispatchEvent(new Event('online'))")
    expect(one).to_contain_text("The gate opens from today")
    one.get_by_role("button", name="It is not solved").click()
    one.locator("textarea").fill("It does not")
    one.get_by_role("button", name="It is not solved").click()
    until(lambda: office.rows("difficulties")[0]["state"] == "open", 20, "it was not reopened")
    expect(page.locator(".folk-facts")).to_contain_text("open")

    answer("Now it does")
    courier.page.evaluate("dispatchEvent(new Event('online'))")
    one.get_by_role("button", name="It is solved").click()
    until(lambda: office.rows("difficulties")[0]["state"] == "solved", 20, "it was not confirmed")
    expect(one).to_contain_text("You: solved")
    page.goto(f"{office.url}/#/{office.j}/difficulties?as=board")
    expect(page.locator(".ledger-funnel")).to_contain_text("Nothing is open.")
    for_everybody(page, 0)
