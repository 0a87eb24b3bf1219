"""A registry export compared with the ledger: a name is judged by keyboard, undone, and completeness read."""

import re
from typing import Any

from playwright.sync_api import expect
from screens import Screens
from serving import City, until

CODE = "91110000600037341L"


def compared(city: City) -> None:
    """Three enterprises, and a registry export that names four."""
    known = [("伊春市宏达物流有限公司", CODE), ("鑫源商贸经营部", None), ("鑫源贸易有限公司", None)]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("enterprise.register", {"enterprise": f"E{n}", "area": city.south, "name": name, "code": code})
        for n, (name, code) in enumerate(known, 1)
    ]
    steps.append(
        ("source_list.declare", {"source_list": "L1", "kind": "registry", "title": "市场主体登记名录"})
    )
    entries = [("宏达物流", CODE), ("伊春市鑫源商贸有限公司", None), ("顺风餐饮店", None), ("宏远物流", None)]
    steps += [
        (
            "entry.list",
            {"entry": f"X{n}", "source_list": "L1", "area": city.south, "name": name, "code": code},
        )
        for n, (name, code) in enumerate(entries, 1)
    ]
    city.batch(steps)


def state(city: City, entry: str) -> str:
    (row,) = city.rows("comparison", entry=entry)
    return row["state"]


def test_a_name_is_judged_by_keyboard_and_undone(city: City, screens: Screens) -> None:
    compared(city)
    page = screens.open(city.url, language="en").sign_in(city, "comparison?state=candidate")
    row = page.locator(".grid-body .grid-row")
    expect(row).to_have_count(1)
    row.first.click()
    page.keyboard.press("Enter")
    candidates = page.locator(".compared-one")
    expect(candidates).to_have_count(2)
    expect(candidates.first).to_contain_text("Same name but for region and form")
    page.keyboard.press("d")
    until(lambda: city.rows("matches"), 10, "no verdict was given")
    expect(candidates).to_have_count(1)
    page.keyboard.press("s")
    expect(page.locator(".folk-facts")).to_contain_text("matched by verdict")
    page.keyboard.press("u")
    expect(candidates).to_have_count(1)
    assert state(city, "X2") == "candidate"
    page.get_by_role("button", name="Take back").click()
    expect(candidates).to_have_count(2)


def test_completeness_leads_to_what_is_missing_by_name(city: City, screens: Screens) -> None:
    compared(city)
    window = screens.open(city.url, size=(360, 740), touch=True)
    page = window.sign_in(city, "comparison?as=completeness&since=2022-01-01")
    line = page.locator(".completeness tbody tr").first
    expect(line).to_contain_text("25.0%")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    line.get_by_role("link", name="2", exact=True).click()
    expect(page).to_have_url(re.compile("state=missing"))
    expect(page.locator(".grid-body .grid-row")).to_have_count(2)
    expect(page.locator(".grid-body")).to_contain_text("宏远物流")
    window.at("comparison/X2")
    expect(page.locator(".compared-one")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
