"""Logs of unforeseen shapes, each read with only a mapping file."""
# ruff: noqa: E501, DTZ001  mapping files; workbooks hold local times

from datetime import UTC, datetime
from pathlib import Path

from intaking import Deciding, run, sums

from services.decisions.area.table import AREAS
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.request.table import REQUESTS
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import WORKERS
from tests.workbooks import written

TICKETS = """
name = "tickets"
timezone = "America/Sao_Paulo"
[values.urgency]
"Vida" = 1
"*" = 3
[[source]]
name = "history"
key = ["Ticket"]
order_by = "{Updated}"
[[source.command]]
name = "area.define"
once_per = ["City"]
data = { area = "{jurisdiction}-{City|slug}", name = "{City}" }
[[source.command]]
name = "request.open"
once_per = ["Ticket"]
at = { column = "Updated", pick = "min" }
data = { request = "{Ticket}", category = "{Kind}", area = "{jurisdiction}-{City|slug}", quantity = "{People}", priority = { column = "Kind", map = "urgency" } }
[[source.command]]
name = "request.amend"
at = "{Updated}"
when = [{ column = "People", changed = true }, { column = "previous.Ticket", filled = true }]
data = { request = "{Ticket}", quantity = "{People}" }
[[source.command]]
name = "team.form"
once_per = ["Crew"]
when = [{ column = "Crew", filled = true }]
data = { team = "{Crew}", name = "{Crew}", kind = "boat", area = "{jurisdiction}", capacity = 1, activate = true }
[[source.command]]
name = "assignment.release"
at = "{Updated}"
when = [{ column = "Crew", changed = true }, { column = "previous.Crew", filled = true }]
data = { assignment = "{Ticket}-{previous.Crew}", reason = "replaced" }
[[source.command]]
name = "assignment.dispatch"
at = "{Updated}"
when = [{ column = "Crew", filled = true, changed = true }]
data = { assignment = "{Ticket}-{Crew}", request = "{Ticket}", team = "{Crew}" }
[[source.command]]
name = "assignment.done"
at = "{Updated}"
when = [{ column = "Status", is = ["closed"] }, { column = "Crew", filled = true }]
data = { assignment = "{Ticket}-{Crew}" }
[[source.command]]
name = "request.complete"
at = "{Updated}"
when = [{ column = "Status", is = ["closed"] }]
data = { request = "{Ticket}" }
[[source.command]]
name = "request.cancel"
at = "{Updated}"
when = [{ any_of = [{ column = "Status", is = ["cancelled"] }, { column = "Status", matches = "^dup" }] }]
data = { request = "{Ticket}", reason = "{Status}" }
"""
HISTORY = """Ticket,Updated,Status,Kind,City,People,Crew
7,2024-05-06 12:00,closed,Vida,São Leopoldo,6,Boat 2
7,2024-05-06 11:00,assigned,Vida,São Leopoldo,6,Boat 2
8,2024-05-06 11:00,Duplicate,Food,Canoas,2,
7,2024-05-06 10:00,assigned,Vida,São Leopoldo,4,Boat 1
8,2024-05-06 09:30,new,Food,Canoas,2,
7,2024-05-06 09:00,new,Vida,São Leopoldo,4,
"""


async def test_tickets_whose_rows_are_successive_states_newest_first(tmp_path: Path) -> None:
    sink = Deciding("RS")
    assert sums(await run(tmp_path, TICKETS, HISTORY, sink)) == (6, 6, 0, 0)
    request = sink.state[REQUESTS]["7"]
    assert (request.ended, request.quantity, request.priority) == ("done", 6, 1)
    assert request.opened_at == datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
    assert sink.state[REQUESTS]["8"].ended == "cancelled"
    ends = {given.team: given.state for given in sink.state[ASSIGNMENTS].values()}
    assert list(ends.values()) == ["released", "done"]
    assert set(sink.state[AREAS]) == {"RS-SaoLeopoldo", "RS-Canoas"}
    assert sink.anomalies == []
    assert sums(await run(tmp_path, TICKETS, HISTORY, sink)) == (6, 0, 6, 0)


