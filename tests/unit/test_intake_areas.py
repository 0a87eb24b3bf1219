"""Sheets of areas, and names of areas in other sheets: found, given codes, or rejected with the nearest."""

from pathlib import Path

import pytest
from intaking import KEY, Deciding, sums

from services.decisions.area.table import AREAS
from services.decisions.hearing import said_names
from services.decisions.worker.table import WORKERS
from services.intake import Summary, import_files, load_mapping
from services.intake.cells.places import Places, Row
from services.intake.errors import RowError
from services.intake.rows.planning import plan

KNOWN = {
    "2307": "伊春市",
    "2307-01": "朝阳街道",
    "2307-01-01": "永红社区居委会",
    "2307-02": "前进街道",
    "2307-02-01": "永红社区",
    "2307-02-02": "红旗社区",
}


async def brought(folder: Path, mapping: str, table: str, sink: Deciding) -> Summary:
    """Import a table with a shipped mapping, into what the sink holds."""
    path = folder / "table.csv"
    path.write_text(table, encoding="utf-8")
    known = {"2307": "伊春市"} | {code: area.name for code, area in sink.state[AREAS].items()}
    places = Places("2307", known)
    places.said = said_names(sink.state)
    return await import_files([path], load_mapping(mapping), "2307", sink, import_key=KEY, places=places)


async def established() -> Deciding:
    sink = Deciding()
    await sink.establish()
    return sink


def names(sink: Deciding) -> dict[str, str]:
    return {code: area.name for code, area in sink.state[AREAS].items()}


async def test_a_sheet_of_names_and_parents_gets_numbers_and_again_the_same(tmp_path: Path) -> None:
    sink = await established()
    table = "名称,上级\n永红社区,朝阳街道\n朝阳街道,伊春市\n红旗社区,朝阳街道\n前进街道,\n"
    assert sums(await brought(tmp_path, "areas", table, sink)) == (4, 4, 0, 0)
    expected = {
        "2307-01": "朝阳街道",
        "2307-01-01": "永红社区",
        "2307-01-02": "红旗社区",
        "2307-02": "前进街道",
    }
    assert names(sink) == expected
    other = "name,parent\n前进街道,\n红旗社区,朝阳街道\n新社区,朝阳街道\n"
    assert sums(await brought(tmp_path, "areas", other, sink)) == (3, 1, 2, 0)
    assert names(sink) == {**expected, "2307-01-03": "新社区"}


async def test_codes_inside_the_jurisdiction_are_kept_and_others_follow_their_parent(tmp_path: Path) -> None:
    sink = await established()
    table = "编码,名称,上级\n2307,伊春市,\n230717,伊美区,\n230717001,朝阳街道,伊美区\n"
    table += "A1,一号网格,朝阳街道\nB,二号网格,A1\n"
    assert sums(await brought(tmp_path, "areas", table, sink)) == (5, 4, 1, 0)
    assert names(sink) == {
        "230717": "伊美区",
        "230717001": "朝阳街道",
        "230717001-A1": "一号网格",
        "230717001-A1-B": "二号网格",
    }


@pytest.mark.parametrize(
    ("rows", "variants"),
    [
        ([Row("", "A", "B"), Row("", "B", "A")], ["above", "above"]),
        ([Row("", "A", "朝阳"), Row("", "B", "A")], [None, "above"]),
        ([Row("", "A", "永红社区/")], [None]),
        ([Row("230799001", "A", "朝阳街道")], ["apart"]),
    ],
    ids=["loop", "no parent", "not a name", "a code elsewhere"],
)
def test_an_area_whose_parent_cannot_be_used_says_why(rows: list[Row], variants: list[str | None]) -> None:
    places = Places("2307", KNOWN)
    plan(places, rows)
    found = [places.planned[row] for row in rows]
    assert [one.values.get("variant") for one in found if isinstance(one, RowError)] == variants


def test_a_name_means_the_area_that_is_called_so() -> None:
    places = Places("2307", KNOWN)
    assert places.find("2307-02", "area") == "2307-02"
    assert places.find(" 红旗 社区", "area") == "2307-02-02"
    assert places.find("伊春市", "area") == "2307"
    assert places.find("朝阳街道/永红社区居委会", "area") == "2307-01-01"


def test_a_name_that_means_none_or_several_names_the_nearest() -> None:
    places = Places("2307", {**KNOWN, "2307-01-02": "红旗社区"})
    with pytest.raises(RowError) as none:
        places.find("永红", "home area")
    assert none.value.values["near"] == ("永红社区 (2307-02-01)", "永红社区居委会 (2307-01-01)")
    with pytest.raises(RowError) as several:
        places.find("红旗社区", "home area")
    assert several.value.values["near"] == ("红旗社区 (2307-02-02)", "红旗社区 (2307-01-02)")
    assert places.find("前进街道 / 红旗社区", "home area") == "2307-02-02"


async def test_people_of_named_areas_and_one_that_is_not_found(tmp_path: Path) -> None:
    sink = await established()
    await brought(tmp_path, "areas", "名称,上级\n朝阳街道,\n永红社区,朝阳街道\n", sink)
    table = "姓名,角色,社区\n队员001,骑手,永红社区\n队员002,骑手,永红\n"
    done = await brought(tmp_path, "roster", table, sink)
    assert sums(done) == (2, 1, 0, 1)
    assert [one.home_area for one in sink.state[WORKERS].values()] == ["2307-01-01"]
    reason = Path(done.files[0].rejects or "").read_text("utf-8-sig")
    assert "no area has the name or code '永红'; the nearest: 永红社区 (2307-01-01)" in reason


def test_nearest_names_are_looked_for_once_per_text_and_only_so_often() -> None:
    places = Places("2307", KNOWN)
    assert places.near("红旗社")
    assert places.near("红旗 社") == places.near("红旗社")
    found = [bool(places.near(f"红旗社区{number}")) for number in range(600)]
    assert found == [True] * 499 + [False] * 101
    assert places.near("红旗社区7")
    places.add("2307-03", "红旗社区十组")
    assert places.near("红旗社区") == places.near(" 红旗社区")


async def test_an_area_that_people_renamed_or_closed_is_not_made_again(tmp_path: Path) -> None:
    table = "name,parent\nNorth,\nWest,North\nSouth,\n"
    sink = await established()
    assert sums(await brought(tmp_path, "areas", table, sink)) == (3, 3, 0, 0)
    decided = [("area.rename", {"area": "2307-01", "name": "Upper"}), ("area.close", {"area": "2307-02"})]
    for name, data in decided:
        item = {"id": name, "name": name, "at": None, "observed": False, "data": data}
        assert (await sink.submit("2307", [item]))[0]["outcome"] == "accepted"
    before = dict(sink.state[AREAS])
    done = await brought(tmp_path, "areas", table.replace(",", ";"), sink)
    assert sums(done) == (3, 0, 3, 0)
    assert sink.state[AREAS] == before
    assert [one.log for one in done.files[0].changes] == [["name: Upper"], ["gone: closed"]]
