"""The command line from a user's view."""

import asyncio
import csv
import io
import json
import re
import shutil
from pathlib import Path

import httpx
import pytest
from server import Server, muster

from services.adapters.sqlite.tokens import local_tokens
from services.intake.mapping.loading import SHIPPED as MAPPINGS

ROSTER = Path(__file__).parents[2] / "services/intake/examples/roster.csv"
J = "2307"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a data folder with the example roster."""
    folder = tmp_path_factory.mktemp("cli") / "data"
    done = muster("import", str(ROSTER), "-m", "roster", "-j", J, "--data", str(folder))
    assert done.returncode == 0, done.stderr
    assert "40 rows = 40 applied + 0 known + 0 rejected" in done.stdout
    return folder


def test_rejected_rows_may_say_why_in_chinese(tmp_path: Path) -> None:
    table, rejects = tmp_path / "a.csv", tmp_path / "rejects.csv"
    table.write_text("name,role,home area\nWorker 1,courier,230799\n", encoding="utf-8")
    files = [str(table), "--rejects", str(rejects), "--data", str(tmp_path / "data")]
    done = muster("import", *files, "-m", "roster", "-j", J, "--language", "zh")
    assert done.returncode == 1, done.stderr
    assert "没有名称或编码为“230799”的区域。" in rejects.read_text(encoding="utf-8-sig")


def test_an_import_waits_until_the_views_know_all_areas_of_the_log(data: Path, tmp_path: Path) -> None:
    """As after a process was killed: its areas are in the log, and no view has them yet."""
    folder, areas, people = shutil.copytree(data, tmp_path / "data"), tmp_path / "a.csv", tmp_path / "p.csv"
    areas.write_text("name\nSouth\n", encoding="utf-8")
    people.write_text("name,role,home area\nWorker 1,courier,South\n", encoding="utf-8")
    more = ["-j", J, "--data", str(folder)]
    assert muster("import", str(areas), "-m", "areas", *more).returncode == 0
    for file in folder.glob("views.sqlite*"):
        file.unlink()
    done = muster("import", str(people), "-m", "roster", *more)
    assert "1 rows = 1 applied + 0 known + 0 rejected" in done.stdout, done.stderr


def test_a_guessed_encoding_is_asked_about_and_skipped_rows_are_named(tmp_path: Path) -> None:
    table, mapping = tmp_path / "a.csv", tmp_path / "m.toml"
    table.write_bytes("name\n名称\n朝阳街道\n前进街道\n".encode("gb18030"))
    mapping.write_text(
        'name = "m"\ntimezone = "Asia/Shanghai"\n[[source]]\nname = "s"\n'
        'skip = [{ column = "name", is = ["前进街道"] }]\n[[source.command]]\nname = "area.define"\n'
        'data = { area = "{jurisdiction}-{name|slug}", name = "{name}" }\n',
        encoding="utf-8",
    )
    more = [str(table), "-m", str(mapping), "-j", J, "--data", str(tmp_path / "data")]
    asked = muster("import", *more)
    assert asked.returncode == 2, asked.stdout
    assert "gb18030 (名称" in asked.stderr.replace("\n", " ")
    done = muster("import", *more, "--encoding", "gb18030")
    assert done.returncode == 0, done.stderr
    assert "3 rows = 2 applied + 0 known + 1 skipped + 0 rejected" in done.stdout


def test_show_in_three_formats(data: Path) -> None:
    table = muster("show", "roster", "--data", str(data))
    rows = json.loads(muster("show", "roster", "--data", str(data), "--format", "json").stdout)
    lines = list(
        csv.DictReader(io.StringIO(muster("show", "roster", "--data", str(data), "--format", "csv").stdout))
    )
    assert "40 rows at position" in table.stdout
    assert len(rows) == len(lines) == 40
    assert {row["name"] for row in rows} == {"队*"}


def test_show_alerts(data: Path) -> None:
    told = muster("show", "alerts", "--data", str(data))
    rows = json.loads(muster("show", "alerts", "--data", str(data), "--format", "json").stdout)
    assert f"{len(rows)} alerts" in told.stdout
    assert "position" in told.stdout
    assert muster("show", "alerts", "--data", str(data), "--where", "kind=sos").returncode == 2


def test_show_filters_and_the_past(data: Path) -> None:
    riders = json.loads(
        muster("show", "roster", "--data", str(data), "--where", "role=rider", "--format", "json").stdout
    )
    before = json.loads(
        muster("show", "roster", "--data", str(data), "--as-of", "0", "--format", "json").stdout
    )
    assert {row["role"] for row in riders} == {"rider"}
    assert before == []


def test_verify_and_expect(data: Path) -> None:
    done = muster("verify", "--data", str(data), "--json")
    report = json.loads(done.stdout)[0]
    head = f"{report['head']['position']}:{report['head']['hash']}"
    assert done.returncode == 0
    assert muster("verify", "--data", str(data), "--expect", head).returncode == 0
    other = f"{report['head']['position']}:{'0' * 64}"
    assert muster("verify", "--data", str(data), "--expect", other).returncode == 1


def test_rebuild_changes_nothing(data: Path) -> None:
    before = muster("show", "teams", "--data", str(data), "--format", "json").stdout
    assert muster("rebuild", "--data", str(data)).returncode == 0
    assert muster("show", "teams", "--data", str(data), "--format", "json").stdout == before
    assert muster("verify", "--data", str(data)).returncode == 0


def test_log_is_cloud_events_from_any_position(data: Path) -> None:
    lines = [json.loads(line) for line in muster("log", "--data", str(data)).stdout.splitlines()]
    assert [line["position"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(line["specversion"] == "1.0" and line["id"] == f"{J}/{line['position']}" for line in lines)
    later = muster("log", "--data", str(data), "--after", "10").stdout.splitlines()
    assert [json.loads(line) for line in later] == lines[10:]


@pytest.mark.parametrize("name", ["peak", "response-times", "requests"])
def test_reports_of_a_log_without_an_incident(data: Path, name: str) -> None:
    done = muster("report", name, "--data", str(data), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["hash"]


def test_the_report_of_the_institutions_is_text_json_rows_and_a_document(data: Path, tmp_path: Path) -> None:
    command = ("report", "institutions", "--data", str(data))
    text = muster(*command, "--language", "zh").stdout
    report = json.loads(muster(*command, "--json").stdout)
    rows = json.loads(muster(*command, "--figure", "R1.posts", "--json").stdout)
    table = muster(*command, "--figure", "R1.posts").stdout
    made = muster(*command, "--docx", str(tmp_path / "report.docx"))
    assert "R2  企业台账" in text
    assert f"based on {report['position']}:{report['hash']}" in text.replace("\n", "")
    assert [one["section"] for one in report["sections"]][:3] == ["R1", "R2", "R3"]
    assert rows["figure"]["value"] == len(rows["items"])
    assert "Posts (R1.posts)" in table
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "report.docx").read_bytes().startswith(b"PK")


def test_instants_are_those_of_the_jurisdiction_with_their_offset(data: Path) -> None:
    commands = (
        ("report", "institutions", "--json"),
        ("report", "requests", "--json"),
        ("show", "roster", "--format", "json"),
        ("show", "requests", "--format", "csv"),
        ("coverage", "--by", "curve", "--format", "json"),
    )
    for command in commands:
        said = muster(*command, "--data", str(data)).stdout
        found = re.findall(r"\d{4}-\d\d-\d\dT[\d:.]{8,}(Z|[+-]\d\d:\d\d)?", said)
        assert set(found) <= {"+08:00"}, command
        assert found or "requests" in command, command


def test_tokens_are_made_listed_and_revoked(data: Path) -> None:
    made = muster("token", "create", "desk-1", "--scope", "dispatcher", "--data", str(data))
    listed = json.loads(muster("token", "list", "--data", str(data), "--json").stdout)
    assert made.stdout.startswith("mst_")
    assert made.stdout.strip() not in json.dumps(listed)
    assert "desk-1" in {token["name"] for token in listed}
    assert muster("token", "revoke", "desk-1", "--data", str(data)).returncode == 0
    assert muster("token", "revoke", "desk-1", "--data", str(data)).returncode == 1


def test_a_workers_phone_gets_a_code_and_a_link(data: Path) -> None:
    worker = json.loads(muster("show", "roster", "--data", str(data), "--format", "json").stdout)[0]["worker"]
    made = muster("token", "code", worker, "--jurisdiction", J, "--data", str(data)).stdout.splitlines()
    as_json = json.loads(muster("token", "code", worker, "--data", str(data), "--json").stdout)
    nobody = muster("token", "code", "W9", "--data", str(data))
    assert made[1] == f"/go#code={made[0]}"
    assert as_json[0]["link"] == f"/go#code={as_json[0]['code']}"
    assert as_json[0]["code"] != made[0]
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert "W9 is not on the roster of 2307" in nobody.stderr


def test_a_phone_that_signed_in_is_no_reason_to_listen_to_everybody(tmp_path: Path) -> None:
    """Only deliberately created tokens count as a reason."""

    async def sign_in() -> None:
        tokens = await local_tokens(tmp_path)
        assert await tokens.first_admin()
        assert await tokens.redeem_code((await tokens.issue_code(J, "W1"))[0])
        await tokens.close()

    asyncio.run(sign_in())
    done = muster("serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path))  # noqa: S104

    assert (done.returncode, done.stdout) == (2, "")
    assert "refusing to listen on 0.0.0.0" in done.stderr


MISTAKES = {
    "no log": ["show", "roster", "--data", "nowhere"],
    "no view": ["show", "shoes"],
    "no report": ["report", "shoes"],
    "no incident": ["report", "incident"],
    "no figure": ["report", "institutions", "--figure", "R5.shoes"],
    "no language of a report": ["report", "institutions", "--language", "fr"],
    "no earlier date": ["report", "institutions", "--at", "2022-03-01", "--since", "2022-03-02"],
    "no day": ["report", "institutions", "--since", "yesterday"],
    "an option of another report": ["report", "peak", "--figure", "R5.visits"],
    "an incident of institutions": ["report", "institutions", "--incident", "I1"],
    "no place for a file": ["report", "institutions", "--docx", "nowhere/report.docx"],
    "no mapping": ["import", str(ROSTER), "-m", "shoes", "-j", J],
    "no language": ["import", str(ROSTER), "-m", "roster", "-j", J, "--language", "xx"],
    "no column": ["import", str(ROSTER), "-m", "sffd", "-j", J],
    "bad instant": ["show", "headcount", "--at", "yesterday"],
    "bad filter": ["show", "roster", "--where", "shoes=1"],
    "bad head": ["verify", "--expect", "shoes"],
    "bad scope": ["token", "create", "x", "--scope", "king"],
    "other jurisdiction": ["show", "roster", "-j", "9999"],
    "wide host": ["serve", "--host", "0.0.0.0", "--port", "0"],  # noqa: S104  must be refused
}


@pytest.mark.parametrize("arguments", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_clear_line(data: Path, tmp_path: Path, arguments: list[str]) -> None:
    folder = [] if "--data" in arguments else ["--data", str(data if arguments[0] != "serve" else tmp_path)]
    done = muster(*arguments, *folder)
    assert done.returncode in (1, 2)
    assert done.stderr.startswith("muster: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    server = Server(tmp_path / "first")
    port = server.url.rpartition(":")[2]
    try:
        second = muster("serve", "--data", str(tmp_path / "second"), "--port", port)
    finally:
        server.stop()
    assert second.returncode == 1
    assert second.stderr.startswith(f"muster: cannot listen on 127.0.0.1 port {port}")
    assert len(second.stderr.strip().splitlines()) == 1


def _end(data: Path) -> int:
    """Return the position of the last event of the log."""
    return json.loads(muster("log", "--data", str(data)).stdout.splitlines()[-1])["position"]


def test_beside_a_running_server(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        imported = muster("import", str(ROSTER), "-m", "roster", "-j", J, "--data", str(tmp_path), "--json")
        again = muster("import", str(ROSTER), "-m", "roster", "-j", J, "--data", str(tmp_path), "--json")
        seen = muster("import", str(ROSTER), "-j", J, "--data", str(tmp_path), "--preview", "--json")
        path, after = f"{server.url}/api/v1/{J}/roster", _end(tmp_path)
        assert httpx.get(path, params={"after": after}, headers=server.headers).status_code == 200
        shown = muster("show", "roster", "--data", str(tmp_path), "--format", "json")
        verified = muster("verify", "--data", str(tmp_path))
    finally:
        assert server.stop() == 0
    assert json.loads(imported.stdout)["files"][0]["applied"] == 40
    assert json.loads(again.stdout)["files"][0]["known"] == 40
    previewed = json.loads(seen.stdout)
    assert (previewed["rows"], previewed["differing"], previewed["changes"]) == (40, 0, [])
    assert len(json.loads(shown.stdout)) == 40
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("MUSTER_TIMEZONE", "Mars/Olympus", "Asia/Shanghai"),
        ("MUSTER_TILES_DATUM", "GCJ-02", "gcj02"),
        ("MUSTER_KAFKA_PARTITIONS", "many", "integer"),
    ],
)
def test_a_setting_that_cannot_be_ends_in_one_line_that_names_it(
    name: str, value: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    done = muster("serve", "--port", "0", "--data", str(tmp_path / "data"))
    assert done.returncode == 2
    assert done.stderr.startswith(f"muster: {name}: ")
    assert hint in done.stderr
    assert "Traceback" not in done.stderr
    assert value not in done.stderr


def test_a_demo_that_ends_before_the_incident_says_so(tmp_path: Path) -> None:
    until = ("--until", "2022-02-14T12:00+08:00")
    done = muster("demo", "--speed", "max", "--exit", *until, "--port", "0", "--data", str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    assert "no incident has been declared" in done.stdout


def test_rows_that_contradict_the_log_are_listed_and_accepted_by_line(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text((MAPPINGS / "roster.toml").read_text().replace('name = "roster"', 'name = "other"', 1))
    people = tmp_path / "people.csv"
    people.write_text("name,phone,role\nP001,00000000001,medic\nP002,00000000002,medic\n")
    where = ("-j", "C1", "--data", str(tmp_path / "data"))
    assert muster("import", str(people), "-m", str(other), *where).returncode == 0
    people.write_text(people.read_text().replace("medic", "rider"))
    listed = muster("import", str(people), "-m", "roster", *where)
    assert (listed.returncode, "2 rows = 0 applied + 2 known + 0 rejected" in listed.stdout) == (0, True)
    assert "2 rows contradict what people decided; the log stands:" in listed.stderr
    assert "the log says role: medic; the sheet says role: rider" in listed.stderr
    done = muster("import", str(people), "-m", "roster", *where, "--apply-changes", "3", "--json")
    told = json.loads(done.stdout)
    assert (told["applied"], told["known"], told["differing"]) == (1, 1, 1)
    assert [one["line"] for one in told["files"][0]["changes"]] == [2]


def test_boundaries_are_imported_from_geojson_and_the_others_named(data: Path, tmp_path: Path) -> None:
    (area,) = json.loads(
        muster("show", "areas", "--data", str(data), "--where", "level=0", "--format", "json").stdout
    )
    ring = [[128.9, 47.7], [128.91, 47.7], [128.91, 47.71], [128.9, 47.7]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    features = [
        {"type": "Feature", "properties": {"code": area["area"]}, "geometry": shape},
        {"type": "Feature", "properties": {"name": "Nowhere"}, "geometry": shape},
    ]
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    done = muster("import", str(file), "-j", J, "--data", str(data), "--language", "zh")
    assert done.returncode == 1, done.stderr
    assert "2 个要素 = 已记录 0 + 已存在 0 + 退回 2" in done.stdout
    assert "第 1 个要素 2307：区域 2307 就是辖区本身" in done.stderr
    assert "第 2 个要素 Nowhere" in done.stderr
