"""Bad files: one clear line with file, row, column and remedy, never a traceback."""

import csv
import gzip
import io
import random
import re
import zipfile
from pathlib import Path

import pytest
from intaking import Deciding, run, sums

from services.intake import FileError, ImportFailed, MappingError, parse_mapping, preview
from services.intake.tables import text_file
from tests.workbooks import written

PEOPLE = """
name = "people"
[[source]]
name = "people"
[[source.command]]
name = "worker.register"
data = { worker = "{id}", role = "{role}", name = "{name}" }
"""
HEAD = "id,role,name\n"


async def rejected(folder: Path, table: str | bytes, **options: str) -> list[list[str]]:
    """Return the rows of the rejects file: line, code, reason, cells."""
    summary = await run(folder, PEOPLE, table, Deciding(), **options)
    assert sums(summary)[3] > 0
    with (folder / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"", "is empty"),
        (b"\n\n \n", "is empty"),
        (random.Random(1).randbytes(5000), "contains binary data, not a table"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), r"old Excel workbook \(\.xls\); save it as \.xlsx"),
        (b"PK\x03\x04 not really", "is not an XLSX workbook"),
        (gzip.compress(HEAD.encode() * 2000, mtime=0)[:40], "the gzip file is truncated"),
        (b"id,id,role,name\n1,2,courier,x\n", "columns 1 and 2 are both named 'id'; rename one"),
        (HEAD.encode() + b"1,courier,\x98\x81\xff x\n2,courier,\xff la\n", "name its `encoding`"),
        (HEAD.encode() + b'1,courier,"never closed' + b"x" * 2_100_000, "row 2: "),
        (HEAD.encode() + b'1,courier,x\n2,courier,"y\n3,courier,z\n', "row 3: is not valid CSV; .* unclosed"),
        (HEAD.encode() + b"x" * 2_100_000, "row 2: has more than 2000000 characters"),
    ],
)
async def test_files_that_are_no_tables(tmp_path: Path, table: bytes, message: str) -> None:
    sink = Deciding()
    with pytest.raises(FileError, match=message) as caught:
        await run(tmp_path, PEOPLE, table, sink)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "table.csv"))
    assert sink.sent == []


async def test_a_missing_column_fails_by_name_before_the_first_row(tmp_path: Path) -> None:
    sink = Deciding()
    with pytest.raises(MappingError, match=r"needs the column\(s\) role, name; the header is id, x"):
        await run(tmp_path, PEOPLE, "id,x\n1,2\n", sink)
    assert sink.sent == []


async def test_a_gzip_bomb_ends_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "LARGE", 1 << 20)
    bomb = gzip.compress(HEAD.encode() + b"1,courier,x\n" * 100_000)
    with pytest.raises(FileError, match=r"row \d+: decompresses to too much"):
        await run(tmp_path, PEOPLE, bomb, Deciding())


async def test_a_workbook_that_unpacks_to_too_much(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b" " * 60_000_000)
    with pytest.raises(FileError, match="save it as CSV"):
        await run(tmp_path, PEOPLE, path.read_bytes(), Deciding(), "bomb.xlsx")


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData></worksheet>"
)
HEADINGS = "".join(
    f'<c r="{place}1" t="inlineStr"><is><t>{text}</t></is></c>'
    for place, text in zip("ABC", HEAD.strip().split(","), strict=True)
)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
        "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(2, 3_000)),
    ],
    ids=["far below", "far to the right"],
)
@pytest.mark.timeout(60)
async def test_a_small_workbook_with_a_huge_sheet_ends_early(tmp_path: Path, rows: str) -> None:
    """Empty rows and cells before the last one take no bytes. Reading all of them would take days."""
    path = tmp_path / "made.xlsx"
    path.write_bytes(written())
    sheet = SHEET.format(f'<row r="1">{HEADINGS}</row>{rows}')
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in (parts | {"xl/worksheets/sheet1.xml": sheet.encode()}).items():
            packed.writestr(name, data)
    assert path.stat().st_size < 50_000
    with pytest.raises(FileError, match="empty ones included"):
        await run(tmp_path, PEOPLE, path.read_bytes(), Deciding(), "made.xlsx")


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("1,courier", "ragged", "the row has 2 cells, the header has 3"),
        ("1,courier,x,y", "ragged", "the row has 4 cells"),
        ("1,courier,a\0b", "nul", "name: the cell contains a NUL"),
        ("1,courier," + "x" * 100_001, "too_long", "name: the cell has 100001 characters"),
        ("1,courier," + "x" * 201, "invalid", "worker.register name: "),
        ("1,,x", "invalid", "worker.register role: Field required"),
        ("1,快递,x", "unreadable", "use a value map"),
        ("1,#REF!,x", "cell_error", "role: the cell contains the spreadsheet error #REF!"),
    ],
)
async def test_bad_rows_are_rejected_and_the_others_applied(
    tmp_path: Path, line: str, code: str, reason: str
) -> None:
    rows = await rejected(tmp_path, f"{HEAD}2,courier,y\n{line}\n3,courier,z\n")
    assert [(row[0], row[1]) for row in rows] == [("3", code)]
    assert reason in rows[0][2]


