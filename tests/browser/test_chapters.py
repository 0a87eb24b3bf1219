"""Coverage at a past date: the slider and the curve, the tables of the day, a step opened to its facts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import expect
from screens import Screens
from serving import City

STAGES = ("screen", "verify", "check_city", "check_county")


def chapters(city: City) -> dict[str, str]:
    """Four enterprises in the ledger for a month; two covered after ten days, one of them after twenty again
    not. Return the local days of these steps."""
    begin = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) - timedelta(days=30)
    moments = {"begin": begin, "formed": begin + timedelta(days=10), "left": begin + timedelta(days=20)}

    def add(command: str, moment: str, /, **data: Any) -> None:
        city.ok(command, at=moments[moment].isoformat(), observed=True, **data)

    for n in range(4):
        firm = {"enterprise": f"E{n}"}
        add("enterprise.register", "begin", name=f"快递企业 {n}", area=city.south, trade="courier", **firm)
        add("review.open", "begin", **firm)
        for stage in STAGES:
            add("review.judge", "begin", stage=stage, verdict="approve", **firm)
    add("chapter.form", "formed", chapter="C1", name="快递行业联合组织", enterprises=["E0", "E1"])
    add("chapter.leave", "left", chapter="C1", enterprise="E1")
    return {name: when.date().isoformat() for name, when in moments.items()}


def test_coverage_is_asked_at_a_past_date_and_a_step_opens_to_its_facts(city: City, screens: Screens) -> None:
    days = chapters(city)
    page = screens.open(city.url, language="en").sign_in(city, "chapters?as=coverage")
    now = page.locator(".coverage-now")
    expect(now).to_contain_text("25.0%")

    slider = page.get_by_role("slider", name="Date")
    slider.press("Home")
    expect(now).to_contain_text("0 of 0 enterprises")
    page.get_by_label("As of", exact=True).fill(days["formed"])
    expect(now).to_contain_text("2 of 4 enterprises")
    expect(page.locator(".coverage-tables")).to_contain_text("joint by trade")
    step = page.locator(".coverage details", has_text="(+2 covered")
    step.locator("summary").click()
    expect(step).to_contain_text("快递企业 0 joined")
    expect(step.get_by_role("link", name="快递行业联合组织").first).to_be_visible()


def test_a_chapter_stands_with_its_terms_on_a_phone_in_chinese(city: City, screens: Screens) -> None:
    chapters(city)
    window = screens.open(city.url, size=(360, 740), touch=True, language="zh")
    page = window.sign_in(city, "chapters?as=coverage")
    expect(page.locator(".coverage-now")).to_contain_text("25.0%")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    window.at("chapters/C1")
    expect(page.locator(".folk-facts")).to_contain_text("行业联建")
    expect(page.locator("main")).to_contain_text("按规则：行业联建")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_officer_sets_the_thresholds(city: City, screens: Screens) -> None:
    """The form begins with those in force; earlier proposals stay."""
    window = screens.open(city.url, language="en")
    page = window.sign_in(city, "chapters?do=formation.set", token=city.token("admin", "settings"))
    members = page.get_by_label("Members for a chapter of its own")
    expect(members).to_have_value("3")
    members.fill("5")
    page.get_by_role("checkbox", name="Members may be named").click()
    page.locator(".institution-form button[type=submit]").click()
    expect(page.locator(".institution-form")).to_contain_text("purpose")
    page.get_by_role("checkbox", name="Members may be named").click()
    page.locator(".institution-form button[type=submit]").click()
    expect(page.locator(".institution-form")).to_have_count(0)
    (row,) = city.rows("formation_rules")
    assert (row["members"], row["enterprises"], row["level"], row["names"]) == (5, 3, 1, False)
    window.at("chapters?do=formation.set")
    page.reload()
    expect(page.get_by_label("Members for a chapter of its own")).to_have_value("5")
