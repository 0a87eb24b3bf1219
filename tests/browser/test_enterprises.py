"""The ledger of enterprises: a registry's sheet becomes the ledger, reviews contradict, silence goes up."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from screens import Board, Screens
from serving import City, until

from tests.workbooks import written

CODE = "91110000600037341L"
STAGES = ("screen", "verify", "check_city", "check_county")


def acts_as(city: City, stage: str) -> str:
    """The name of a token that acts for a stage's post in this city."""
    return f"{stage}-{city.j}"


def staffed(city: City) -> None:
    """A post for each stage. The desk's own token holds none of them."""
    steps: list[tuple[str, dict[str, Any]]] = [
        ("unit.establish", {"unit": "U1", "name": "Committee", "area": city.j}),
        ("post.create", {"post": "lead", "name": "Lead", "unit": "U1", "area": city.j, "first": True}),
        ("post.charge", {"post": "lead", "task": "answer", "area": city.j}),
    ]
    for stage in STAGES:
        post = {"post": stage, "name": f"Post {stage}", "unit": "U1", "area": city.j, "parent": "lead"}
        steps += [
            ("post.create", post),
            ("post.charge", {"post": stage, "task": stage, "area": city.j}),
            (
                "post.appoint",
                {"post": stage, "holder": f"H-{stage}", "holder_name": "N", "acts_as": acts_as(city, stage)},
            ),
        ]
    city.batch(steps)


def entered(city: City, **more: Any) -> None:
    city.batch(
        [
            ("enterprise.register", {"enterprise": "E1", "area": city.south, "name": "企业 001", **more}),
            ("review.open", {"enterprise": "E1"}),
        ]
    )


def place(city: City) -> str:
    (row,) = city.rows("enterprises", enterprise="E1")
    return row["place"]


def workbook() -> bytes:
    """A registry's sheet: one correct code, one of 15 digits and none."""
    return written(
        [
            ["企业名称", "统一社会信用代码", "行业", "员工数"],
            ["企业 001", CODE, "快递物流", 12],
            ["企业 002", 230702100012345, "外卖", 8],
            ["企业 003", None, "电商", 3],
        ]
    )


def judge(page: Page, stage: str, verdict: str) -> None:
    """Fill in the form of a verdict."""
    page.get_by_role("button", name="Give a verdict").first.click()
    form = page.locator(".institution-form")
    form.locator("select[name=stage]").select_option(stage)
    form.locator("select[name=verdict]").select_option(verdict)
    if verdict == "reject":
        form.locator("select[name=reason]").select_option("wrong_code")
    form.locator("button[type=submit]").click()


def test_a_registrys_sheet_becomes_the_ledger(city: City, board: Board, tmp_path: Path) -> None:
    file = tmp_path / "registry.xlsx"
    file.write_bytes(workbook())
    page = board(city, "imports", language="en")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="Import 3 rows").click()
    until(lambda: len(city.rows("enterprises")) == 3, 20, "the sheet was not imported")
    page = board(city, "enterprises", language="en")
    expect(page.locator(".grid-body .grid-row")).to_have_count(3)
    expect(page.locator(".institution")).to_contain_text("Codes to look at 2")
    page.get_by_text("企业 001").first.click()
    page.get_by_role("button", name="Send for review").click()
    page.locator(".institution-form button[type=submit]").click()
    expect(page.locator(".ledger-path")).to_contain_text("No verdict yet")
    (row,) = city.rows("enterprises", code_state="good")
    assert row["place"] == "screen"


def test_verdicts_that_contradict_each_other_stay(city: City, screens: Screens) -> None:
    staffed(city)
    entered(city)
    for stage, verdict in (("screen", "approve"), ("verify", "reject")):
        window = screens.open(city.url, language="en")
        page = window.sign_in(city, "enterprises/E1", token=city.token("dispatcher", acts_as(city, stage)))
        if stage == "screen":
            judge(page, "verify", "approve")
            expect(page.locator(".institution-form .field-bad")).to_contain_text("has to wait")
            page.locator(".institution-form").get_by_role("button", name="Cancel").click()
        judge(page, stage, verdict)
        expect(page.locator(".ledger-path")).to_contain_text(verdict.capitalize())
    expect(page.locator(".ledger-note")).to_contain_text("All of them stay")
    assert place(city) == "rejected"


