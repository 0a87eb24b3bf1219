"""A day of a lockdown at the dispatcher's desk, from declaring to closing, by keyboard alone."""

import contextlib
import itertools
import re

import pytest
from keyboard import Keyboard
from playwright.sync_api import Locator, Page, expect
from screens import Screens
from serving import City, number, until


@pytest.fixture
def desk(city: City, screens: Screens) -> Page:
    """A dispatcher's board; six people of the city are on duty, nothing is declared yet."""
    people: list[tuple[str, dict[str, object]]] = []
    for i in range(1, 7):
        role = "rider" if i < 5 else "courier"
        people.append(("worker.register", {"worker": f"W{i}", "role": role, "name": f"队员00{i}"}))
        people.append(("worker.check_in", {"worker": f"W{i}", "area": city.south}))
    city.batch(people)
    return screens.open(city.url, language="en").sign_in(city, token=city.token("dispatcher"))


@pytest.mark.timeout(240)
def test_a_day_by_keyboard_alone(city: City, desk: Page) -> None:
    hand = Keyboard(desk)
    _declare(hand)
    _form_team(hand, city)
    for category, priority in (("Medicine", "1"), ("Groceries", "3"), ("Groceries", "3")):
        _open(hand, city, category, priority)
    until(lambda: _ledger(city) == {"open": 3}, 5, "three requests were entered")

    _send_the_best(hand)
    until(lambda: _ledger(city) == {"open": 2, "assigned": 1}, 5, "nobody was sent")
    first = city.rows("requests", state="assigned")[0]
    assert (first["priority"], first["category"]) == (1, "medicine")

    _give_to_others(hand)
    until(lambda: len(city.rows("assignments", request=first["request"])) == 2, 5, "it was not given away")
    live = city.rows("assignments", request=first["request"], live="true")
    assert len(live) == 1

    _merge_the_groceries(hand)
    until(lambda: _ledger(city) == {"assigned": 1, "open": 1, "merged": 1}, 5, "nothing was merged")

    _serve(hand, first["request"])
    until(lambda: _ledger(city) == {"done": 1, "open": 1, "merged": 1}, 5, "it was not completed")

    _refused_to_close(hand)
    last = city.rows("requests", state="open")[0]["request"]
    _cancel(hand, last)
    until(lambda: _ledger(city) == {"done": 1, "cancelled": 1, "merged": 1}, 5, "it was not cancelled")
    _close(hand)
    until(lambda: city.rows("incidents")[0]["state"] == "closed", 5, "the incident is not closed")

    hand.go("o")
    received = desk.locator("[data-figure=received]")
    expect(received).to_be_visible()
    assert number(received.inner_text()) == 3


def _ledger(city: City) -> dict[str, int]:
    """Requests by state, those that there are."""
    found: dict[str, int] = {}
    for row in city.rows("ledger"):
        for state in ("open", "assigned", "in_progress", "done", "failed", "cancelled", "merged"):
            found[state] = found.get(state, 0) + row[state]
    return {state: count for state, count in found.items() if count}


def _recorded(hand: Keyboard, text: str) -> None:
    expect(hand.page.locator(".entry-done")).to_contain_text(text)


def _declare(hand: Keyboard) -> None:
    hand.go("i")
    hand.activate(hand.page.get_by_role("link", name="Declare incident").first)
    expect(hand.page.get_by_role("heading", name="Declare an incident")).to_be_visible()
    hand.write(hand.page.get_by_label("Name", exact=True), "Lockdown 3.28")
    hand.check(hand.page.get_by_role("radio", name="Lockdown"))
    hand.press("Enter")
    _recorded(hand, "Lockdown 3.28")


def _form_team(hand: Keyboard, city: City) -> None:
    hand.activate(hand.page.get_by_role("link", name="Team", exact=True))
    expect(hand.page.get_by_role("heading", name="Form a team")).to_be_visible()
    hand.write(hand.page.get_by_label("Team name"), "Grocery team 1")
    hand.write(hand.page.locator("input[data-area]"), city.south)
    hand.check(hand.page.get_by_role("radio", name="Courier"))
    hand.write(hand.page.get_by_label("Add members"), "W5 W6")
    hand.press("Enter")
    expect(hand.page.get_by_text("W5").first).to_be_visible()
    hand.activate(hand.page.get_by_role("button", name="Form team"))
    _recorded(hand, "Grocery team 1")


