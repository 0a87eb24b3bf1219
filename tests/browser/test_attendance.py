"""Attendance on the board: downloaded lists, hours, corrections, and forgotten check-outs."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from screens import Screens
from serving import City


def _ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def _crew(city: City) -> None:
    """A rider who has worked for two hours, and a courier who is off duty."""
    for worker, role in (("W1", "rider"), ("W2", "courier")):
        city.ok("worker.register", worker=worker, role=role, organisation=f"Team of {role}s")
    city.ok("worker.check_in", worker="W1", area=city.north, at=_ago(3), observed=True)
    city.ok("worker.check_out", worker="W1", at=_ago(1), observed=True)


def _download(page: Page, folder: Path) -> list[dict[str, str]]:
    page.get_by_role("button", name="Export").first.click()
    page.get_by_label("CSV").check()
    with page.expect_download() as given:
        page.get_by_role("link", name="Download").click()
    given.value.save_as(folder / "list.csv")
    with (folder / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_list_and_the_hours_are_downloaded_as_filtered(
    city: City, screens: Screens, tmp_path: Path
) -> None:
    _crew(city)
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city, "workers?role=rider", token=city.token("dispatcher"))
    assert [row["worker"] for row in _download(page, tmp_path)] == ["W1"]
    screen.at("hours")
    expect(page.get_by_role("row").filter(has_text="W1")).to_contain_text("2 h")
    assert [(row["worker"], row["hours"]) for row in _download(page, tmp_path)] == [("W1", "2.0")]


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