SHELTERS = """
name = "shelters"
[[source]]
name = "shelters"
[[source.command]]
name = "area.define"
data = { area = "{jurisdiction}-{id|first 8}", name = "{name}", lon = { template = "{longitude},{latitude}", axes = "lon lat", datum = "GCJ-02" }, lat = { template = "{longitude},{latitude}", axes = "lon lat", datum = "GCJ-02" } }
[[source.command]]
name = "request.open"
at = "{created_at}"
data = { request = "{id}", category = "shelter", area = "{jurisdiction}-{id|first 8}", quantity = "{sheltered_people}", slots = { null = true } }
when = [{ column = "sheltered_people", at_least = 1 }]
[[source.command]]
name = "request.open"
each = { columns_like = "^need " }
at = "{created_at}"
data = { request = "{id}-{item|code}", category = "{item|code}", area = "{jurisdiction}-{id|first 8}", quantity = "{value}" }
"""


async def test_shelters_with_headcounts_and_a_column_for_each_need(tmp_path: Path) -> None:
    table = (
        "id,name,latitude,longitude,sheltered_people,created_at,need Water,need Blankets\n"
        "94eb5d46-85cf,Escola 1,31.2304,121.4737,104,2024-05-06T18:31:06.940Z,200,50\n"
        '50b470d7-3c67,"Paróquia\n2",,,0,2024-05-10T00:00:00Z,,"1,200"\n'
    )
    sink = Deciding("RS")
    assert sums(await run(tmp_path, SHELTERS, table, sink)) == (2, 2, 0, 0)
    opened = {key: one.quantity for key, one in sink.state[REQUESTS].items()}
    assert opened == {
        "94eb5d46-85cf": 104,
        "94eb5d46-85cf-need_water": 200,
        "94eb5d46-85cf-need_blankets": 50,
        "50b470d7-3c67-need_blankets": 1200,
    }
    place = next(item["data"] for item in sink.sent if item["name"] == "area.define")
    assert 300 < 111_000 * abs(place["lon"] - 121.4737) < 700  # metres, roughly


ROTA = """
name = "rota"
timezone = "Asia/Shanghai"
[[source]]
name = "rota"
fill_down = ["日期"]
alias = { "姓名" = ["姓 名"] }
optional = ["技能"]
[[source.command]]
name = "worker.register"
once_per = ["姓名", "电话"]
data = { worker = { id_of = ["姓名", "电话"] }, name = "{姓名}", phone = { column = "电话", type = "phone" }, role = "property_staff", skills = { column = "技能", map = "skill" } }
[[source.command]]
name = "worker.check_in"
at = "{日期} {上班}"
data = { worker = { id_of = ["姓名", "电话"] }, area = "{jurisdiction}" }
[[source.command]]
name = "worker.check_out"
at = { template = "{日期} {下班}", after = "{日期} {上班}" }
when = [{ column = "下班", filled = true }]
data = { worker = { id_of = ["姓名", "电话"] } }
[values.skill]
"急救" = "first_aid"
"""


def rota_book() -> bytes:
    rota = [
        ["第一街道值班表"],
        ["日期", "姓 名", "电话", "上班", "下班", "技能"],
        [datetime(2022, 3, 28), "人员001", 10000000001, "08:00", "20:00", "急救"],
        [None, "人员002", 10000000002.0, "20:00", "08:00", None],
        [datetime(2022, 3, 29), "人员001", 10000000001, "08:00", None, "急救"],
    ]
    return written(rota, [["只是说明"]], names=("Sheet", "说明"))


