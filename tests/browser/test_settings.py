"""Settings: an admin gives and takes access, extends the lists, and sets limits and who sees what."""

import re

import httpx
from playwright.sync_api import Page, expect
from screens import Board, Screens
from serving import City, until


def test_an_admin_gives_limits_and_takes_access(city: City, screens: Screens) -> None:
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city, "settings/tokens")
    name = f"desk-{city.j}"

    _make(page, name)
    dialog = page.get_by_role("dialog", name=f"Token of {name}")
    secret = dialog.locator("code").first.inner_text()
    assert _status(city, secret) == 200
    dialog.get_by_role("button", name="I have it").click()
    row = page.locator(".settings-row", has_text=name)
    expect(row).to_contain_text("Dispatcher")
    expect(row).to_contain_text("All areas")
    assert secret not in page.content()

    _make(page, name)
    expect(page.locator(".field-bad")).to_contain_text("already exists")

    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(row).to_have_count(0)
    until(lambda: _status(city, secret) == 401, 5, "a revoked token still reads")


def test_a_new_category_is_offered_where_requests_are_entered(city: City, board: Board) -> None:
    page = board(city, "settings/lists", language="en")
    form = page.locator(".entry-aside form")
    form.get_by_role("button", name="Add").click()
    expect(form.locator(".field-bad")).to_contain_text("Give a code")
    form.get_by_label("Name in English").fill("Pet food")
    form.get_by_label("Name in 中文").fill("宠物粮")
    form.get_by_label("A dispatcher confirms").check()
    form.get_by_role("button", name="Add").click()
    expect(page.locator(".settings-row", has_text="pet_food")).to_contain_text("dispatcher confirms")

    page.goto(f"{city.url}/#/{city.j}/enter/request")
    expect(page.get_by_role("radio", name="Pet food")).to_be_visible()
    page.get_by_role("button", name="中").click()
    expect(page.get_by_role("radio", name="宠物粮")).to_be_visible()


def test_a_form_adds_what_its_list_lacks_with_names_in_both_languages(city: City, screens: Screens) -> None:
    city.ok("worker.register", worker="W1", role="rider")
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city, "enter/request")
    page.get_by_role("group", name="Category").get_by_text("Another…").click()
    page.get_by_text("Add a new one to the list").click()
    page.get_by_label("Name in English").fill("Pet food")
    page.get_by_label("Name in 中文").fill("宠物粮")
    page.get_by_label("Name in 中文").press("Enter")
    expect(page.get_by_role("radio", name="Pet food")).to_be_checked()

    screen.at("workers/W1")
    page.get_by_role("button", name="Retire").click()
    reason = page.get_by_label("Reason", exact=True)
    expect(reason.locator("option")).to_contain_text(["Choose a reason", "Left", "Registered twice"])
    reason.select_option(label="Another reason…")
    page.get_by_text("Add a new one to the list").click()
    page.get_by_label("Name in English").fill("Moved away")
    page.get_by_role("button", name="Add to the list").click()
    expect(reason).to_have_value("moved_away")
    page.locator(".folk-small-form").get_by_role("button", name="Retire").click()
    until(lambda: not city.rows("roster"), 10, "W1 was not retired")
    terms = {row["key"]: row["names"] for row in city.rows("terms")}
    assert terms["category.pet_food"] == {"en": "Pet food", "zh": "宠物粮"}
    assert terms["retire.moved_away"] == {"en": "Moved away"}


def test_a_desk_that_may_not_define_terms_types_a_code(city: City, screens: Screens) -> None:
    city.ok("worker.register", worker="W1", role="rider")
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city, "workers/W1", token=city.token("dispatcher"))
    page.get_by_role("button", name="Retire").click()
    page.get_by_label("Reason", exact=True).select_option(label="Another reason…")
    expect(page.get_by_text("Add a new one to the list")).to_have_count(0)
    page.get_by_label("One or two words").fill("Moved away")
    page.locator(".folk-small-form").get_by_role("button", name="Retire").click()
    until(lambda: not city.rows("roster"), 10, "W1 was not retired")


def test_limits_and_who_sees_what_are_set_in_words(city: City, board: Board) -> None:
    page = board(city, "settings/timers", language="en")
    check = page.get_by_label("Check of people on scene or alone")
    check.fill("soon")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field-bad")).to_contain_text("Write a time from 10 s to 7 days")
    check.fill("10 min")
    page.get_by_role("button", name="Save").click()
    until(lambda: _here(city)["timers"]["welfare"] == 600, 5, "the limit was not set")

    page.get_by_role("link", name="Who sees what").click()
    dispatcher = page.get_by_role("group", name="Dispatcher")
    dispatcher.get_by_label("Names").select_option("on_demand")
    page.get_by_role("button", name="Save").click()
    until(lambda: _here(city)["disclosure"]["dispatcher"]["name"] == "on_demand", 5, "the rule was not set")


def test_the_settings_fit_a_narrow_screen_in_both_languages(city: City, screens: Screens) -> None:
    for language in ("en", "zh"):
        screen = screens.open(city.url, language=language, size=(360, 800))
        page = screen.sign_in(city, "settings/tokens")
        for part in ("tokens", "lists", "timers", "sights"):
            page.goto(f"{city.url}/#/{city.j}/settings/{part}")
            current = page.locator(".settings .entry-tabs a[aria-current=page]")
            expect(current).to_have_attribute("href", re.compile(f"settings/{part}$"))
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, (language, part)


def _make(page: Page, name: str) -> None:
    form = page.locator(".entry-aside form")
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_role("button", name="Make token").click()


def _status(city: City, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx.get(f"{city.url}/api/v1/{city.j}/areas", headers=headers, trust_env=False).status_code


def _here(city: City) -> dict:
    return city.rows("jurisdictions")[0]


def test_the_last_events_name_who_saw_whose_data(city: City, board: Board) -> None:
    city.ok("worker.register", worker="W1", role="rider", name="Nadia Rider", phone="13800005678")
    city.ok("request.open", request="R1", category="grocery", area=city.j, contact_phone="13800001234")
    city.rows("requests")  # waits until the views have it
    for view in ("requests/R1", "roster/W1"):
        city.http.get(f"/api/v1/{city.j}/{view}?reveal=true").raise_for_status()
    page = board(city, language="en")
    events = page.locator(".o-event", has_text="Admin local")
    expect(events.filter(has_text="Nadia Rider")).to_have_count(1)
    expect(events.filter(has_text="R-0001")).to_have_count(1)
