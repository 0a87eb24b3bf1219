"""Imports over HTTP: preview, progress, totals that add up, rejected rows, and files that are not tables."""

import asyncio
import csv
import gzip
import io
import random
import re
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from each import each
from service import J, Service

from services.intake.mapping.loading import load_mapping, shipped
from services.intake.running import desk
from services.intake.running.sinks import Remote
from services.refusals import sentence
from tests.workbooks import filled_in, written

ROSTER = Path(__file__).parents[2] / "services" / "intake" / "examples" / "roster.csv"
HERE = f"/api/v1/{J}/imports"
BYTES = {"Content-Type": "application/octet-stream"}
HEAD = "name,phone,role,home area,team\n"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Redirect the service's temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
async def city(service: Service) -> Service:
    await service.ok("jurisdiction.establish", name="City", timezone="Asia/Shanghai")
    return service


async def post(
    client: httpx.AsyncClient,
    content: bytes | str,
    path: str = "",
    mapping: str = "roster",
    file: str = "a.csv",
    **more: str | list[str],
) -> httpx.Response:
    query = {"mapping": mapping, "file": file, **more}
    body = content.encode() if isinstance(content, str) else content
    return await client.post(HERE + path, content=body, params=query, headers=BYTES)


async def ended(client: httpx.AsyncClient, begun: httpx.Response) -> dict[str, Any]:
    """Wait for the import's end and return it. Its totals must add up at every poll."""
    assert begun.status_code == 202, begun.text
    for _ in range(1000):
        answer = (await client.get(f"{HERE}/{begun.json()['import']}")).json()
        assert answer["sent"] <= (answer["total"] or 0)
        if answer["state"] in ("done", "failed"):
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError("it did not end")


def sums(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    assert answer["state"] == "done", answer["error"]
    assert answer["rows"] == sum(answer[one] for one in ("applied", "known", "skipped", "rejected"))
    assert (answer["read"], answer["sent"]) == (answer["rows"], answer["total"])
    return answer["rows"], answer["applied"], answer["known"], answer["rejected"]


async def rejected(client: httpx.AsyncClient, answer: dict[str, Any], **query: Any) -> list[list[str]]:
    found = await client.get(f"{HERE}/{answer['import']}/rejects", params=query)
    assert found.status_code == 200, found.text
    return list(csv.reader(io.StringIO(found.content.decode("utf-8-sig"))))


async def test_a_roster_is_imported_and_again_it_is_known(city: Service):
    first = await ended(city.http, await post(city.http, ROSTER.read_bytes(), file="roster.csv"))
    assert sums(first) == (40, 40, 0, 0)
    assert (first["file"], first["mapping"], first["started_at"] <= first["ended_at"]) == (
        "roster.csv",
        "roster",
        True,
    )
    assert len(await city.rows("roster", limit=1000)) == 40
    again = await ended(city.http, await post(city.http, ROSTER.read_bytes()))
    assert sums(again) == (40, 0, 40, 0)


async def test_what_is_imported_is_the_work_of_who_sent_it(city: Service):
    secret = await city.tokens.create("desk-1", "dispatcher")
    async with city.client(secret) as client:
        await ended(client, await post(client, f"{HEAD}Worker 1,,courier,,\n"))
    row = (await city.rows("activity", name="worker.registered"))[0]
    assert (row["actor"], row["observed"]) == ("dispatcher/desk-1", True)


async def test_a_preview_shows_columns_rows_and_commands_and_records_nothing(city: Service):
    table = "Name,Phone,Rôle,shoe size,role\nWorker 1,00000138,x,42,courier\nWorker 2,1.38E+10,y,43,courier\n"
    seen = (await post(city.http, table, "/preview", file="people.csv")).json()
    assert (seen["file"], seen["mapping"], seen["total_rows"]) == ("people.csv", "roster", 2)
    assert [(one["column"], one["matched"]) for one in seen["columns"]] == [
        ("Name", True),
        ("Phone", True),
        ("Rôle", False),
        ("shoe size", False),
        ("role", True),
    ]
    assert seen["missing"] == ["organisation", "home area", "team"]
    good, bad = seen["rows"]
    [asked] = seen["questions"]
    assert (asked["kind"], asked["column"], asked["count"]) == ("phone", "phone", 1)
    assert (good["line"], good["cells"]["shoe size"]) == (2, "42")
    assert [(one["name"], one["data"]["role"]) for one in good["commands"]] == [
        ("worker.register", "courier")
    ]
    assert (bad["line"], bad["commands"], bad["code"]) == (3, [], "unreadable")
    assert "was rounded by a spreadsheet" in bad["reason"]
    assert bad["values"] == {"variant": "rounded", "where": "Phone", "text": "1.38E+10"}
    assert await city.rows("roster") == []


async def test_a_preview_names_the_worker_that_the_import_makes(city: Service):
    table = f"{HEAD}Worker 1,00000000138,courier,,\n"
    seen = (await post(city.http, table, "/preview")).json()
    await ended(city.http, await post(city.http, table))
    assert [row["worker"] for row in await city.rows("roster")] == [
        seen["rows"][0]["commands"][0]["data"]["worker"]
    ]


@each("path", ["", "/preview"])
async def test_a_missing_column_is_told_by_name_before_anything_is_recorded(city: Service, path: str):
    answer = await post(city.http, "姓名,鞋码\nWorker 1,42\n", path, file="人员.csv")
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["columns"]) == (422, "import.column", ["role"])
    assert "人员.csv: the mapping roster needs the column(s) role" in problem["detail"]
    assert (await city.http.get(HERE)).json()["items"] == []