async def test_a_rota_in_a_workbook_with_a_title_merged_days_and_nights(tmp_path: Path) -> None:
    sink = Deciding()
    done = await run(tmp_path, ROTA, rota_book(), sink, "rota.xlsx")
    assert sums(done) == (3, 3, 0, 0)
    outs = [item["at"] for item in sink.sent if item["name"] == "worker.check_out"]
    assert outs == [datetime(2022, 3, 28, 12, tzinfo=UTC), datetime(2022, 3, 29, 0, tzinfo=UTC)]
    registered = [item["data"] for item in sink.sent if item["name"] == "worker.register"]
    assert [one["phone"] for one in registered] == ["10000000001", "10000000002"]
    assert registered[0]["skills"] == ["first_aid"]
    assert sorted(worker.duty.on for worker in sink.state[WORKERS].values()) == [False, True]


COURIERS = """
name = "couriers"
timezone = "Asia/Shanghai"
formats = ["epoch_ms", "%d.%m.%Y %H:%M:%S"]
[[source]]
name = "log"
skip = [{ column = "事件", is = ["心跳"] }]
[[source.command]]
name = "worker.check_in"
when = [{ column = "事件", is = ["上线"] }]
at = "{时间}"
data = { worker = "{工号}", area = "{jurisdiction}", walk_in = true, role = "courier" }
[[source.command]]
name = "worker.set_presence"
when = [{ column = "事件", is = ["休息", "恢复"] }]
at = "{时间}"
data = { worker = "{工号}", presence = { column = "事件", map = "presence" } }
[[source.command]]
name = "worker.check_out"
when = [{ column = "事件", is = ["下线"] }]
at = "{时间}"
data = { worker = "{工号}" }
[values.presence]
"休息" = "on_break"
"恢复" = "available"
"""


async def test_couriers_log_on_and_off_in_gb18030_with_tabs(tmp_path: Path) -> None:
    lines = (
        "工号\t事件\t时间",
        "C1\t下线\t28.03.2022 12:00:00",
        "C1\t上线\t1648425600000",
        "C1\t心跳\t1648425660000",
        "C2\t上线\t2022/3/28 8:00",
        "C2\t休息\t44648.375",
        "C2\t跳槽\t2022年3月28日 10:00",
    )
    sink = Deciding()
    done = await run(tmp_path, COURIERS, "\r\n".join(lines).encode("gb18030"), sink)
    assert sums(done) == (6, 4, 0, 1)
    assert done.files[0].skipped == 1
    rejected = (tmp_path / "rejects.csv").read_text("utf-8-sig").splitlines()[1]
    assert rejected.startswith("7,no_command,")
    assert not sink.state[WORKERS]["C1"].duty.on
    assert sink.state[WORKERS]["C2"].duty.on_break
    assert sink.names()[:2] == ["worker.check_in", "worker.check_in"]
    assert {item["at"] for item in sink.sent[:2]} == {datetime(2022, 3, 28, tzinfo=UTC)}


TEAMS_MAPPING = """
name = "teams"
[[source]]
name = "rows"
[[source.command]]
name = "worker.register"
data = { worker = "{id}", role = "volunteer", skills = "{skills}" }
[[source.command]]
name = "team.form"
once_per = ["team"]
place = "last"
data = { team = "{team}", name = "{team}", kind = "general", area = "{jurisdiction}", members = { column = "id", pick = "all" }, leader = { template = "{lead?}{id}", extract = "^y(.+)" } }
"""


async def test_members_gathered_from_rows_and_skills_split(tmp_path: Path) -> None:
    sink = Deciding()
    table = "id;team;lead;skills\nw1;A;;first aid, driving\nw2;A;y;\nw3;B;y;rope、boat\n"
    assert sums(await run(tmp_path, TEAMS_MAPPING, table, sink)) == (3, 3, 0, 0)
    assert sink.state[TEAMS]["A"].members == ("w1", "w2")
    assert sink.state[TEAMS]["A"].leader == "w2"
    assert sink.state[WORKERS]["w1"].skills == ("first_aid", "driving")
    assert sink.state[WORKERS]["w3"].skills == ("rope", "boat")
