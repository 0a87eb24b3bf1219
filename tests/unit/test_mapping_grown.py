"""What mappings learnt from real logs: each line of the table in docs/mapping.md, run."""
# ruff: noqa: E501  mapping files

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from intaking import NOW, Deciding, run, sums

from services.decisions.jurisdiction.commands import Establish
from services.decisions.need.table import NEEDS
from services.decisions.request.table import REQUESTS
from services.decisions.term.table import TERMS
from services.intake import FileError, Summary
from services.intake.cells.durations import duration
from services.intake.cells.places import Places
from services.intake.errors import Misread

J = "C1"
YEAR = timedelta(days=365)


def mapping(*commands: str, source: str = "", top: str = "") -> str:
    head = f'name = "grown"\ntimezone = "Asia/Shanghai"\n{top}\n[[source]]\nname = "rows"\n{source}\n'
    return head + "".join(f"[[source.command]]\n{one}\n" for one in commands)


def opened(more: str = "", request: str = "{id}", **command: str) -> str:
    extra = "".join(f"{key} = {value}\n" for key, value in command.items())
    data = f'request = "{request}", category = "food", area = "{{jurisdiction}}"{", " + more if more else ""}'
    return f'name = "request.open"\n{extra}data = {{ {data} }}'


async def sent(
    folder: Path, text: str, table: str | bytes, **more: Any
) -> tuple[list[dict[str, Any]], Summary]:
    """Import, and return the data of the commands, and the summary."""
    sink = Deciding(J)
    await sink.establish()
    done = await run(folder, text, table, sink, **more)
    return [one["data"] for one in sink.sent], done


# -- JSON --------------------------------------------------------------------------------------------------

RECORDS = [
    {"id": 110101199001011234, "address": {"city": "A"}, "needs": [{"kind": "food"}], "tags": ["x", "y"]},
    {"id": 2, "address": {"city": None}, "open": True, "needs": [{"kind": "water"}, {"kind": "tents"}]},
]
WIDE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
PATHS = opened('address = "{address.city}", source = "{needs.0.kind}", notes = "{tags}"').replace(
    ', notes = "{tags}"', ""
)


@pytest.mark.parametrize(
    ("content", "top"),
    [
        (json.dumps(RECORDS), ""),
        (json.dumps({"page": 1, "rows": RECORDS}, indent=1), ""),
        (json.dumps({"data": {"items": RECORDS}}), 'records = "data.items"'),
        ("\n".join(map(json.dumps, RECORDS)), ""),
        ("\ufeff" + "\n\n".join(map(json.dumps, RECORDS)) + "\n", ""),
        ("\n \n" + "\n".join(map(json.dumps, RECORDS)), ""),
    ],
    ids=["array", "only list", "records", "ndjson", "byte order mark", "blank lines first"],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
async def test_columns_of_json_are_paths(tmp_path: Path, content: str, top: str, packed: bool) -> None:
    raw = content.encode()
    table = gzip.compress(raw, mtime=0) if packed else raw
    data, done = await sent(tmp_path, mapping(PATHS, top=top), table, name="rows.json")
    assert sums(done) == (2, 2, 0, 0)
    assert [(one["request"], one.get("address"), one["source"]) for one in data] == [
        ("110101199001011234", "A", "food"),
        ("2", None, "water"),
    ]


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize("form", ["document", "lines"])
async def test_json_is_read_in_the_encoding_that_its_first_bytes_tell(
    tmp_path: Path, form: str, encoding: str
) -> None:
    records = [{"id": n, "address": {"city": "伊春市伊美区前进街道" * 20}} for n in (1, 2)]
    lines = [json.dumps(one, ensure_ascii=False) for one in records]
    text = "\r\n".join(lines) if form == "lines" else f"[{','.join(lines)}]"
    wanted = mapping(opened('address = "{address.city}"'))
    data, done = await sent(tmp_path, wanted, text.encode(encoding), name="rows.json")
    assert sums(done) == (2, 2, 0, 0)
    assert [(one["request"], one["address"]) for one in data] == [
        (str(one["id"]), one["address"]["city"]) for one in records
    ]


async def test_json_that_is_neither_is_read_as_said_or_asked_about(tmp_path: Path) -> None:
    wanted = opened('address = "{city}"')
    table = '[{"id": 1, "city": "朝阳街道"}, {"id": 2, "city": "前进街道"}]'.encode("gb18030")
    with pytest.raises(FileError, match=r"only a guess; .*gb18030 \(朝阳街道 前进街道\)"):
        await sent(tmp_path, mapping(wanted), table, name="rows.json")
    data, _ = await sent(tmp_path, mapping(wanted, top='encoding = "gb18030"'), table, name="rows.json")
    assert [one["address"] for one in data] == ["朝阳街道", "前进街道"]


async def test_bytes_that_do_not_decode_reject_their_row_of_json(tmp_path: Path) -> None:
    lines = [f'{{"id": {n}, "city": "前进街道"}}'.encode() for n in (1, 2, 3)]
    lines[1] = lines[1].replace("道".encode(), b"\xff")
    _, done = await sent(tmp_path, mapping(opened('address = "{city}"')), b"\n".join(lines), name="rows.json")
    assert sums(done) == (3, 2, 0, 1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("end", [b"\xd8", b"\xd8\xd8"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rows.json", '[{"id": 1, "city": "前"}, {"id": 2'),
        ("lines.json", '{"id": 1, "city": "前"}\n{"id": 2'),
        ("rows.csv", "id,city\n1,前\n2,"),
    ],
)
async def test_a_file_that_is_cut_within_a_character_is_told(
    tmp_path: Path, encoding: str, end: bytes, name: str, text: str
) -> None:
    with pytest.raises(FileError, match=r"cannot be decoded|is not JSON"):
        await sent(tmp_path, mapping(opened()), text.encode(encoding) + end, name=name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"id": 1},', "row 1: is not JSON"),
        ('{"id": 1}\n{"id": \n', "row 2: is not JSON"),
        ('{"id": 1}\n[2]\n', r"row 2: is not JSON: \[.* is not an object"),
        ('[{"id": 1}, {"id": 2, "id": 3}]', "row 2: has 'id' twice; keep one"),
        ('{"id": 1}\n{"id": 2, "a": {"b": 1}, "a.b": 2}\n', r"row 2: has 'a\.b' twice; keep one"),
        ("[" * 5000, "missing|needs the column"),
        ('{"a": {"b": 1}}', "needs the column"),
        ('[{"\\ud800": 1}]', r"header is \[U\+D800\]"),
    ],
)
async def test_what_is_no_json_is_told_by_row(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(Exception, match=message):
        await sent(tmp_path, mapping(opened()), content, name="rows.json")


async def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"no list of objects at 'data\.items'"):
        await sent(
            tmp_path, mapping(opened(), top='records = "data.items"'), '{"data": []}', name="rows.json"
        )