def _open(hand: Keyboard, city: City, category: str, priority: str) -> None:
    hand.go("e")
    expect(hand.page.get_by_role("heading", name="Open a request")).to_be_visible()
    hand.check(hand.page.get_by_role("radio", name=category))
    hand.check(hand.page.get_by_role("radio", name=re.compile(f"^{priority} ")))
    hand.write(hand.page.get_by_label("Caller's words"), f"Needs {category}")
    hand.write(hand.page.get_by_label("Community or grid"), city.south)
    hand.write(hand.page.get_by_label("Phone"), "00000000123")
    hand.press("Enter")
    _recorded(hand, category)


def _send_the_best(hand: Keyboard) -> None:
    """Two actions: a, Enter."""
    hand.go("r")
    expect(hand.page.locator(".grid-body .grid-row").first).to_be_visible()
    hand.press("j")
    expect(hand.page.locator(".grid-chosen")).to_have_count(1)
    hand.press("a")
    expect(hand.page.get_by_role("button", name=re.compile("^Send "))).to_be_visible()
    expect(hand.page.get_by_role("listbox")).to_be_focused()
    hand.press("Enter")


def _give_to_others(hand: Keyboard) -> None:
    hand.activate(hand.page.get_by_role("button", name="Give to others…").first)
    expect(hand.page.get_by_role("button", name=re.compile("^Give to [^o]"))).to_be_visible()
    expect(hand.page.get_by_role("listbox")).to_be_focused()
    hand.press("Enter")
    expect(hand.page.locator(".handovers strong")).not_to_have_text("Choose a unit")
    reason = hand.page.locator(".reassign-send select")
    hand.reach(reason)
    hand.press("ArrowDown")
    hand.activate(hand.page.get_by_role("button", name=re.compile("^Reassign")))
    expect(reason).to_have_count(0)


def _merge_the_groceries(hand: Keyboard) -> None:
    hand.press("Escape", "Escape", "Escape")
    body = hand.page.locator(".grid-body")
    hand.reach(body)
    rows = hand.page.locator(".grid-body .grid-row")
    for key, row in (("End", 2), ("ArrowUp", 1)):
        hand.press(key)
        expect(rows.nth(row)).to_have_class(re.compile("grid-chosen"))
        hand.press("Space")
        expect(rows.nth(row).get_by_role("checkbox")).to_be_checked()
    hand.press("m")
    expect(hand.page.get_by_role("dialog")).to_be_visible()
    hand.activate(hand.page.get_by_role("button", name=re.compile("^Merge 1 into")))
    expect(hand.page.get_by_role("dialog")).to_have_count(0)


def _choose(hand: Keyboard, request: str) -> None:
    """In the queue, with the arrows."""
    hand.go("r")
    body = hand.page.locator(".grid-body")
    hand.reach(body)
    hand.press("Home")
    chosen = hand.page.locator(".grid-chosen")
    expect(chosen).to_have_count(1)
    for _ in range(10):
        shown = chosen.get_attribute("id")
        if shown == f"row-{request}":
            return
        hand.press("ArrowDown")
        expect(chosen).not_to_have_id(shown or "")
    raise AssertionError(f"{request} is not in the queue")


def _serve(hand: Keyboard, request: str) -> None:
    _choose(hand, request)
    steps = ("En route", "On scene", "Part done")
    for step, following in itertools.pairwise(steps):
        hand.activate(hand.page.get_by_role("button", name=step))
        expect(hand.page.get_by_role("button", name=following)).to_be_focused(timeout=15_000)
        expect(hand.page.get_by_role("button", name=step)).to_have_count(0)
    hand.activate(hand.page.get_by_role("button", name=steps[-1]))
    expect(hand.page.get_by_text("Completed by itself")).to_be_visible(timeout=15_000)


def _cancel(hand: Keyboard, request: str) -> None:
    _choose(hand, request)
    hand.press("x")
    dialog = hand.page.get_by_role("dialog")
    hand.check(dialog.get_by_role("radio", name="Not needed"))
    hand.reach(dialog.locator("select"))
    hand.press("ArrowDown")
    hand.activate(dialog.get_by_role("button", name="Cancel request"))
    expect(dialog).to_have_count(0)


def _incident(hand: Keyboard) -> None:
    hand.go("i")
    hand.activate(hand.page.get_by_role("link", name=re.compile("Lockdown 3.28.*unfinished")))
    expect(hand.page.get_by_role("heading", name="Lockdown 3.28")).to_be_focused()


