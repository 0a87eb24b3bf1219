"""Entering what is reported, by keyboard; incidents, handover, imports; the first hour of a fresh service."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from screens import Board, Screens
from serving import City, Served, until

EXAMPLES = Path(__file__).parents[2] / "services" / "intake" / "examples"
YICHUN = EXAMPLES / "yichun"


def enter(page: Page, city: City, what: str) -> None:
    page.evaluate("place => { location.hash = place; }", f"#/{city.j}/enter/{what}")
    page.wait_for_selector(".entry-form")
    expect(page.locator(".entry-tabs [aria-current=page]")).to_have_attribute(
        "href", f"#/{city.j}/enter/{what}"
    )


def focused(page: Page, name: str) -> None:
    expect(page.locator(f"[name={name}]:focus")).to_have_count(1)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def say(page: Page, text: str) -> None:
    """Type, then go to the next field."""
    page.keyboard.type(text)
    page.keyboard.press("Tab")


def recorded(page: Page, what: str) -> None:
    expect(page.locator(".entry-done")).to_contain_text(what)


def test_a_call_is_taken_by_keyboard_alone_and_the_next_can_begin_at_once(city: City, board: Board) -> None:
    page = board(city)
    enter(page, city, "request")
    focused(page, "category")
    press(page, "ArrowRight", "Tab", "ArrowLeft", "Tab")
    say(page, "胰岛素今晚用完")
    page.keyboard.type("南山")
    expect(page.locator(".area-box [role=option]")).to_have_count(1)
    press(page, "Enter", "Tab")
    say(page, "3号楼501")
    press(page, "Tab", "Tab")  # past the coordinates and the map
    say(page, "00000000001")
    page.keyboard.type("王某")
    press(page, "Enter")
    recorded(page, "送药，南山社区")
    focused(page, "category")
    expect(page.locator("textarea[name=text]")).to_have_value("")
    until(lambda: city.rows("requests"), 5, "the request is not shown")
    [row] = city.rows("requests")
    assert (row["category"], row["priority"], row["area"], row["slots"]) == ("medicine", 2, city.south, 1)
    assert row["contact_phone"] == "000****0001"
    page.get_by_role("link", name="打开", exact=True).click()
    expect(page.locator(".detail")).to_contain_text("送药")


def test_what_was_not_sent_is_still_there_after_another_page_and_after_signing_in_again(
    city: City, screens: Screens
) -> None:
    screen = screens.open(city.url, language="en")
    page = screen.sign_in(city)
    enter(page, city, "request")
    page.locator("textarea[name=text]").fill("Insulin runs out tonight")
    enter(page, city, "worker")
    screen.at("requests")
    enter(page, city, "request")
    expect(page.locator("textarea[name=text]")).to_have_value("Insulin runs out tonight")
    screen.context.clear_cookies()
    page.evaluate("place => { location.hash = place; }", f"#/{city.j}/workers")
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    page.get_by_label("Access token").fill(city.secret)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".live-live")).to_be_visible()
    enter(page, city, "request")
    expect(page.locator("textarea[name=text]")).to_have_value("Insulin runs out tonight")
    screen.context.clear_cookies()
    page.evaluate("place => { location.hash = place; }", f"#/{city.j}/notes")
    page.get_by_label("Access token").fill(city.token("dispatcher"))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".live-live")).to_be_visible()
    enter(page, city, "request")
    expect(page.locator("textarea[name=text]")).to_have_value("")  # of somebody else


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_sent(city: City, board: Board) -> None:
    page = board(city)
    enter(page, city, "request")
    page.get_by_label("买菜").check()
    page.locator("input[name=area]").fill("没有的地方")
    press(page, "Enter")
    expect(page.locator(".field-bad")).to_contain_text("没有这个区域")
    focused(page, "area")
    page.locator("input[name=area]").fill(city.south)
    page.get_by_text("坐标", exact=True).click()
    page.locator("input[name=place]").fill("128.9 东")
    press(page, "Enter")
    expect(page.locator(".field-bad")).to_contain_text("经度, 纬度")
    focused(page, "place")
    assert city.rows("requests") == []


def test_coordinates_of_another_datum_are_sent_as_wgs_84(city: City, board: Board) -> None:
    """The point of Shanghai that eviltransform is tested with."""
    page = board(city)
    enter(page, city, "request")
    page.get_by_label("医疗").check()
    page.locator("input[name=area]").fill(city.south)
    page.get_by_text("坐标", exact=True).click()
    page.locator("input[name=place]").fill("121.531541859215, 31.17530398364597")
    page.locator("select[name=datum]").select_option("GCJ-02")
    expect(page.get_by_text(re.compile("WGS-84.*121.527211.*31.177428"))).to_be_visible()
    page.locator("input[name=place]").press("Enter")
    recorded(page, "医疗")
    until(lambda: city.rows("requests"), 5, "the request is not shown")
    [row] = city.rows("requests")
    assert (row["lon"], row["lat"]) == pytest.approx((121.5272106, 31.1774276), abs=1e-6)


def test_a_paper_form_keeps_its_own_time_and_number(city: City, board: Board) -> None:
    page = board(city)
    enter(page, city, "request")
    page.get_by_label("买菜").check()
    page.locator("input[name=area]").fill(city.south)
    page.get_by_label("名额不限").check()
    page.locator("select[name=source]").select_option("paper")
    page.locator("input[name=received]").fill("2022-04-03T21:05")
    page.locator("input[name=id]").fill("纸-017")
    press(page, "Enter")
    recorded(page, "买菜")
    until(lambda: city.rows("requests"), 5, "the request is not shown")
    [row] = city.rows("requests")
    assert (row["request"], row["opened_at"], row["slots"]) == ("纸-017", "2022-04-03T13:05:00Z", None)
    assert row["source"] == "paper"
    expect(page.locator("select[name=source]")).to_have_value("paper")


def test_what_may_be_the_same_need_is_shown_before_anything_is_sent(city: City, board: Board) -> None:
    city.ok("request.open", request="R1", category="medicine", area=city.south, contact_phone="13800000001")
    city.ok("request.open", request="R2", category="grocery", area=city.north, contact_phone="13800000001")
    city.ok("worker.register", worker="W1", role="rider", name="队员001", phone="13800000001")
    page = board(city)
    enter(page, city, "request")
    page.get_by_label("送药").check()
    page.locator("input[name=area]").fill(city.south)
    same = page.locator(".entry-card", has_text="可能重复的求助")
    expect(same.get_by_role("link")).to_have_attribute("href", f"#/{city.j}/requests/R1")
    page.locator("input[name=contact_phone]").fill("138 0000 0001")
    press(page, "Tab")
    known = page.locator(".entry-card", has_text="该电话已有记录")
    expect(known.get_by_role("link")).to_have_count(3)
    expect(known).not_to_contain_text("13800000001")


def test_an_unknown_outcome_is_pressed_again_and_nothing_is_doubled(city: City, board: Board) -> None:
    """Every answer is lost after the command was recorded, until the line is whole again."""
    page = board(city)
    ids: list[str] = []

    def lost(route: Route) -> None:
        ids.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    page.route("**/commands/area.define", lost)
    enter(page, city, "area")
    page.locator("input[name=code]").fill(f"{city.street}003")
    page.locator("input[name=name]").fill("东山社区")
    press(page, "Enter")
    expect(page.get_by_role("alert")).to_contain_text("不会重复", timeout=20000)
    expect(page.locator("input[name=name]")).to_be_disabled()
    page.unroute("**/commands/area.define")
    page.get_by_role("button", name="再次发送").click()
    recorded(page, f"东山社区 {city.street}003")
    assert len(ids) > 1
    assert len(set(ids)) == 1
    assert [row["name"] for row in city.rows("areas") if row["area"] == f"{city.street}003"] == ["东山社区"]


def test_a_refusal_about_one_field_is_said_there(city: City, board: Board) -> None:
    page = board(city)
    enter(page, city, "area")
    page.locator("input[name=code]").fill(city.south)
    page.locator("input[name=name]").fill("南山")
    press(page, "Enter")
    expect(page.locator(".field-bad")).to_contain_text(f"已有编码为 {city.south} 的区域")
    focused(page, "code")


def test_a_call_sign_in_use_is_said_at_its_field_and_another_is_shown(city: City, board: Board) -> None:
    city.ok("worker.register", worker="W1", role="driver", name="队员001", call_sign="长江一号")
    city.ok("worker.register", worker="W2", role="driver", name="队员002")
    page = board(city, "workers/W2")
    page.get_by_role("button", name="修改").click()
    page.get_by_label("呼号").fill("长江一号")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".field-bad")).to_contain_text("长江一号")
    page.get_by_label("呼号").fill("长江二号")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".folk-facts")).to_contain_text("长江二号")


def test_a_person_is_registered_and_reported_and_then_leads_a_team(city: City, board: Board) -> None:
    city.ok("worker.register", worker="W2", role="driver", name="队员002")
    page = board(city)
    enter(page, city, "worker")
    page.locator("input[name=name]").fill("队员001")
    page.locator("input[name=phone]").fill("13800000001")
    page.get_by_label("骑手").check()
    page.locator("input[name=id]").fill("W1")
    page.get_by_label("同时向居住社区报到").check()
    press(page, "Enter")
    expect(page.locator(".field-bad")).to_contain_text("报到须填写居住社区")
    page.locator("input[name=home_area]").fill("北山")
    press(page, "Enter", "Enter")
    recorded(page, "队员001（骑手）")
    expect(page.get_by_label("骑手")).to_be_checked()
    until(lambda: city.rows("presence"), 5, "the report is not shown")
    assert [(row["worker"], row["kind"], row["area"]) for row in city.rows("presence")] == [
        ("W1", "report", city.north)
    ]
    enter(page, city, "team")
    page.locator("input[name=name]").fill("第一小队")
    page.locator("input[name=area]").fill(city.street)
    page.get_by_label("配送队").check()
    page.locator("input[name=members]").fill("W1 W2")
    press(page, "Enter")
    expect(page.locator(".entry-members li")).to_have_count(2)
    page.get_by_label("队长").nth(1).check()
    page.locator("input[name=name]").press("Enter")
    recorded(page, "第一小队（2 人）")
    until(lambda: city.rows("teams"), 5, "the team is not shown")
    [team] = city.rows("teams")
    assert (team["state"], team["leader"], team["members"]) == ("active", "W2", ["W1", "W2"])


def test_an_incident_is_declared_counts_its_days_and_ends_when_all_is_done(city: City, board: Board) -> None:
    page = board(city)
    enter(page, city, "incident")
    page.locator("input[name=name]").fill("3·28疫情封控")
    page.locator("input[name=id]").fill("I1")
    page.locator("input[name=area]").fill("伊美")
    press(page, "Enter", "Enter")
    expect(page.locator(".entry-chips li")).to_have_text("伊美区")
    page.locator("input[name=name]").press("Enter")
    recorded(page, "3·28疫情封控（封控）")
    city.batch(
        [("request.open", {"request": "R1", "category": "grocery", "area": city.south, "incident": "I1"})]
    )
    page.get_by_role("link", name="打开", exact=True).click()
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("第 1 天")
    expect(panel.locator(".ledger tfoot td").first).to_have_text("1")
    expect(panel).to_contain_text("账目相符")
    page.get_by_role("button", name="结束事件").first.click()
    expect(panel).to_contain_text("还有 1 条未结求助")
    panel.locator("form button[type=submit]").click()
    expect(panel.get_by_role("alert")).to_contain_text("1")
    city.batch([("request.complete", {"request": "R1"})])
    panel.locator("form button[type=submit]").click()
    expect(panel.locator(".incident-sub")).to_contain_text("已结束")
    expect(panel.locator(".ledger tfoot td").first).to_have_text("1")
    page.get_by_role("button", name="重新开启").first.click()
    panel.locator("form button[type=submit]").click()
    expect(panel.locator(".incident-sub")).to_contain_text("进行中")


def test_a_note_goes_from_one_shift_to_the_next_and_looking_is_recorded(
    city: City, board: Board, screens: Screens
) -> None:
    page = board(city, "notes")
    page.locator("textarea[name=text]").fill("<b>3号楼</b>等胰岛素\n21点前")
    page.get_by_label("紧急").check()
    page.locator("textarea[name=text]").press("Control+Enter")
    note = page.locator(".note-card")
    expect(note.locator(".note-text")).to_have_text("<b>3号楼</b>等胰岛素\n21点前")
    expect(note).to_contain_text("尚无人接手")
    viewer = screens.open(city.url).sign_in(city, "notes", token=city.token("viewer"))
    expect(viewer.locator(".note-card")).to_have_count(1)
    expect(viewer.locator(".note-card")).not_to_contain_text("胰岛素")
    expect(viewer.locator("textarea")).to_have_count(0)
    page.get_by_role("button", name="我接手").click()
    expect(note.locator(".note-taken")).to_contain_text("接手")
    expect(viewer.locator(".note-taken")).to_contain_text("接手")
    page.get_by_role("button", name="办结", exact=True).click()
    expect(page.locator(".note-card")).to_have_count(0)
    revealed = [row for row in city.rows("activity") if row["name"] == "personal.revealed"]
    assert len(revealed) == 1


def test_what_is_most_urgent_and_taken_on_by_nobody_stands_first(city: City, board: Board) -> None:
    for text, priority in (("第一", 1), ("第二", 3), ("第三", 2), ("第四", 3)):
        city.ok("handover.write", text=text, priority=priority)
    first = next(row["note"] for row in city.rows("handovers") if row["priority"] == 1)
    page = board(city, "notes")
    texts = page.locator(".note-text")
    expect(texts).to_have_text(["第一", "第三", "第四", "第二"])
    city.ok("handover.acknowledge", note=first)
    expect(texts).to_have_text(["第三", "第四", "第二", "第一"])


def test_the_handover_sheet_says_how_the_board_stands(city: City, board: Board) -> None:
    city.batch(
        [
            ("worker.register", {"worker": "W1", "role": "rider"}),
            ("worker.check_in", {"worker": "W1", "area": city.south}),
            (
                "request.open",
                {"request": "R1", "category": "medicine", "priority": 1, "area": city.south},
            ),
            ("handover.write", {"text": "缺车", "priority": 2}),
        ]
    )
    before = city.get("jurisdictions")["position"]
    page = board(city, "notes")
    expect(page.locator(".note-text")).to_have_text("缺车")
    page.evaluate("() => { window.print = () => {}; }")
    page.get_by_role("button", name="交接单").click()
    sheet = page.locator(".handover-sheet")
    expect(sheet).to_contain_text("缺车")
    after = city.get("jurisdictions")["position"]  # that texts were shown is an event too
    one_of = "|".join(map(str, range(before, after + 1)))
    expect(sheet.locator(".paper-head")).to_contain_text(re.compile(rf"\b({one_of})\b"))
    expect(sheet).to_contain_text("缺车")
    expect(sheet.locator("table").first).to_contain_text("在岗1 = ")
    expect(sheet.locator(".handover-cells tbody tr").first).to_contain_text("1 危及生命1001")


def test_a_fresh_service_is_ready_in_the_browser_alone(own: Served, screens: Screens) -> None:
    """The printed link, the jurisdiction, areas, people, and the first request."""
    city = City(own, "2307")
    page = screens.open(own.url).page
    page.goto(f"{own.url}/#token={own.secret}")
    page.get_by_role("link", name="建立辖区").click()
    page.locator("input[name=code]").fill(city.j)
    page.locator("input[name=name]").fill("伊春市")
    press(page, "Enter")
    expect(page.locator(".next-steps")).to_contain_text("导入表格")
    page.locator(f'.next-steps a[href="#/{city.j}/imports"]').first.click()
    for name, rows in (("areas", 10), ("streets", 50), ("villages", 394)):
        outcome(page, YICHUN / f"{name}_2307.csv", f"{rows}行={rows}已记录+0已存在+0退回")
    outcome(page, EXAMPLES / "roster.csv", "40行=40已记录+0已存在+0退回")
    outcome(page, EXAMPLES / "roster.csv", "40行=0已记录+40已存在+0退回")
    enter(page, city, "request")
    page.get_by_label("买菜").check()
    page.locator("input[name=area]").fill("永红社区居委会")
    press(page, "Enter")
    recorded(page, "买菜，永红社区居委会")
    assert len(city.rows("roster", limit=1000)) == 40


def outcome(page: Page, file: Path, sums: str) -> None:
    """Import a file whose kind is found by itself, and read the sums."""
    again = page.get_by_role("button", name="导入其他文件")
    if again.is_visible():
        again.click()
    page.set_input_files("input[type=file]", str(file))
    page.locator(".import-start .button-main").click()
    expect(page.locator(".import-sums")).to_be_visible(timeout=60000)
    said = re.sub(r"\s+", "", page.locator(".import-sums").inner_text())
    assert said == f"{sums}账目相符"


def test_rows_that_are_rejected_come_back_with_their_reason(city: City, board: Board, tmp_path: Path) -> None:
    file = tmp_path / "名单.csv"
    file.write_text(f"姓名,角色,社区\n队员001,骑手,{city.south}\n队员002,骑手,999\n", encoding="utf-8")
    page = board(city, "imports")
    outcome(page, file, "2行=1已记录+0已存在+1退回")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载退回的 1 行").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "队员002" in text
    assert "队员001" not in text
    assert download.value.suggested_filename == "名单.csv.rejects.csv"


def test_a_file_that_does_not_fit_is_told_plainly(city: City, board: Board, tmp_path: Path) -> None:
    page = board(city, "imports")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("姓名,年龄\n队员001,30\n", encoding="utf-8")
    page.set_input_files("input[type=file]", str(wrong))
    expect(page.get_by_role("alert")).to_contain_text("角色")
    picture = tmp_path / "picture.xlsx"
    picture.write_bytes(b"PK\x03\x04 not a workbook")
    page.set_input_files("input[type=file]", str(picture))
    expect(page.get_by_role("alert")).to_contain_text("不是 XLSX 工作簿")
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (8 * 2**20 + 1))
    page.set_input_files("input[type=file]", str(large))
    expect(page.get_by_role("alert")).to_contain_text(f'muster import "large.csv" --jurisdiction {city.j}')


def test_only_forms_that_a_token_may_send_are_shown(city: City, screens: Screens) -> None:
    page = screens.open(city.url).sign_in(city, "enter", token=city.token("gateway"))
    expect(page.locator(".entry-tabs a")).to_have_text(["求助", "人员"])
    page.evaluate("place => { location.hash = place; }", f"#/{city.j}/enter/area")
    expect(page.locator(".entry-tabs a[aria-current=page]")).to_have_text("求助")
    page.evaluate("place => { location.hash = place; }", f"#/{city.j}/imports")
    expect(page.locator("main")).to_contain_text("只能查看")


def test_who_may_not_command_is_told_so(city: City, screens: Screens) -> None:
    page = screens.open(city.url).sign_in(city, token=city.token("viewer"))
    for place in ("enter/request", "imports"):
        page.evaluate("place => { location.hash = place; }", f"#/{city.j}/{place}")
        expect(page.locator("main")).to_contain_text("只能查看")
    page.evaluate("location.hash = '#/-/establish'")
    expect(page.locator("main")).to_contain_text("只有管理员")