# -- cells -------------------------------------------------------------------------------------------------


async def test_rows_of_a_key_are_numbered(tmp_path: Path) -> None:
    table = "id\nA\nB\nA\nA\n"
    data, _ = await sent(tmp_path, mapping(opened(request="{id}-{key.number}"), source='key = ["id"]'), table)
    assert [one["request"] for one in data] == ["A-1", "B-1", "A-2", "A-3"]


async def test_rows_that_say_the_same_count_each_if_the_source_says_so(tmp_path: Path) -> None:
    text = """
name = "list"
timezone = "UTC"
[[source]]
name = "needs"
EACH
[[source.command]]
name = "need.open"
observed = true
at = "{at}"
data = { need = "{need}", station = "S1", item = "water" }
"""
    for line, many in (("", 1), ("each_row = true", 2)):
        sink = Deciding(J)
        station = {"id": "1", "name": "station.register", "at": None, "observed": True}
        await sink.establish()
        await sink.submit(J, [{**station, "data": {"station": "S1", "name": "One"}, "at": NOW - YEAR * 9}])
        sheet = "at,need\n2026-01-01T00:00:00Z,N1\n2026-01-01T00:00:00Z,N1\n"
        for _ in range(2):
            await run(tmp_path, text.replace("EACH", line), sheet, sink)
        assert sink.state[NEEDS]["N1"].opened == many


async def test_a_name_of_a_term_is_in_the_language_of_its_letters(tmp_path: Path) -> None:
    text = """
name = "supplies"
timezone = "UTC"
[[source]]
name = "supplies"
[[source.command]]
name = "term.define"
data = { list = "need_item", code = "{code}", names = { column = "name", type = "names" } }
"""
    sink = Deciding(J)
    await sink.establish()
    await run(tmp_path, text, "code,name\nleite,Leite em pó\nkouzhao,口罩\n", sink)
    terms = sink.state[TERMS]
    found = [terms[f"need_item.{code}"].names for code in ("leite", "kouzhao")]
    assert [(one.en, one.zh) for one in found] == [("Leite em pó", None), (None, "口罩")]


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ('{ column = "a", same_as = "{b}" }', ["2"]),
        ('{ column = "a", less_than = "{b}" }', ["1", "3"]),
        ('{ column = "a", more_than = "{b}" }', ["4"]),
        ('{ column = "a", since = "{b}", at_least = 30 }', ["4"]),
        ('{ column = "a", since = "{b}", at_most = 0 }', ["3"]),
    ],
)
async def test_two_cells_are_compared(tmp_path: Path, condition: str, ids: list[str]) -> None:
    table = (
        "id,a,b\n1,9,10\n2,x,X\n3,2026-11-20 09:00,2026-11-20 10:00\n"
        "4,2026-11-20 10:30,2026-11-20 10:00\n5,x,3\n6,,\n"
    )
    if "same_as" in condition:
        table = table.replace("6,,\n", "")
    data, done = await sent(tmp_path, mapping(opened(when=f"[{condition}]")), table)
    assert [one["request"] for one in data] == ids
    assert done.rejected == done.rows - len(ids)


