"""One box finds everything: by keyboard, from any page, and it says when it is cut short."""

from playwright.sync_api import expect
from screens import Screens
from serving import City


def test_somebody_is_found_from_any_page_by_keyboard_alone(city: City, screens: Screens) -> None:
    city.batch(
        [
            ("worker.register", {"worker": "W-901", "role": "courier", "name": "王小明"}),
            ("request.open", {"request": "R-903", "category": "grocery", "area": city.j}),
        ]
    )
    number = city.rows("requests")[0]["number"]
    page = screens.open(city.url, language="en", size=(360, 800)).sign_in(city)
    page.evaluate("place => { location.hash = place; }", f"#/{city.j}/overview")
    page.locator("#main").wait_for()

    page.keyboard.press("Control+k")
    expect(page.locator(".palette input")).to_be_focused()
    page.keyboard.type("wxm")
    expect(page.locator(".palette-list [role=option]")).to_have_count(1)
    expect(page.locator(".palette-list [role=option]").first).to_contain_text("Worker")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{city.url}/#/{city.j}/workers/W-901")

    page.keyboard.press("Control+k")
    expect(page.locator(".palette input")).to_be_focused()
    page.keyboard.type(f"r-{number}")
    expect(page.locator(".palette-list [role=option]").first).to_contain_text(f"R-{number:04}")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{city.url}/#/{city.j}/requests/R-903")

    page.keyboard.press("Control+k")
    expect(page.locator(".palette input")).to_be_focused()
    page.keyboard.type("new req")
    expect(page.locator(".palette-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{city.url}/#/{city.j}/enter/request")
