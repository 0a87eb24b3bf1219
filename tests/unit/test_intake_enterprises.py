"""A registry's sheet of enterprises: codes of every kind are kept, and the sheet has a memory."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from intaking import KEY, Recording, run, sums

from services.intake import Summary, import_files, load_mapping, parse_mapping, preview
from services.intake.cells.places import Places
from services.intake.mapping.loading import SHIPPED
from tests.given import Aggregate
from tests.workbooks import written

WUHAN = Path(__file__).parents[1] / "data/wuhan2020"
FILES = ("donation_orgs", "factories", "logistics")
MAPPING = (SHIPPED / "enterprises.toml").read_text(encoding="utf-8")
COUNTIES = {"230717": "伊美区", "230718": "乌翠区"}
HEADS = {
    "zh": ["企业名称", "统一社会信用代码", "行业", "规模", "员工数", "党员数", "区域"],
    "en": ["Enterprise", "Unified Social Credit Code", "Trade", "Size", "Employees", "Members", "Area"],
}
GOOD = "91110000600037341L"
ROWS = [
    ["企业 001", GOOD, "快递物流", "小型", 12, 3, "伊美区"],
    ["企业 002", 230702100012345, "外卖", "微型", "8人", None, "230718"],
    ["企业 003", None, "other", "large", None, None, None],
    ["企业 004", "91110000600037341X", "6020", None, 5, 1, "伊美区"],
    ["企业 005", 914403001922038216, "电商", None, 5, 1, "伊美区"],
    ["企业 006", "办理中", None, None, None, None, "伊美区"],
    ["企业 007", "办理中", None, None, None, None, "伊美区"],
]
STATES = ["good", "old", "missing", "failing", "failing", "failing", "failing"]


def workbook(head: list[str], rows: list[list[Any]]) -> bytes:
    return written([head, *rows])


async def imported(folder: Path, sink: Recording, rows: list[list[Any]], language: str = "zh") -> Summary:
    table = workbook(HEADS[language], rows)
    return await run(folder, MAPPING, table, sink, "registry.xlsx", places=Places("2307", COUNTIES))


@pytest.fixture
async def sink() -> Recording:
    found = Recording("2307")
    await found.establish(COUNTIES)
    return found


def by_name(sink: Recording) -> dict[str, Any]:
    return {row.name: row for row in sink.live("enterprises").values()}


@pytest.mark.parametrize("language", list(HEADS))
async def test_a_workbook_in_either_language(tmp_path: Path, sink: Recording, language: str) -> None:
    assert sums(await imported(tmp_path, sink, ROWS, language)) == (7, 7, 0, 0)
    first = by_name(sink)["企业 001"]
    assert (first.enterprise, first.trade, first.size, first.employees, first.members, first.area) == (
        *(GOOD, "courier", "small", 12, 3, "230717"),
    )
    second, third = by_name(sink)["企业 002"], by_name(sink)["企业 003"]
    assert (second.trade, second.employees, second.area) == ("food_delivery", 8, "230718")
    assert (third.area, third.employees) == ("2307", None)


async def test_codes_of_every_kind_are_kept_flagged_and_counted(tmp_path: Path, sink: Recording) -> None:
    await imported(tmp_path, sink, ROWS)
    found = by_name(sink)
    assert [found[str(row[0])].code_state for row in ROWS] == STATES
    assert Counter(row.code_state for row in found.values()) == Counter(STATES)
    assert found["企业 002"].code == "230702100012345"
    assert found["企业 006"].code == "办理中"


async def test_imported_again_it_changes_nothing_and_news_is_applied(tmp_path: Path, sink: Recording) -> None:
    await imported(tmp_path, sink, ROWS)
    assert sums(await imported(tmp_path, sink, ROWS[::-1])) == (7, 0, 7, 0)
    grown = [["企业 001", GOOD, "快递物流", "中型", 40, 3, "伊美区"], *ROWS[1:]]
    assert sums(await imported(tmp_path, sink, grown)) == (7, 1, 6, 0)
    now = by_name(sink)["企业 001"]
    assert (now.size, now.employees) == ("medium", 40)
    assert [fact.details for fact in now.history[1:]] == [{"size": "medium", "employees": 40}]


@pytest.mark.parametrize(
    "code",
    [
        f" {GOOD} ",
        GOOD.lower(),
        "９１１１００００６０００３７３４１Ｌ",
        "9111 0000 6000 3734 1L",
        "91110000-600037341-L",
    ],
)
async def test_a_code_written_otherwise_is_no_other_enterprise(
    tmp_path: Path, sink: Recording, code: str
) -> None:
    await imported(tmp_path, sink, ROWS)
    done = await imported(tmp_path, sink, [["企业 001", code, *ROWS[0][2:]]])
    assert sums(done)[3] == 0
    assert len(sink.live("enterprises")) == len(ROWS)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("8人", 8), ("约50", 50), ("-3", None), ("12.5", None), ("1e3", 1000), ("十二", None), ("1,200", 1200)],
)
async def test_no_part_of_a_number_is_taken_for_it(
    tmp_path: Path, sink: Recording, cell: str, number: int | None
) -> None:
    done = await imported(tmp_path, sink, [["企业 001", GOOD, "快递物流", "小型", cell, None, "伊美区"]])
    assert by_name(sink)["企业 001"].employees == number
    assert done.files[0].ignored == ({} if number else {"employees": 1})


async def test_what_people_decided_stands_and_is_listed(tmp_path: Path, sink: Recording) -> None:
    await imported(tmp_path, sink, ROWS)
    amend = Aggregate("enterprise").amend(enterprise=GOOD, employees=20)
    data = amend.model_dump(mode="json", exclude_unset=True)
    item = {"id": "people", "name": "enterprise.amend", "at": None, "observed": False, "data": data}
    await sink.submit("2307", [item])
    done = await imported(tmp_path, sink, [["企业 001", GOOD, "快递物流", "小型", 12, 3, "伊美区"]])
    assert sums(done) == (1, 0, 1, 0)
    assert by_name(sink)["企业 001"].employees == 20


async def test_an_unknown_trade_is_asked_about(tmp_path: Path, sink: Recording) -> None:
    path = tmp_path / "registry.xlsx"
    path.write_bytes(workbook(HEADS["zh"], [*ROWS, ["企业 008", None, "直播", None, 1, 0, "伊美区"]]))
    seen = await preview(path, load_mapping("enterprises"), 3, places=Places("2307", COUNTIES))
    assert [(one.column, one.text) for one in seen.questions] == [("trade", "直播")]


async def test_one_code_with_two_names_is_never_guessed_to_be_one(tmp_path: Path, sink: Recording) -> None:
    twice = [ROWS[0], ["企业 099", GOOD, "快递物流", "小型", 12, 3, "伊美区"]]
    assert sums(await imported(tmp_path, sink, twice)) == (2, 1, 0, 1)
    assert "enterprise.exists" in (tmp_path / "rejects.csv").read_text("utf-8-sig")
    assert by_name(sink).keys() == {"企业 001"}


async def test_another_city_by_mapping_alone() -> None:
    mapping = parse_mapping((WUHAN / "enterprises.toml").read_text(encoding="utf-8"), "wuhan2020.toml")
    sink = Recording("4201")
    await sink.establish()
    done = await import_files(
        [WUHAN / f"{name}.csv" for name in FILES], mapping, "4201", sink, import_key=KEY
    )
    assert sums(done) == (100, 100, 0, 0)
    found = sink.live("enterprises").values()
    assert Counter(row.trade for row in found) == {
        "charity": 57,
        "courier": 22,
        "manufacturing": 20,
    }  # one is in the table twice
    assert {row.code_state for row in found} == {"missing"}