async def test_rejected_rows_are_a_file_to_correct_and_send_again(city: Service):
    table = f'{HEAD}Worker 1,,courier,,\n=1+1,1.38E+10,courier,,\n"Worker 3",,courier,230799,\n'
    done = await ended(city.http, await post(city.http, table, file='小队 "1".csv'))
    assert sums(done) == (3, 1, 0, 2)
    answer = await city.http.get(f"{HERE}/{done['import']}/rejects")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%E5%B0%8F%E9%98%9F%20%221%22.csv.rejects.csv"
    )
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == (
        "no-store",
        "nosniff",
    )
    head, *rows = await rejected(city.http, done)
    assert head[:4] == ["rejected line", "rejected code", "rejected reason", "name"]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("3", "unreadable", "'=1+1"),
        ("4", "unplaced", "Worker 3"),
    ]
    corrected = answer.content.replace(b"1.38E+10", b"").replace(b"230799", b"")
    assert sums(await ended(city.http, await post(city.http, corrected))) == (2, 2, 0, 0)


async def test_rejected_rows_may_say_why_in_chinese(city: Service):
    begun = await post(city.http, f"{HEAD}Worker 1,,courier,230799,\n", language="zh")
    _, row = await rejected(city.http, await ended(city.http, begun))
    assert row[1:3] == ["unplaced", "home area：没有名称或编码为“230799”的区域。"]
    other = await post(city.http, f"{HEAD}Worker 1,,courier,,\n", language="xx")
    assert (other.status_code, other.json()["detail"]) == (400, "language must be one of en, zh.")


async def test_where_nothing_was_rejected_there_is_no_file(city: Service):
    done = await ended(city.http, await post(city.http, f"{HEAD}Worker 1,,courier,,\n"))
    answer = await city.http.get(f"{HERE}/{done['import']}/rejects")
    assert (answer.status_code, answer.json()["code"]) == (404, "import.no_rejects")


