"""Attendance on the board: downloaded lists, hours, corrections, and forgotten check-outs."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from screens import Screens
from serving import City, Served, where_it_is_afternoon


def _ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def _crew(city: City) -> None:
    """A rider who has worked for two hours, and a courier who is off duty."""
    for worker, role in (("W1", "rider"), ("W2", "courier")):
        city.ok("worker.register", worker=worker, role=role, organisation=f"Team of {role}s")
    city.ok("worker.check_in", worker="W1", area=city.north, at=_ago(3), observed=True)
    city.ok("worker.check_out", worker="W1", at=_ago(1), observed=True)
    assert len(city.rows("roster")) == 2  # waits for the views


def _download(page: Page, folder: Path, machine: bool = False) -> list[dict[str, str]]:
    page.get_by_role("button", name="Export").first.click()
    page.get_by_label("CSV").check()
    page.get_by_label("Names of the fields").set_checked(machine)
    with page.expect_download() as given:
        page.get_by_role("dialog").get_by_text("Download", exact=True).click()
    given.value.save_as(folder / "list.csv")
    with (folder / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_list_and_the_hours_are_downloaded_as_filtered(
    service: Served, screens: Screens, tmp_path: Path
) -> None:
    city = service.city(where_it_is_afternoon())
    _crew(city)
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city, "workers?role=rider", token=city.token("dispatcher"))
    assert [row["worker"] for row in _download(page, tmp_path, machine=True)] == ["W1"]
    screen.at("workers?q=courier&sort=-worker")
    expect(page.get_by_role("gridcell", name="W2")).to_be_visible()
    assert [row["Worker"] for row in _download(page, tmp_path)] == ["W2"]
    screen.at("hours")
    expect(page.get_by_role("row").filter(has_text="W1")).to_contain_text("2 h")
    assert [(row["Worker"], row["Hours"]) for row in _download(page, tmp_path)] == [("W1", "2.0")]


def test_a_file_of_requests_holds_what_text_and_alert_filters_show(
    city: City, screens: Screens, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        city.ok("request.open", request=f"Q{number}", category="grocery", area=city.north, priority=3)
    city.ok("request.open", request="Q4", category="medical", area=city.north, at=_ago(1), priority=1)
    page = screens.open(city.url, language="en").sign_in(city, "requests?q=q2")
    expect(page.get_by_text("1 of 4")).to_be_visible()
    assert [row["Request"] for row in _download(page, tmp_path)] == ["Q2"]
    page.evaluate("place => { location.hash = place; }", f"#/{city.j}/requests?alert=any&priority=1")
    expect(page.get_by_text("1 of 4")).to_be_visible()
    assert [row["Request"] for row in _download(page, tmp_path)] == ["Q4"]


def test_a_forgotten_check_out_is_ended_in_two_actions_and_corrected_later(
    city: City, screens: Screens
) -> None:
    city.ok("worker.register", worker="W1", role="rider")
    city.ok("worker.check_in", worker="W1", area=city.north, at=_ago(20), observed=True)
    city.ok("worker.set_presence", worker="W1", presence="on_break", at=_ago(15), observed=True)
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city, "workers", token=city.token("dispatcher"))
    page.get_by_role("link", name="Forgotten check-outs: 1").click()
    expect(page.get_by_label("End of duty of W1")).to_have_value("sign")
    page.get_by_role("button", name="Check out 1").click()
    expect(page.get_by_text("Nobody is on duty for too long.")).to_be_visible()
    (duty,) = city.rows("intervals", worker="W1")
    assert round(duty["seconds"] / 3600, 2) == 5.0

    screen.at("workers/W1")
    page.get_by_role("button", name="Correct: Checked out").click()
    at = page.get_by_label("Checked out at")
    later = datetime.fromisoformat(at.input_value()) + timedelta(hours=1)
    at.fill(later.isoformat(timespec="minutes"))
    page.get_by_label("Reason").select_option("wrong_time")
    page.get_by_role("button", name="Correct", exact=True).last.click()
    page.get_by_text("Corrected 1×").click()
    expect(page.locator(".folk-corrections")).to_contain_text("Wrong time")
    (duty,) = city.rows("intervals", worker="W1")
    assert 5.9 < duty["seconds"] / 3600 <= 6.0