async def test_a_broken_byte_rejects_its_row_alone(tmp_path: Path) -> None:
    rows = await rejected(tmp_path, f"{HEAD}1,courier,张\n2,courier,".encode() + b"\xff\xfe\n")
    assert [(row[0], row[1]) for row in rows] == [("3", "encoding")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
async def test_encodings(tmp_path: Path, encoding: str) -> None:
    sink = Deciding()
    table = f"{HEAD}1,courier,张三李四\n2,rider,王五𠮷\n".encode(encoding)
    assert sums(await run(tmp_path, PEOPLE, table, sink)) == (2, 2, 0, 0)
    assert [item["data"]["name"] for item in sink.sent] == ["张三李四", "王五𠮷"]


async def test_gzip_by_content_blank_lines_and_blank_cells_at_the_end(tmp_path: Path) -> None:
    table = gzip.compress(b'ID , Role,NAME\r\n\r\n1,courier,"two\nlines",,\r\n,,\r\n2,rider,b\r\n', mtime=0)
    sink = Deciding()
    assert sums(await run(tmp_path, PEOPLE, table, sink, "table")) == (2, 2, 0, 0)
    assert sink.sent[0]["data"]["name"] == "two lines"


async def test_formulas_give_their_values_and_rejects_none(tmp_path: Path) -> None:
    rows = await rejected(tmp_path, HEAD + '1,,"=HYPERLINK(""http://x"")"\n2,,@a\n3,,-1\n')
    assert [row[5] for row in rows] == ['\'=HYPERLINK("http://x")', "'@a", "'-1"]
    assert (tmp_path / "rejects.csv").stat().st_mode & 0o077 == 0


async def test_what_was_made_harmless_is_itself_again_when_imported(tmp_path: Path) -> None:
    await rejected(tmp_path, HEAD + "1,,-A\n")
    again = (tmp_path / "rejects.csv").read_text("utf-8-sig").replace("1,,", "1,courier,")
    sink = Deciding()
    assert sums(await run(tmp_path, PEOPLE, again, sink, "again.csv")) == (1, 1, 0, 0)
    assert sink.sent[0]["data"]["name"] == "-A"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_rejected_rows_name_the_controls_that_turn_text_around(tmp_path: Path, language: str) -> None:
    table = HEAD + "1,courier,A\u202e1\n2,,\u2066=1+1\n"
    rows = await rejected(tmp_path, table, language=language)
    assert [(row[1], row[5]) for row in rows] == [
        ("invalid", "A[U+202E]1"),
        ("invalid", "[U+2066]=1+1"),
    ]
    assert "A[U+202E]1" in rows[0][2]
    assert not set((tmp_path / "rejects.csv").read_text()) & {"\u202e", "\u2066"}

    again = await rejected(tmp_path, (tmp_path / "rejects.csv").read_bytes(), name="again.csv")
    assert [row[1] for row in again] == ["invalid", "invalid"], "they were not corrected"
    shown = (await preview(tmp_path / "table.csv", parse_mapping(PEOPLE))).rows[0]
    assert (shown.cells["name"], shown.values["given"]) == ("A[U+202E]1", "A[U+202E]1")


async def test_a_formula_that_nothing_has_worked_out_is_no_empty_cell(tmp_path: Path) -> None:
    """Programs other than spreadsheets write formulas without their values."""
    people = [[str(line), "courier", "#N/A"] for line in (2, 3, 4)]
    cells = (
        '<c r="C2"><f>A2</f></c>',
        '<c r="C3" s="1"><f>A2</f><v></v></c>',
        '<c r="C4" t="str"><f>IF(A2=2,"",1)</f><v></v></c>',  # an empty text is a value
    )
    held = io.BytesIO(written([["id", "role", "name"], *people]))
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(tmp_path / "new.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name).decode()
            for cell in cells if "sheet1.xml" in name else ():
                data = re.sub(rf'<c r="{cell[6:8]}".*?</c>', lambda _, cell=cell: cell, data)
            new.writestr(name, data)
    rows = await rejected(tmp_path, (tmp_path / "new.xlsx").read_bytes(), name="table.xlsx")
    assert [(row[0], row[1]) for row in rows] == [("2", "cell_unworked"), ("3", "cell_unworked")]
    assert "name: the formula has no value; open the workbook in a spreadsheet program" in rows[0][2]


async def test_a_damaged_workbook(tmp_path: Path) -> None:
    (tmp_path / "good.xlsx").write_bytes(written([["id", "role", "name"]], names=("Sheet",)))
    with (
        zipfile.ZipFile(tmp_path / "good.xlsx") as good,
        zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as bad,
    ):
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, data[:150] if "sheet1" in name else data)
    with pytest.raises(ImportFailed, match=r"bad\.xlsx#Sheet: row 1: is damaged"):
        await run(tmp_path, PEOPLE, (tmp_path / "bad.xlsx").read_bytes(), Deciding(), "bad.xlsx")


async def test_reasons_may_be_in_chinese(tmp_path: Path) -> None:
    table = f"{HEAD}1,courier\n2,,x\n3,快递,x\n4,courier,{'x' * 201}\n"
    rows = await rejected(tmp_path, table, language="zh")
    assert [row[:3] for row in rows] == [
        ["2", "ragged", "这一行有 2 列，表头有 3 列，是否缺少引号？"],
        ["3", "invalid", "命令 worker.register 的 role：必须填写。"],
        ["4", "unreadable", "role：“快递”不含可用作代码的字母，请提供取值映射。"],
        ["5", "invalid", f"命令 worker.register 的 name：“{'x' * 80}”最多 200 个字符。"],
    ]