def _refused_to_close(hand: Keyboard) -> None:
    _incident(hand)
    hand.activate(hand.page.get_by_role("button", name="Close incident"))
    expect(hand.page.get_by_text("1 requests are unfinished")).to_be_visible()
    hand.press("Escape")


def _close(hand: Keyboard) -> None:
    _incident(hand)
    hand.activate(hand.page.get_by_role("button", name="Close incident"))
    form = hand.page.get_by_role("group", name="Close incident")
    hand.activate(form.get_by_role("button", name="Close incident"))


@pytest.mark.timeout(120)
def test_two_dispatchers_fight_for_one_slot(city: City, screens: Screens) -> None:
    """One gets it; the other is told who was faster, and nothing else happens."""
    people: list[tuple[str, dict[str, object]]] = []
    for name in ("W1", "W2"):
        people.append(("worker.register", {"worker": name, "role": "rider"}))
        people.append(("worker.check_in", {"worker": name, "area": city.south}))
    city.batch([*people, ("request.open", {"request": "R1", "category": "grocery", "area": city.south})])
    desks = [
        screens.open(city.url, language=language).sign_in(city, "requests/R1", token=city.token("dispatcher"))
        for language in ("en", "zh")
    ]
    for desk in desks:
        option = desk.get_by_role("listbox").get_by_role("option").first
        until(lambda desk=desk, option=option: _asked_for(desk, option), 20, "nobody to choose from is shown")
    desks[1].keyboard.press("ArrowDown")
    # both are about to press: the patch of the first may not reach the second before it has pressed too
    desks[1].route("**/commands/assignment.dispatch", lambda route: (_dispatched(city), route.continue_())[1])
    desks[1].keyboard.press("Enter")
    expect(desks[1].get_by_text("W1").first).to_be_visible()
    expect(desks[1].locator(".note-error, [role=alert]").first).to_contain_text("最后一个名额")
    live = city.rows("assignments", request="R1", live="true")
    assert [row["worker"] for row in live] == ["W1"]
    expect(desks[0].get_by_text("All slots are taken")).to_be_visible()


def _asked_for(desk: Page, option: Locator) -> bool:
    """Press again where the page was shown a moment before it listens to keys."""
    if option.is_visible():
        return True
    desk.keyboard.press("a")
    with contextlib.suppress(AssertionError):
        expect(option).to_be_visible(timeout=1000)
    return option.is_visible()


def _dispatched(city: City) -> None:
    """The other dispatcher was a moment faster."""
    if not city.rows("assignments", request="R1", live="true"):
        city.ok("assignment.dispatch", request="R1", worker="W1")


AT_ONCE = """() => new MutationObserver((_, watch) => {
  if (!document.querySelector(".grid-body .grid-row")) return;
  watch.disconnect();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true, cancelable: true }));
}).observe(document.body, { childList: true, subtree: true })"""


def test_a_key_is_heard_as_soon_as_there_is_something_to_see(city: City, desk: Page) -> None:
    city.ok("request.open", request="R1", category="medicine", priority=1, area=city.south)
    desk.evaluate(AT_ONCE)
    Keyboard(desk).go("r")
    expect(desk.locator(".grid-chosen")).to_have_count(1)


def test_a_list_of_people_is_walked_through_by_keyboard_from_the_start(desk: Page) -> None:
    hand = Keyboard(desk)
    hand.go("w")
    rows = desk.locator(".grid-body .grid-row")
    expect(rows).to_have_count(6)
    hand.press("j", "j", "Enter")
    expect(desk.locator(".folk-panel-title")).to_contain_text("W2")
    hand.press("Escape")
    hand.press("/")
    desk.keyboard.type("W5")
    expect(rows).to_have_count(1)
    hand.press("Enter", "j", "Enter")
    expect(desk.locator(".folk-panel-title")).to_contain_text("W5")


def test_the_page_to_enter_things_is_left_by_keyboard(desk: Page) -> None:
    hand = Keyboard(desk)
    hand.press("n")
    expect(desk.get_by_role("heading", name="Open a request")).to_be_visible()
    expect(desk.get_by_role("radio").first).to_be_focused()
    hand.press("g", "t")
    expect(desk.get_by_role("heading", name="Teams", exact=True)).to_be_visible()
    hand.press("g", "e")
    field = desk.get_by_label("Caller's words")
    hand.reach(field)
    hand.press("g", "t")
    expect(field).to_have_value("gt")
    hand.press("Escape", "g", "t")
    expect(desk.get_by_role("heading", name="Teams", exact=True)).to_be_visible()