def test_silence_goes_up_by_name_on_a_phone(city: City, screens: Screens) -> None:
    staffed(city)
    old = "2026-01-01T00:00:00Z"
    city.ok("enterprise.register", enterprise="E1", area=city.south, name="企业 001", at=old)
    city.ok("review.open", enterprise="E1", at=old)
    until(lambda: city.rows("enterprises", level="1"), 20, "silence did not go up")
    window = screens.open(city.url, size=(360, 740), touch=True)
    page = window.sign_in(city, "enterprises?as=funnel")
    expect(page.locator(".ledger-overdue")).to_contain_text("Post screen")
    expect(page.locator(".ledger-overdue")).to_contain_text("已上报 1 次")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_one_verdict_for_all_of_a_filter_says_what_became_of_each(city: City, screens: Screens) -> None:
    """Sixty of the south: more than are sent at once, and one has not been sent for review."""
    staffed(city)
    firms = [{"enterprise": f"E{n}", "name": f"企业 {n:03}"} for n in range(62)]
    places = [{**one, "area": city.south if n < 60 else city.j} for n, one in enumerate(firms)]
    city.batch([("enterprise.register", one) for one in places])
    city.batch([("review.open", {"enterprise": f"E{n}"}) for n in range(62) if n != 7])
    window = screens.open(city.url, language="en")
    address = f"enterprises?area={city.south}"
    page = window.sign_in(city, address, token=city.token("dispatcher", acts_as(city, "screen")))
    page.get_by_role("button", name="Choose all 60 listed").click()
    page.get_by_role("row").filter(has_text="企业 003").get_by_role("checkbox").click()
    expect(page.locator(".several-bar")).to_contain_text("59 chosen")
    page.locator(".several-bar").get_by_role("button", name="Give a verdict").click()
    form = page.locator(".institution-form")
    form.locator("select[name=stage]").select_option("screen")
    form.locator("select[name=verdict]").select_option("reject")
    form.locator("select[name=reason]").select_option("wrong_code")
    form.locator("button[type=submit]").click()
    expect(page.locator(".folk-panel")).to_contain_text("59 of 59 answered.")
    expect(page.get_by_text("Recorded: 58")).to_be_visible()
    refused = page.locator(".several-results").first
    expect(refused).to_contain_text("企业 007")
    expect(refused).to_contain_text("send it on the path first")
    expect(page.locator(".several-bar")).to_contain_text("1 chosen")
    rows = city.rows("enterprises", place="rejected", limit=1000)
    assert len(rows) == 58
    assert {row["review"]["verdicts"][0]["reason"] for row in rows} == {"wrong_code"}


def test_one_of_many_is_found_by_typing_and_what_was_typed_is_kept(city: City, screens: Screens) -> None:
    """An enterprise merges into one of fifty; the officer looks something up on another page in between."""
    firms = [{"enterprise": f"E{n}", "area": city.south, "name": f"企业 {n:03}"} for n in range(50)]
    city.batch([("enterprise.register", one) for one in firms])
    window = screens.open(city.url, language="en")
    page = window.sign_in(city, "enterprises/E1")
    page.get_by_role("button", name="Merge").click()
    into = page.locator(".institution-form").get_by_role("combobox")
    into.fill("042")
    expect(page.locator(".area-box [role=option]")).to_have_count(1)
    into.press("ArrowDown")
    into.press("Enter")
    expect(into).to_have_value("企业 042")
    window.at("overview")
    window.at("enterprises/E1")
    page.get_by_role("button", name="Merge").click()
    expect(into).to_have_value("企业 042")
    page.locator(".institution-form button[type=submit]").click()
    expect(page.locator(".folk-facts")).to_contain_text("Merged")
    (row,) = city.rows("enterprises", enterprise="E1")
    assert row["history"][-1]["to"] == "E42"
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator(".institution-form textarea, .institution-form input").first).to_have_value("")
