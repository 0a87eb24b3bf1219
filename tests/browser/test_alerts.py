"""Nobody is overlooked: sending to nobody takes a reason, and leaves an alert until somebody is there."""

import re
from typing import Any

from playwright.sync_api import Page, expect
from screens import Board, Screens
from serving import City, until


def alerts(city: City) -> dict[str, int]:
    """Return the number of alerts of each kind, once all that is recorded shows."""
    return city.get("alerts")["counts"]


def at_the_queue(page: Page) -> None:
    """Choose the only request of the queue and open the list of whom to send."""
    expect(page.locator(".grid-body .grid-row").first).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".grid-chosen")).to_have_count(1)
    page.keyboard.press("a")
    expect(page.get_by_role("listbox").last).to_be_focused()


def crew_off_duty(city: City) -> None:
    """Form a team of two, both off duty."""
    workers: list[tuple[str, dict[str, Any]]] = [
        ("worker.register", {"worker": f"W{n}", "role": "courier", "home_area": city.south}) for n in (1, 2)
    ]
    team = {"team": "T1", "name": "Team 1", "kind": "courier", "area": city.south, "members": ["W1", "W2"]}
    city.batch([*workers, ("team.form", {**team, "activate": True})])


def test_with_nobody_free_nothing_is_sent_until_somebody_says_why(city: City, screens: Screens) -> None:
    crew_off_duty(city)
    city.ok("request.open", request="R1", category="grocery", area=city.south, priority=1)
    page = screens.open(city.url, language="en").sign_in(city, "requests")

    at_the_queue(page)
    units = page.get_by_role("listbox").last
    expect(units.get_by_role("option")).to_contain_text(["nobody on duty"])
    expect(units.get_by_role("option", selected=True)).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody is free.")).to_be_visible()
    assert city.rows("assignments") == []

    page.keyboard.press("j")
    expect(units.get_by_role("option", selected=True)).to_have_count(1)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=re.compile("Nobody of Team 1 is on duty"))
    expect(dialog.get_by_role("combobox")).to_be_focused()
    dialog.get_by_role("combobox").select_option("called_in")
    dialog.get_by_role("button", name="Send anyway").click()
    expect(dialog).to_have_count(0)

    until(lambda: len(city.rows("assignments")) == 1, 10, "nobody was sent")
    (sent,) = city.rows("assignments")
    assert (sent["team"], sent["unattended"]) == ("T1", "called_in")
    assert alerts(city) == {"sent_to_nobody": 1}

    city.ok("worker.check_in", worker="W1", area=city.south)
    assert alerts(city) == {}


def test_a_silent_offer_is_an_alert_until_somebody_acts(city: City, board: Board) -> None:
    city.ok("jurisdiction.set_timers", timers={"offered": [10, 10, 10, 10]})
    city.ok("worker.register", worker="W1", role="courier")
    city.ok("worker.check_in", worker="W1", area=city.south)
    city.ok("request.open", request="R1", category="grocery", area=city.south, priority=3)
    city.ok("assignment.offer", assignment="A1", request="R1", worker="W1")
    page = board(city, language="en")

    silent = page.locator("[data-kind=offered_silent]")
    expect(silent).to_be_visible(timeout=40000)
    (alert,) = city.get("alerts")["items"]
    assert (alert["kind"], alert["assignment"], alert["limit_s"]) == ("offered_silent", "A1", 10)

    city.ok("assignment.accept", assignment="A1")
    expect(silent).to_have_count(0, timeout=20000)
    assert city.get("alerts")["items"] == []