async def test_sheet_by_sheet(city: Service):
    head = ["name", "role", "home area"]
    sheets = [
        [head, [f"Worker {n}", "courier", home]] for n, home in enumerate(("", "nowhere 1", "nowhere 2"))
    ]
    content = written(*sheets, [], names=("north", "south", "east", "empty"))
    done = await ended(city.http, await post(city.http, content, file="people.xlsx"))
    assert sums(done) == (3, 1, 0, 2)
    assert [(one["sheet"], one["applied"], one["rejected"]) for one in done["tables"]] == [
        ("north", 1, 0),
        ("south", 0, 1),
        ("east", 0, 1),
    ]
    assert [(await rejected(city.http, done, table=n))[1][3] for n in (1, 2)] == ["Worker 1", "Worker 2"]
    answer = await city.http.get(f"{HERE}/{done['import']}/rejects", params={"table": 3})
    assert answer.status_code == 404


async def test_rows_outside_of_the_askers_areas_are_rejected(city: Service):
    for code in ("230717", "230718"):
        await city.ok("area.define", area=code, name=code)
    async with await city.as_("dispatcher", areas=("230717",)) as client:
        table = f"{HEAD}Worker 1,,courier,230717,\nWorker 2,,courier,230718,\n"
        done = await ended(client, await post(client, table))
        assert sums(done) == (2, 1, 0, 1)
        assert [row[1] for row in (await rejected(client, done))[1:]] == ["unplaced"]


async def test_a_list_of_areas_may_name_its_jurisdiction_though_the_asker_may_not_establish_one(
    service: Service,
):
    await service.ok("area.define", area="230717", name="County")
    counties = "code,name,cityCode,provinceCode\n230718,County 2,2307,23\n"
    async with await service.as_("dispatcher") as client:
        done = await ended(client, await post(client, counties, mapping="yichun-areas"))
        assert sums(done) == (1, 1, 0, 0)
        assert done["notes"] == []