async def test_minutes_between_two_cells_are_a_number(tmp_path: Path) -> None:
    more = 'quantity = { column = "end", since = "{start}" }'
    table = "id,start,end\n1,2026-11-20 09:00,2026-11-20 10:30\n2,2026-11-20 09:00,\n"
    data, _ = await sent(tmp_path, mapping(opened(more)), table)
    assert [one.get("quantity") for one in data] == [90, None]


async def test_a_duration_is_added_to_an_instant(tmp_path: Path) -> None:
    more = 'due_at = { template = "{start}", plus = "{lasts}" }'
    table = "id,start,lasts\n1,2026-11-20 09:00,1:30\n2,2026-11-20 09:00,\n3,2026-11-20 09:00,soon\n"
    data, done = await sent(tmp_path, mapping(opened(more)), table)
    assert [one["due_at"][11:16] for one in data] == ["02:30", "01:00"]
    assert done.rejected == 1


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        ("1:30", 90),
        ("1:30:30", 90.5),
        ("PT1H30M", 90),
        ("2 h 5 min", 125),
        ("2小时", 120),
        ("1,5 h", 90),
    ],
)
def test_durations(text: str, minutes: float) -> None:
    assert duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "soon", "1:75", "-5", "2 moons", "PT", "9" * 30])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(Misread):
        duration(text)


async def test_a_command_is_repeated_by_a_count(tmp_path: Path) -> None:
    text = mapping(opened(request="{id}-{number}", each='{ count = "people" }'), opened(request="{id}"))
    data, done = await sent(tmp_path, text, "id,people\nA,3\nB,0\nC,\nD,1001\nE,x\nF,-1\n")
    assert [one["request"] for one in data] == ["A-1", "A-2", "A-3", "A", "B", "C"]
    assert done.rejected == 3


async def test_a_cell_may_say_null(tmp_path: Path) -> None:
    more = 'slots = { column = "teams", null_if = ["Unlimited", "-"], default = 2 }'
    data, _ = await sent(tmp_path, mapping(opened(more)), "id,teams\n1,unlimited\n2,3\n3,\n")
    assert [one["slots"] for one in data] == [None, 3, 2]


async def test_a_cell_that_cannot_be_used_may_be_ignored_and_is_counted(tmp_path: Path) -> None:
    more = (
        'due_at = { column = "due", invalid = "ignore" }, address = { column = "where", invalid = "ignore" }, '
        'lat = { column = "lat", invalid = "ignore" }, lon = { column = "lon", invalid = "ignore" }'
    )
    long = "x" * 5000
    table = f"id,due,where,lat,lon\n1,soon,a,0,0\n2,2026-11-20 09:00,{long},31.2,121.5\n3,,c,north,121.5\n4,,d,,\n"
    data, done = await sent(tmp_path, mapping(opened(more)), table)
    assert sums(done) == (4, 4, 0, 0)
    assert [sorted(one.keys() - {"request", "category", "area", "said"}) for one in data] == [
        ["address"],
        ["due_at", "lat", "lon"],
        ["address"],
        ["address"],
    ]
    assert done.files[0].ignored == {"due": 1, "lat": 2, "where": 1}


async def test_a_quantity_may_be_0(tmp_path: Path) -> None:
    sink = Deciding(J)
    await sink.establish()
    assert sums(await run(tmp_path, mapping(opened('quantity = "{n}"')), "id,n\n1,0\n", sink)) == (1, 1, 0, 0)
    assert sink.state[REQUESTS]["1"].quantity == 0


async def test_an_import_establishes_the_jurisdiction_in_its_time_zone(tmp_path: Path) -> None:
    sink = Deciding(J)
    done = await run(tmp_path, mapping(opened()), "id\n1\n", sink, places=Places(J, {}))
    assert sums(done) == (1, 1, 0, 0)
    assert (sink.sent[0]["name"], sink.sent[0]["data"]["timezone"]) == (Establish.NAME, "Asia/Shanghai")

    sink = Deciding("C2")
    own = 'name = "jurisdiction.establish"\nonce_per = []\ndata = { name = "City" }'
    text = mapping(own, opened()).replace("Asia/Shanghai", "Europe/Berlin")
    await run(tmp_path, text, "id\n1\n2\n", sink, places=Places("C2", {}))
    assert [one["data"].get("timezone") for one in sink.sent] == ["Europe/Berlin", None, None]
