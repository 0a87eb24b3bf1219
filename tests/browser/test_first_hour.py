"""The first hour: from an empty service to a dispatched request with an own sheet, without reading docs."""

from pathlib import Path

from playwright.sync_api import Page, expect
from screens import Screens
from serving import City, Served, until

AREAS = "社区名称,所属街道\n朝阳街道,\n永红社区,朝阳街道\n红旗社区,朝阳街道\n"
PEOPLE = (
    "姓名,手机号,岗位,社区\n队员001,00000000001,骑手,永红社区\n队员002,00000000002,保安,永红\n"
    "队员003,无,快递员,红旗社区\n"
)


def bring(page: Page, file: Path) -> None:
    page.set_input_files("input[type=file]", str(file))
    expect(page.locator(".import-start")).to_be_visible(timeout=15000)


def step(page: Page, name: str) -> None:
    expect(page.locator(".start-current h3")).to_have_text(name)


def plays_and_removes_the_example(page: Page, own: Served) -> None:
    page.get_by_role("button", name="运行示例").click()
    expect(page.locator(".over")).to_be_visible(timeout=15000)
    page.locator(".start-band").get_by_role("button", name="移除示例").click()
    page.get_by_role("dialog").get_by_role("button", name="移除示例").click()
    expect(page.locator(".start-band")).to_have_count(0)
    index = own.http.get("/api/v1").json()
    assert (index["jurisdictions"], index["closed"]) == (["EXAMPLE"], ["EXAMPLE"])
    page.goto(f"{own.url}/")


def test_a_newcomer_gets_from_nothing_to_a_dispatch_with_an_own_sheet(
    own: Served, screens: Screens, tmp_path: Path
) -> None:
    city = City(own, "2307")
    page = screens.open(own.url).page
    page.goto(f"{own.url}/#token={own.secret}")
    plays_and_removes_the_example(page, own)
    page.get_by_role("link", name="建立辖区").click()
    page.locator("input[name=code]").fill(city.j)
    page.locator("input[name=name]").fill("伊春市")
    page.keyboard.press("Enter")
    step(page, "新建区域")
    page.locator(".start-current").get_by_role("link", name="导入表格").click()
    areas = tmp_path / "我的社区.csv"
    areas.write_text(AREAS, encoding="gb18030")
    bring(page, areas)
    page.locator(".import-start .button-main").click()
    expect(page.locator(".import-sums")).to_contain_text("3")
    expect(page.locator(".start-line")).to_contain_text("登记人员")
    page.get_by_role("button", name="导入其他文件").click()
    people = tmp_path / "我的队伍.csv"
    people.write_text(PEOPLE, encoding="utf-8")
    bring(page, people)
    asked = page.locator(".import-question")
    expect(asked).to_have_count(3)
    expect(asked.filter(has_text="00").or_(asked.filter(has_text="电话"))).to_contain_text("无")
    asked.filter(has_text="“保安”").locator("select").select_option(label="物业人员")
    asked.filter(has_text="“永红”").locator("select").select_option("2307-01-01")
    expect(page.locator(".import-start")).to_contain_text("1 行尚待确认")
    page.locator(".import-start .button-main").click()
    expect(page.get_by_role("link", name="下载退回的 1 行")).to_be_visible()
    until(lambda: len(city.rows("roster")) == 2, 5, "the people are not shown")
    assert {row["home_area"] for row in city.rows("roster")} == {"2307-01-01"}
    page.get_by_role("link", name="上手五步").click()
    step(page, "登记第一个求助")
    page.locator(".start-current").get_by_role("link", name="登记求助").click()
    page.get_by_label("送药").check()
    page.locator("input[name=area]").fill("永红社区")
    page.keyboard.press("Enter")
    expect(page.locator(".entry-done")).to_be_visible()
    page.get_by_role("link", name="上手五步").click()
    step(page, "派出人员")
    page.locator(".start-current").get_by_role("link", name="为人员签到").click()
    page.get_by_text("骑手").last.click()
    page.get_by_role("button", name="签到", exact=True).click()
    page.locator("form").get_by_role("button", name="签到", exact=True).click()
    until(city.on_duty, 10, "nobody is on duty")
    page.get_by_role("link", name="总览").click()
    page.locator(".start-current").get_by_role("link", name="打开求助").click()
    expect(page.locator(".detail")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator(".assign [role=option]").first).to_be_visible(timeout=15000)
    page.locator(".assign-foot .button-main").click()
    until(lambda: city.rows("assignments"), 15, "nobody was sent")
    page.get_by_role("link", name="总览").click()
    expect(page.locator(".over")).to_be_visible()
    expect(page.locator(".start")).to_have_count(0)


def test_what_is_missing_is_said_beside_each_field_and_choices_outlive_a_reload(
    city: City, screens: Screens
) -> None:
    page = screens.open(city.url, language="en").sign_in(city, "enter/request")
    page.locator("textarea[name=text]").fill("Insulin runs out tonight")
    page.get_by_label("Quantity").fill("0")
    page.keyboard.press("Enter")
    expect(page.locator(".field-bad, .entry-radios.field-bad")).to_have_count(3)
    expect(page.locator("input[name=category]:focus")).to_have_count(1)
    expect(page.locator(".field-bad", has_text="Must be at least 1")).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_have_value("Insulin runs out tonight")
    page.get_by_label("Medicine", exact=True).check()
    page.locator("textarea[name=text]").fill("")
    page.reload()
    expect(page.get_by_label("Medicine", exact=True)).to_be_checked()
    kept = page.evaluate("sessionStorage.getItem('muster.drafts')")
    assert "Insulin" not in kept


def test_members_are_chosen_from_a_list_and_codes_for_this_machine_warn(city: City, screens: Screens) -> None:
    city.ok("worker.register", worker="W1", role="rider", name="队员001")
    city.ok("worker.register", worker="W2", role="medic", name="队员002")
    until(lambda: len(city.rows("roster")) == 2, 5, "the people are not shown")
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city, "enter/team")
    free = page.locator(".entry-fold li")
    expect(free).to_have_count(2)
    page.locator("input[name=members]").fill("medic")
    expect(free).to_have_count(1)
    free.get_by_role("button").click()
    expect(page.locator(".entry-members li")).to_have_count(1)
    screen.at("cards")
    expect(page.locator(".loopback")).to_contain_text("muster serve --host")
