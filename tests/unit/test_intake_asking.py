"""What an import does not understand is asked about before it records anything, and never stored as it is."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from intaking import KEY, Deciding, sums

from services.decisions.worker.table import WORKERS
from services.intake import import_files, load_mapping, preview
from services.intake.cells.places import Places
from services.intake.errors import MappingError
from services.intake.mapping.blank import has_template, template
from services.intake.mapping.loading import shipped
from services.intake.rows.asking import parsed
from services.intake.tables.header import recognised
from services.intake.tables.xlsx_table import xlsx_rows
from services.vault.phones import possible
from tests.workbooks import rows_of, written

PLACES = {"2307-01": "朝阳街道", "2307-02": "前进街道"}
TABLE = (
    "姓名,电话,角色,社区\n队员001,00000000001,骑手,朝阳街道\n队员002,00000000002,保安,朝阳街道\n"
    "队员003,无,保安,前进街道\n队员004,00000000004,厨师,前进\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


async def imported(path: Path, *answers: str) -> tuple[tuple[int, int, int, int], Deciding]:
    sink, mapping, places = Deciding(), load_mapping("roster"), Places("2307", PLACES)
    await sink.establish(PLACES)
    said = parsed(answers, mapping, places)
    done = await import_files([path], mapping, "2307", sink, import_key=KEY, places=places, answers=said)
    return sums(done), sink


async def test_each_unknown_role_area_and_phone_is_asked_about_once(table: Path) -> None:
    seen = await preview(table, load_mapping("roster"), 2, jurisdiction="2307", places=Places("2307", PLACES))
    asked = {(one.column, one.text): one for one in seen.questions}
    assert {key: one.count for key, one in asked.items()} == {
        ("role", "保安"): 2,
        ("role", "厨师"): 1,
        ("phone", "*"): 1,
        ("home area", "前进"): 1,
    }
    assert [row.line for row in asked["role", "保安"].rows] == [3, 4]
    assert [(row.line, row.text) for row in asked["phone", "*"].rows] == [(4, "无")]
    assert "property_staff" in [one.value for one in asked["role", "保安"].choices]
    assert [(one.value, one.label) for one in asked["home area", "前进"].choices] == [("2307-02", "前进街道")]


async def test_what_is_not_answered_is_rejected_and_what_is_answered_is_used(table: Path) -> None:
    rows, sink = await imported(table)
    assert rows == (4, 1, 0, 3)
    assert [one.role for one in sink.state[WORKERS].values()] == ["rider"]
    rows, sink = await imported(table, "role:保安=property_staff", "phone:*=", "home area:前进=2307-02")
    assert rows == (4, 3, 0, 1)
    assert [one.role for one in sink.state[WORKERS].values()] == ["rider", "property_staff", "property_staff"]


@pytest.mark.parametrize(
    ("answer", "variant"),
    [
        ("role:保安", "form"),
        ("shoes:42=volunteer", "column"),
        ("role:保安=guard", "code"),
        ("phone:*=00000000001", "phone"),
        ("home area:前进=2307-99", "area"),
    ],
)
def test_an_answer_that_fits_no_question_is_refused(answer: str, variant: str) -> None:
    with pytest.raises(MappingError) as refused:
        parsed([answer], load_mapping("roster"), Places("2307", PLACES))
    assert (refused.value.code, refused.value.values["variant"]) == ("import.answer", variant)


@pytest.mark.parametrize(
    "phone", ["00000000001", "+86 000 0000 0001", "(0458) 000-0001", "61001", "\uff10" * 11]
)
def test_a_phone_number_that_can_be(phone: str) -> None:
    assert possible(phone)


@pytest.mark.parametrize(
    "phone", ["无", "1380000000", "138000000001", "1234", "0" * 16, "+1 23", "00000000001 王"]
)
def test_a_phone_number_that_cannot_be(phone: str) -> None:
    assert not possible(phone)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", [one for one in shipped() if has_template(load_mapping(one))])
def test_a_filled_template_is_recognised_and_read(name: str, language: str, tmp_path: Path) -> None:
    mapping = load_mapping(name)
    workbook, text = tmp_path / "a.xlsx", tmp_path / "a.csv"
    workbook.write_bytes(template(mapping, language, "xlsx"))
    text.write_bytes(template(mapping, language, "csv"))
    assert text.read_bytes().startswith(b"\xef\xbb\xbf")
    [head] = csv.reader(text.read_text("utf-8-sig").splitlines())
    assert rows_of(workbook.read_bytes())[0] == head
    known = [load_mapping(one) for one in shipped()]
    assert {recognised(path, known).name for path in (workbook, text)} == {name}


async def test_the_most_fitting_mapping_is_found(table: Path) -> None:
    known = [load_mapping(name) for name in shipped()]
    assert recognised(table, known).name == "roster"
    table.write_text("name,phone,role\nWorker 1,,rider\n")
    assert recognised(table, known).name == "roster"
    table.write_text("社区\n永红社区\n", encoding="utf-8")
    assert recognised(table, known).name == "areas"
    table.write_text("shoes,hats\n1,2\n")
    with pytest.raises(MappingError):
        recognised(table, known)


def test_a_sheet_is_parsed_once_however_many_mappings_look_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook, read = tmp_path / "registry.xlsx", list[str]()
    workbook.write_bytes(written([["企业名称", "行业"], ["企业 001", "外卖"]]))

    def counted(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
        read.append(sheet)
        return xlsx_rows(path, sheet)

    monkeypatch.setattr("services.intake.tables.reader.xlsx_rows", counted)
    assert recognised(workbook, [load_mapping(one) for one in shipped()]).name == "enterprises"
    assert len(read) == 1
