"""Ten seconds in which the board takes back what it sent, and one act on many requests."""

from playwright.sync_api import expect
from screens import Screens
from serving import City, until


def _state(city: City, request: str) -> str:
    return next(row["state"] for row in city.rows("requests") if row["key"] == request)


def _is(city: City, request: str, state: str) -> None:
    until(lambda: _state(city, request) == state, 15, f"{request} is not {state}")


def _city(city: City) -> None:
    city.ok("worker.register", worker="W1", role="rider", capacity=9)
    city.ok("worker.check_in", worker="W1", area=city.north)
    for n in (1, 2, 3):
        city.ok("request.open", request=f"R{n}", category="grocery", area=city.north, slots=2)


def test_a_dispatch_and_an_end_are_undone_also_from_another_page(city: City, screens: Screens) -> None:
    _city(city)
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city, "requests/R1", token=city.token("dispatcher"))
    page.wait_for_selector("#detail-title")
    page.locator(".queue .grid-body").focus()
    page.keyboard.press("a")
    page.locator(".assign [role=option]").first.click()
    page.locator(".assign-foot .button-main").click()
    _is(city, "R1", "assigned")
    screen.at("workers")
    page.get_by_role("button", name="Undo").click()
    _is(city, "R1", "open")

    city.ok("assignment.dispatch", request="R2", worker="W1")
    screen.at("requests/R2")
    page.wait_for_selector(".tasks .task")
    page.locator(".queue .grid-body").focus()
    page.keyboard.press("x")
    page.get_by_role("dialog").get_by_role("radio", name="Served", exact=True).check()
    page.get_by_role("dialog").get_by_role("button", name="Complete").click()
    _is(city, "R2", "done")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.locator("main").press("u")
    _is(city, "R2", "assigned")


def test_many_are_ended_as_their_work_stands_and_all_of_it_is_undone(city: City, screens: Screens) -> None:
    _city(city)
    city.ok("assignment.dispatch", assignment="A1", request="R1", worker="W1")
    city.ok("assignment.done", assignment="A1")
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city, "requests", token=city.token("dispatcher"))
    page.wait_for_selector(".grid-body .grid-row")
    for row in page.locator(".grid-body .grid-row").all():
        row.locator("input[type=checkbox]").check()
    page.keyboard.press("x")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Will be completed: 1")).to_be_visible()
    expect(dialog.get_by_role("heading", name="Will be cancelled: 2")).to_be_visible()
    dialog.get_by_label("Reason").select_option("solved_itself")
    dialog.get_by_role("button", name="End 3").click()
    _is(city, "R3", "cancelled")
    assert (_state(city, "R1"), _state(city, "R2")) == ("done", "cancelled")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.locator("main").press("z")
    _is(city, "R3", "open")
    _is(city, "R2", "open")


def test_a_reassignment_and_a_merge_are_undone_after_a_reload(city: City, screens: Screens) -> None:
    _city(city)
    city.ok("worker.register", worker="W2", role="rider", capacity=9)
    city.ok("worker.check_in", worker="W2", area=city.north)
    city.ok("assignment.dispatch", assignment="A1", request="R1", worker="W1")
    city.ok("assignment.progress", assignment="A1", stage="on_scene")
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city, "requests/R1", token=city.token("dispatcher"))
    page.locator(".detail").get_by_role("button", name="Give to others").click()
    page.locator(".assign [role=option]").filter(has_text="W2").click()
    page.locator(".assign-foot").get_by_role("button").first.click()
    page.locator(".reassign-send select").select_option(index=1)
    page.get_by_role("button", name="Reassign 1").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Undo").click()
    until(lambda: _live(city) == {("W1", "on_scene")}, 15, "W1 is not back on scene")

    screen.at("requests/R1")
    expect(page.locator(".task:not(.task-ended) .task-head")).to_contain_text("On scene")
    page.locator(".queue .grid-body").focus()
    page.keyboard.press("m")
    page.get_by_role("dialog").get_by_label("Add by number").fill("R2")
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    page.get_by_role("dialog").get_by_role("radio").nth(1).check()
    page.get_by_role("dialog").locator("[type=submit]").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.locator("main").press("u")
    until(lambda: _live(city) == {("W1", "on_scene")}, 15, "W1 is not back on R1")
    _is(city, "R1", "in_progress")


def _live(city: City) -> set[tuple[str, str]]:
    rows = city.rows("assignments")
    return {(row["worker"], row["state"]) for row in rows if row["live"]}
