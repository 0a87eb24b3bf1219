"""The clock of an incident: which day it is, of how many, and how many over."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect
from screens import Screens
from serving import City


def shown(page: Page, city: City, where: str, place: str, words: str) -> None:
    go(page, city, place)
    expect(page.locator(where).first).to_have_text(words)


def go(page: Page, city: City, place: str) -> None:
    page.evaluate("place => { location.hash = place; }", f"#/{city.j}/{place}")


def began(days_ago: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()


def test_a_clock_says_of_how_many_days_once_somebody_has_said_so(city: City, screens: Screens) -> None:
    city.ok("incident.declare", incident="I1", name="封控", starts_at=began(7))
    page = screens.open(city.url).sign_in(city)
    shown(page, city, ".o-incident-day", "overview", "第 8 天")
    shown(page, city, ".incident-clock b", "incidents/I1", "第 8 天")
    page.get_by_role("button", name="修改").first.click()
    page.get_by_label("预计持续天数").fill("14")
    page.get_by_role("complementary").locator("form button[type=submit]").click()
    expect(page.locator(".incident-clock b")).to_have_text("第 8 天，共 14 天")
    expect(page.locator(".clock-day")).to_contain_text("第 8 天，共 14 天")
    shown(page, city, ".o-incident-day", "overview", "第 8 天，共 14 天")
    (row,) = city.rows("incidents")
    assert (row["expected_days"], row["name"]) == (14, "封控")


def test_past_the_expected_end_it_says_how_many_days_over_until_it_is_not_known_any_more(
    city: City, screens: Screens
) -> None:
    city.ok("incident.declare", incident="I1", name="Lockdown", starts_at=began(14), expected_days=14)
    page = screens.open(city.url, language="en").sign_in(city)
    shown(page, city, ".o-incident-day", "overview", "day 15, 1 day over")
    page.goto(f"{city.url}/wall#/{city.j}")
    expect(page.locator(".wall-incident b")).to_have_text("day 15, 1 day over")
    page.goto(f"{city.url}/#/{city.j}/incidents/I1")
    page.get_by_role("button", name="Amend").first.click()
    page.get_by_label("Expected duration, days").fill("")
    page.get_by_role("complementary").locator("form button[type=submit]").click()
    expect(page.locator(".incident-clock b")).to_have_text("day 15")
    assert city.rows("incidents")[0].get("expected_days") is None


def test_days_are_given_where_an_incident_is_declared(city: City, screens: Screens) -> None:
    page = screens.open(city.url).sign_in(city)
    go(page, city, "enter/incident")
    page.locator("input[name=name]").fill("封控")
    page.locator("input[name=expected_days]").fill("14")
    page.locator("input[name=name]").press("Enter")
    expect(page.locator(".entry-lines").first).to_contain_text("第 1 天，共 14 天")
    assert [row["expected_days"] for row in city.rows("incidents")] == [14]


def test_a_closed_one_had_as_many_days_as_it_had_whatever_was_expected(city: City, screens: Screens) -> None:
    """From one midnight to another are whole days, not one more."""
    start, end = "2022-03-28T00:00:00+08:00", "2022-04-11T00:00:00+08:00"
    city.ok("incident.declare", incident="I1", name="封控", starts_at=start, expected_days=10)
    city.ok("incident.close", incident="I1", ends_at=end)
    page = screens.open(city.url).sign_in(city)
    shown(page, city, ".incident-clock b", "incidents/I1", "第 14 天，共 14 天")
    go(page, city, "overview")
    expect(page.locator(".o-incident")).to_contain_text("历时 14 天")