@each("scope", ["viewer", "analyst", "gateway", "worker"])
async def test_others_may_not_import(city: Service, scope: str):
    more = {"worker": "W1"} if scope == "worker" else {}
    async with await city.as_(scope, **more) as client:
        for answer in (
            await post(client, HEAD),
            await post(client, HEAD, "/preview"),
            await client.get(HERE),
            await client.get(f"{HERE}/mappings"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_imports_are_seen_by_their_sender_and_by_admins(city: Service):
    async with await city.as_("dispatcher") as mine, await city.as_("dispatcher") as other:
        done = await ended(mine, await post(mine, f"{HEAD}Worker 1,1.38E+10,courier,,\n"))
        for path in (f"{HERE}/{done['import']}", f"{HERE}/{done['import']}/rejects"):
            assert [(await client.get(path)).status_code for client in (mine, other, city.http)] == [
                200,
                404,
                200,
            ]
        listed = [(await client.get(HERE)).json()["items"] for client in (mine, other, city.http)]
        assert [[one["import"] for one in items] for items in listed] == [
            [done["import"]],
            [],
            [done["import"]],
        ]
    unknown = await city.http.get(f"{HERE}/{uuid4()}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "import.unknown")


async def test_the_shipped_mappings_with_their_columns(city: Service):
    items = (await city.http.get(f"{HERE}/mappings")).json()["items"]
    assert [one["name"] for one in items] == shipped()
    by_name = {one["name"]: one for one in items}
    columns = {one["column"]: one for one in by_name["roster"]["columns"]}
    assert [name for name, one in columns.items() if one["needed"]] == ["name", "role"]
    assert "姓名" in columns["name"]["also"]
    assert columns["home area"]["headings"] == {"en": "home area", "zh": "社区"}
    assert {name for name, one in by_name.items() if not one["template"]} == {
        "guangfu",
        "sffd",
        "yichun-areas",
    }


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_template_is_downloaded_filled_in_and_imported_without_naming_its_mapping(
    city: Service, form: str
):
    place = f"{HERE}/mappings/areas/template"
    answer = await city.http.get(place, params={"format": form, "language": "zh"})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="areas-zh.{form}"'
    content = answer.content + "朝阳街道,,\n永红社区,,朝阳街道\n".encode()
    if form == "xlsx":
        content = filled_in(answer.content, (("朝阳街道", "", ""), ("永红社区", "", "朝阳街道")))
    seen = await city.http.post(f"{HERE}/preview", content=content, headers=BYTES)
    assert (seen.json()["mapping"], seen.json()["total_rows"]) == ("areas", 2)
    done = await ended(city.http, await post(city.http, content, mapping="areas"))
    assert sums(done) == (2, 2, 0, 0)
    assert {row["area"]: row["name"] for row in await city.rows("areas")} == {
        J: "City",
        f"{J}-01": "朝阳街道",
        f"{J}-01-01": "永红社区",
    }
    missing = await city.http.get(f"{HERE}/mappings/sffd/template")
    assert (missing.status_code, missing.json()["code"]) == (404, "import.no_template")


async def test_what_is_asked_in_the_preview_is_answered_with_the_import(city: Service):
    await city.ok("area.define", area=f"{J}-01", name="朝阳街道")
    table = "姓名,电话,角色,社区\n队员001,无,保安,朝阳\n"
    seen = (await post(city.http, table, "/preview")).json()
    assert [(one["column"], one["text"]) for one in seen["questions"]] == [
        ("phone", "*"),
        ("role", "保安"),
        ("home area", "朝阳"),
    ]
    assert sums(await ended(city.http, await post(city.http, table))) == (1, 0, 0, 1)
    answers = ["phone:*=", "role:保安=property_staff", f"home area:朝阳={J}-01"]
    assert sums(await ended(city.http, await post(city.http, table, answer=answers))) == (1, 1, 0, 0)
    [row] = await city.rows("roster")
    assert (row["role"], row["home_area"], row["phone"]) == ("property_staff", f"{J}-01", None)
    wrong = await post(city.http, table, answer="role:保安=guard")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "import.answer")


def workbook(rows: int = 3) -> bytes:
    return written([["name", "role"], *([f"Worker {n}", "courier"] for n in range(rows))])


def bomb(name: str, size: int) -> bytes:
    content = io.BytesIO(workbook())
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, b" " * size)
    return content.getvalue()


def many_parts() -> bytes:
    content = io.BytesIO(workbook())
    with zipfile.ZipFile(content, "a") as packed:
        for number in range(201):
            packed.writestr(f"xl/media/{number}", b"")
    return content.getvalue()


@cache
def garbage() -> dict[str, bytes]:
    packed = gzip.compress(random.Random(4).randbytes(3000), mtime=0)
    return {
        "nothing": b"",
        "blank lines": b"\n \n\n",
        "noise": random.Random(1).randbytes(5000),
        "noise that says zip": b"PK\x03\x04" + random.Random(2).randbytes(5000),
        "noise that says gzip": b"\x1f\x8b\x08" + random.Random(3).randbytes(5000),
        "half a workbook": workbook()[:2000],
        "a workbook without its end": workbook()[:-30],
        "an old workbook": b"\xd0\xcf\x11\xe0" + bytes(600),
        "a bomb of a workbook": bomb("xl/worksheets/sheet9.xml", 70 << 20),
        "a workbook of many parts": many_parts(),
        "a bomb of gzip": gzip.compress(HEAD.encode() + b"Worker 1,,courier,,\n" * 3_400_000),
        "half a gzip file": gzip.compress(HEAD.encode() * 2000, mtime=0)[:40],
        "a damaged gzip file": packed[:100] + bytes(50) + packed[150:],
        "one endless line": HEAD.encode() + b"x" * 2_100_000,
        "NULs alone": bytes(1000),
        "two columns of a name": b"name,name,role\nWorker 1,a,courier\n",
    }


@pytest.mark.parametrize("path", ["", "/preview"])
async def test_what_is_no_table_is_told_so_and_the_service_lives(city: Service, path: str):
    for name, content in garbage().items():
        said = await complaint(city.http, await post(city.http, content, path, file="x.bin"))
        assert "x.bin: " in said, name
        assert "\n" not in said, name
        assert "muster-imports" not in said, name
    assert (await city.http.get("/readyz")).status_code == 200
    assert await city.rows("roster") == []


async def complaint(client: httpx.AsyncClient, answer: httpx.Response) -> str:
    """Return the file's error: refused at once, or by the import if the header is valid."""
    if answer.status_code == 202:
        done = await ended(client, answer)
        assert (done["state"], done["rows"]) == ("failed", None)
        assert done["code"] in ("import.file", "import.column")
        assert done["error"] == sentence(done["code"], done["values"])
        return done["error"]
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["code"] in ("import.file", "import.column")
    assert problem["detail"] == sentence(problem["code"], problem["values"])
    chinese = sentence(problem["code"], problem["values"], "zh")
    assert re.search("[\u4e00-\u9fff]", chinese), chinese
    return problem["detail"]


async def test_rows_with_nuls_and_broken_bytes_are_rejected_alone(city: Service):
    table = HEAD.encode() + "张一,,courier,,\n张\0二,,courier,,\n".encode() + b"Worker \xff,,courier,,\n"
    seen = (await post(city.http, table, "/preview")).json()
    assert [row.get("code") for row in seen["rows"]] == [None, "nul", "encoding"]
    done = await ended(city.http, await post(city.http, table))
    assert sums(done) == (3, 1, 0, 2)
    assert [row[1] for row in (await rejected(city.http, done))[1:]] == ["nul", "encoding"]


async def test_a_wide_table(city: Service):
    table = f"name,role,{','.join(f'c{n}' for n in range(200))}\nWorker 1,courier,{','.join('x' * 200)}\n"
    seen = (await post(city.http, table, "/preview")).json()
    assert len(seen["columns"]) == 202
    assert len(seen["rows"][0]["cells"]) == 100
    assert sums(await ended(city.http, await post(city.http, table))) == (1, 1, 0, 0)


async def test_a_table_under_the_mapping_of_another(city: Service):
    answer = await post(city.http, ROSTER.read_bytes(), mapping="sffd")
    assert (answer.status_code, answer.json()["code"]) == (422, "import.column")
    assert "Call Number" in answer.json()["columns"]


@each(
    ("query", "status"),
    [
        ({}, 400),
        ({"mapping": "/etc/passwd"}, 400),
        ({"mapping": "roster", "file": ""}, 400),
        ({"mapping": "roster", "file": "a\nb"}, 400),
        ({"mapping": "roster", "file": "x" * 201}, 400),
        ({"mapping": "roster", "other": "1"}, 400),
        ({"mapping": ["roster", "roster"]}, 400),
        ({"mapping": "roster", "file": "../../etc/passwd"}, 202),
    ],
)
async def test_parameters(city: Service, query: dict[str, Any], status: int):
    answer = await city.http.post(HERE, content=ROSTER.read_bytes(), params=query, headers=BYTES)
    assert answer.status_code == status, answer.text


async def test_the_file_itself_is_the_body_and_at_most_8_mib(city: Service):
    form = await city.http.post(HERE, params={"mapping": "roster"}, files={"file": ROSTER.read_bytes()})
    assert (form.status_code, form.json()["code"]) == (415, "media_type")
    large = await post(city.http, bytes((8 << 20) + 1))
    assert (large.status_code, large.json()["code"]) == (413, "too_large")


def table_of(rows: int) -> str:
    return HEAD + "".join(f"Worker {n},,courier,,\n" for n in range(rows))


async def test_two_at_a_time(city: Service):
    begun = [await post(city.http, table_of(1_500)) for _ in range(3)]
    assert [one.status_code for one in begun] == [202, 202, 429]
    assert begun[2].json()["code"] == "too_many"
    assert begun[2].headers["retry-after"]
    first, second = [await ended(city.http, one) for one in begun[:2]]
    assert first["rows"] == second["rows"] == 1_500
    assert first["applied"] + second["applied"] == 1_500, "each row happened once"
    assert (await post(city.http, table_of(1))).status_code == 202


async def test_progress_is_told_on_the_way(city: Service):
    begun = await post(city.http, table_of(3_000))
    seen: list[tuple[str, int, int]] = []
    while not seen or seen[-1][0] not in ("done", "failed"):
        one = (await city.http.get(f"{HERE}/{begun.json()['import']}")).json()
        seen.append((one["state"], one["read"], one["sent"]))
    assert {state for state, _, _ in seen} == {"reading", "sending", "done"}
    assert seen == sorted(seen, key=lambda one: (one[1], one[2])), "nothing goes backwards"
    assert any(state == "sending" and 0 < sent < 3_000 and read == 3_000 for state, read, sent in seen)


async def test_a_token_that_is_revoked_meanwhile_imports_no_more(city: Service):
    async with city.client(await city.tokens.create("desk-9", "dispatcher")) as desk:
        begun = await post(desk, table_of(5_000))
    while (await city.http.get(f"{HERE}/{begun.json()['import']}")).json()["sent"] == 0:
        await asyncio.sleep(0.01)
    await city.tokens.revoke("desk-9")
    done = await ended(city.http, begun)
    assert done["state"] == "done"
    assert 0 < done["applied"] < done["rows"] == 5_000
    assert done["applied"] + done["rejected"] == 5_000
    assert {row[1] for row in (await rejected(city.http, done))[1:]} == {"forbidden"}


async def test_the_last_fifty_are_remembered(city: Service):
    ids = [(await ended(city.http, await post(city.http, HEAD)))["import"] for _ in range(52)]
    items = (await city.http.get(HERE)).json()["items"]
    assert [one["import"] for one in items] == ids[:1:-1]


async def test_stopping_in_the_middle_ends_cleanly_and_leaves_no_file(city: Service, temporary: Path):
    begun = await post(city.http, table_of(60_000))
    assert begun.status_code == 202
    (folder,) = temporary.glob("muster-imports-*")
    assert (len(list(folder.glob("*/table.xlsx"))), folder.stat().st_mode & 0o077) == (1, 0)
    city.stop.set()
    await asyncio.wait_for(city.ended.wait(), 20)
    assert city.muster.background.failure is None
    assert list(temporary.iterdir()) == []


async def test_a_file_is_deleted_once_it_is_imported(city: Service, temporary: Path):
    await post(city.http, ROSTER.read_bytes(), "/preview")
    await post(city.http, b"", "")
    await ended(city.http, await post(city.http, f"{HEAD}Worker 1,1.38E+10,courier,,\n"))
    left = [one.name for one in temporary.glob("*/**/*") if one.is_file()]
    assert sorted(left) == ["lock", "table.xlsx.rejects.csv"]


async def test_a_failure_is_the_imports_own(city: Service, monkeypatch: pytest.MonkeyPatch):
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(desk, "import_files", broken)
    done = await ended(city.http, await post(city.http, ROSTER.read_bytes()))
    assert (done["state"], done["rows"]) == ("failed", None)
    assert "no row is recorded twice" in done["error"]
    assert (await city.http.get("/readyz")).status_code == 200
    monkeypatch.undo()
    assert sums(await ended(city.http, await post(city.http, ROSTER.read_bytes())))[1] == 40


# -- what people decided since -------------------------------------------------------------------------------


PEOPLE = "name,phone,role,organisation\nP001,00000000001,rider,OrgA\nP002,00000000002,rider,OrgA\n"


async def test_a_sheet_leaves_what_people_decided_unless_a_row_is_accepted(city: Service):
    assert sums(await ended(city.http, await post(city.http, PEOPLE))) == (2, 2, 0, 0)
    first, second = [row["worker"] for row in await city.rows("roster")]
    await city.ok("worker.amend", worker=first, role="medic", organisation="OrgB")
    await city.ok("worker.retire", worker=second)
    again = PEOPLE.replace(",", ";")
    seen = (await post(city.http, again, "/preview")).json()
    assert (seen["differing"], len(seen["changes"])) == (2, 2)
    done = await ended(city.http, await post(city.http, again))
    assert sums(done) == (2, 0, 2, 0)
    assert done["changes"] == seen["changes"]
    assert done["differing"] == 2
    (change,) = [one for one in done["changes"] if one["row"] == f"worker.register {first}"]
    assert (change["log"], change["says"]) == (
        ["organisation: OrgB", "role: medic"],
        ["organisation: OrgA", "role: rider"],
    )
    assert [row["role"] for row in await city.rows("roster")] == ["medic"]
    accepted = await ended(city.http, await post(city.http, again, apply=[str(change["line"])]))
    assert sums(accepted) == (2, 1, 1, 0)
    assert [row["role"] for row in await city.rows("roster")] == ["rider"]
    assert (await post(city.http, again, "/preview")).json()["differing"] == 1


async def test_a_command_line_beside_the_service_knows_what_its_page_knows(city: Service, tmp_path: Path):
    """The former names of areas, and what people decided since: both are in the memory of the service."""
    areas = "社区,上级\n朝阳街道,\n永红社区,朝阳街道\n"
    assert sums(await ended(city.http, await post(city.http, areas, mapping="areas"))) == (2, 2, 0, 0)
    await city.ok("area.rename", area=f"{J}-01", name="新街道")
    await ended(city.http, await post(city.http, PEOPLE))
    first = (await city.rows("roster"))[0]["worker"]
    await city.ok("worker.amend", worker=first, role="medic")
    remote = Remote(city.url, await city.tokens.create("cli", "admin"), city.verify)
    try:
        places = await remote.places(J, load_mapping("roster"))
        assert places.said == {"areas/areas": {f"{J}-01": "朝阳街道", f"{J}-01-01": "永红社区"}}
        sheet = tmp_path / "a.csv"
        sheet.write_text(PEOPLE)
        seen = await remote.preview(J, sheet, load_mapping("roster"), [])
    finally:
        await remote.close()
    page = (await post(city.http, PEOPLE, "/preview")).json()
    assert (seen.total_rows, seen.differing) == (2, 1)
    assert msgspec.to_builtins(seen.changes) == page["changes"]


async def test_a_corrected_name_is_news_and_a_corrected_phone_stands(city: Service):
    """The memory knows personal data only by a keyed hash under the key of the person."""
    said = {"worker": "W1", "role": "rider", "name": "Person 1", "phone": "00000000001"}

    async def says(**fields: str) -> dict[str, Any]:
        body = {**said, **fields, "observed": True, "said": {"sheet": "list/people"}}
        return (await city.send("worker.register", **body)).json()

    assert (await says())["outcome"] == "accepted"
    await city.ok("worker.amend", worker="W1", phone="00000000009")
    assert (await says())["outcome"] == "known"
    assert (await says(role="driver"))["outcome"] == "accepted"
    assert (await says(role="driver", name="Person one"))["outcome"] == "accepted"
    (row,) = await city.rows("roster", reveal="true")
    assert (row["role"], row["name"], row["phone"]) == ("driver", "Person one", "00000000009")


async def test_a_guessed_encoding_is_asked_about_in_the_preview_and_answered(city: Service):
    table = "name\n名称\n朝阳街道\n前进街道\n".encode("gb18030")
    seen = (await post(city.http, table, "/preview", mapping="areas")).json()
    [asked] = [one for one in seen["questions"] if one["kind"] == "encoding"]
    assert [one["value"] for one in asked["choices"]] == ["gb18030", "euc-kr"]
    assert asked["choices"][0]["label"].startswith("名称 朝阳街道")

    refused = await post(city.http, table, mapping="areas")
    assert (refused.status_code, refused.json()["values"]["variant"]) == (422, "unsure")
    wrong = await post(city.http, table, mapping="areas", encoding="klingon")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "parameter.invalid")
    by_name = await ended(city.http, await post(city.http, table, mapping="areas", encoding="gb18030"))
    assert sums(by_name) == (3, 3, 0, 0)
    answered = await post(city.http, table, mapping="areas", answer="encoding:*=gb18030")
    assert sums(await ended(city.http, answered)) == (3, 0, 3, 0)
    names = {row["name"] for row in await city.rows("areas")}
    assert {"名称", "朝阳街道", "前进街道"} <= names
