"""Two people at work on one thing: neither undoes what the other did without seeing it."""

from playwright.sync_api import Page, expect
from screens import Screens
from serving import City, until


def amending(screens: Screens, city: City) -> Page:
    """Open the dialog that amends R1, on a screen of its own."""
    page = screens.open(city.url, language="en").sign_in(city)
    page.evaluate("place => { location.hash = place; }", f"#/{city.j}/requests/R1")
    page.locator("#detail-title").wait_for()
    page.locator(".queue .grid-body").focus()
    page.keyboard.press("e")
    page.locator("dialog[open]").wait_for()
    return page


def save(page: Page) -> None:
    page.locator("dialog[open] button[type=submit]").click()


def test_two_people_amend_one_request_and_the_second_chooses(city: City, screens: Screens) -> None:
    city.batch(
        [
            ("request.open", {"request": "R1", "category": "grocery", "area": f"{city.j}17", "quantity": 2}),
        ]
    )
    first, second = amending(screens, city), amending(screens, city)
    first.get_by_label("Quantity").fill("5")
    save(first)
    expect(first.locator("dialog[open]")).to_have_count(0)

    second.get_by_label("Quantity").fill("9")
    second.get_by_label("Slots").fill("3")
    save(second)
    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("changed this at")
    expect(conflict.locator("fieldset")).to_have_count(1)
    expect(conflict).to_contain_text("Theirs: 5")
    expect(conflict).to_contain_text("Mine: 9")
    assert city.rows("requests")[0]["quantity"] == 5, "nothing was overwritten"

    conflict.get_by_label("Mine: 9").check()
    conflict.get_by_role("button", name="Save what I chose").click()
    expect(second.locator("dialog[open]")).to_have_count(0)
    until(lambda: city.rows("requests")[0]["quantity"] == 9, 10, "the choice was not recorded")
    assert city.rows("requests")[0]["slots"] == 3
