"""A source list as a sheet: its editions, entries that last from one to the next, and rows refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from intaking import Recording, run, sums

from services.intake import Summary
from services.intake.cells.places import Places
from services.intake.mapping.loading import SHIPPED
from tests.workbooks import written

MAPPING = (SHIPPED / "source-list.toml").read_text(encoding="utf-8")
COUNTIES = {"230717": "伊美区"}
HEAD = ["名单名称", "名单类别", "名单日期", "企业名称", "统一社会信用代码", "区县", "行业"]
CODE = "91110000600037341L"
MARCH = [
    [
        "市场主体名录",
        "登记",
        "2022-03-01",
        "伊春市宏达物流有限公司",
        "91110000600037341L",
        "伊美区",
        "快递物流",
    ],
    ["", "", "", "伊春市鑫源商贸（个体）有限公司", "", "伊美区", ""],
    ["", "", "", "顺丰速运", "230702100012345", "", "快递"],
]
APRIL = [["市场主体名录", "登记", "2022-04-01", *MARCH[0][3:]], MARCH[2]]


def workbook(rows: list[list[str]]) -> bytes:
    """Return an XLSX file with these rows below the headings."""
    return written([HEAD, *rows])


def text(rows: list[list[str]]) -> str:
    return "".join(f"{','.join(row)}\n" for row in [HEAD, *rows])


async def imported(folder: Path, sink: Recording, table: str | bytes, name: str = "table.csv") -> Summary:
    return await run(folder, MAPPING, table, sink, name, places=Places("2307", COUNTIES))


@pytest.fixture
async def sink() -> Recording:
    found = Recording("2307")
    await found.establish(COUNTIES)
    return found


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_registry_export_is_read_with_the_sources_own_date(
    tmp_path: Path, sink: Recording, form: str
) -> None:
    table = text(MARCH) if form == "csv" else workbook(MARCH)
    done = await imported(tmp_path, sink, table, f"table.{form}")
    assert sums(done) == (3, 3, 0, 0)
    (source,) = sink.live("source_lists").values()
    assert (source.kind, source.title, source.entries) == ("registry", "市场主体名录", 3)
    assert source.edition == datetime(2022, 2, 28, 16, tzinfo=UTC)  # midnight in Yichun
    rows = {row.name: (row.code, row.area, row.trade) for row in sink.live("entries").values()}
    assert rows == {
        "伊春市宏达物流有限公司": (CODE, "230717", "courier"),
        "伊春市鑫源商贸（个体）有限公司": (None, "230717", None),
        "顺丰速运": ("230702100012345", "2307", "courier"),
    }


async def test_importing_it_twice_changes_nothing(tmp_path: Path, sink: Recording) -> None:
    await imported(tmp_path, sink, text(MARCH))
    end = sink.end
    assert sums(await imported(tmp_path, sink, workbook(MARCH), "table.xlsx")) == (3, 0, 3, 0)
    assert sink.end == end


async def test_an_entry_is_the_same_in_the_next_edition(tmp_path: Path, sink: Recording) -> None:
    await imported(tmp_path, sink, text(MARCH))
    await imported(tmp_path, sink, text(APRIL))
    (source,) = sink.live("source_lists").values()
    assert [one.entries for one in source.editions] == [3, 2]
    assert sorted(len(row.listings) for row in sink.live("entries").values()) == [1, 2, 2]


async def test_two_rows_of_one_code_are_not_taken_for_one(tmp_path: Path, sink: Recording) -> None:
    twice = [*MARCH, ["", "", "", "另一家公司", MARCH[0][4], "伊美区", ""]]
    done = await imported(tmp_path, sink, text(twice))
    assert sums(done) == (4, 3, 0, 1)
    rejects = (tmp_path / "rejects.csv").read_text("utf-8-sig")
    assert "entry.listed" in rejects


async def test_a_county_and_a_kind_that_are_not_known_are_asked_about(
    tmp_path: Path, sink: Recording
) -> None:
    odd = [["某名单", "公安", "2022-03-01", "宏达物流", "", "南山", ""]]
    done = await imported(tmp_path, sink, text(odd))
    assert sums(done)[3] == 1
    assert not sink.live("entries")
