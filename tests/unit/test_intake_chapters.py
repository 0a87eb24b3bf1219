"""The sheet of chapters: one row for each enterprise, in English or Chinese, known when it comes again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from intaking import KEY, NOW, Deciding, sums

from events.chapter_history import standing
from events.enterprise_facts import EnterpriseFact
from events.enterprise_facts import standing as enterprise_at
from services.decisions.area.table import AREAS, Area
from services.decisions.chapter.table import CHAPTERS
from services.decisions.enterprise.table import ENTERPRISES
from services.intake import import_files, load_mapping
from services.intake.cells.places import Places

CODE = "91110000600037341L"
CHINESE = f"""\
组织名称,组织编号,组建方式,行业,区域,企业编号,统一社会信用代码,成立时间,届满时间,撤销时间
快递行业联合组织,C1,行业联建,快递,南山,E1,,2022-01-05,2025-01-05,
,C1,,,,,{CODE.lower()},,,
龙头企业组织,,单独组建,,,E2,,2022-02-01,,2022-03-01
无此企业组织,,社区统建,,南山,E9,,2022-02-01,,
"""
ENGLISH = f"""\
chapter,chapter number,route,trade,area,enterprise number,credit code,formed on,term ends,dissolved on
快递行业联合组织,C1,joint,courier,南山,E1,,2022-01-05,2025-01-05,
,C1,,,,,{CODE},,,
龙头企业组织,,own,,,E2,,2022-02-01,,2022-03-01
无此企业组织,,community,,南山,E9,,2022-02-01,,
"""


def city() -> Deciding:
    """Return a sink that knows one county and three enterprises."""
    sink = Deciding()
    sink.state.put(sink.state[AREAS], "230717", Area("南山"))
    begin = datetime(2022, 1, 1, tzinfo=UTC)
    for key in ("E1", "E2", CODE):
        details = {"name": key, "area": "230717", "trade": "courier"}
        fact = EnterpriseFact(begin, 1, "enterprise.registered", "test", details=details)
        sink.state.put(sink.state[ENTERPRISES], key, enterprise_at((fact,)))
    return sink


@pytest.mark.parametrize("sheet", [CHINESE, ENGLISH], ids=["zh", "en"])
async def test_a_sheet_forms_chapters_with_their_enterprises(tmp_path: Path, sheet: str) -> None:
    sink, mapping, file = city(), load_mapping("chapters"), tmp_path / "chapters.csv"
    file.write_text(sheet, "utf-8")
    places = Places("2307", {"2307": "伊春", "230717": "南山"}, timezone="Asia/Shanghai")

    done = await import_files([file], mapping, "2307", sink, import_key=KEY, places=places)

    assert sums(done) == (4, 3, 0, 1), done
    chapters = sink.state[CHAPTERS]
    joint, own = chapters["C1"], chapters["龙头企业组织"]
    now, then = standing(joint.facts, NOW), standing(own.facts, datetime(2022, 2, 15, tzinfo=UTC))
    assert now is not None
    assert then is not None
    assert (joint.name, joint.route, joint.trade, joint.area) == (
        "快递行业联合组织",
        "joint",
        "courier",
        "230717",
    )
    assert now.enterprises == ("E1", CODE)
    assert now.ends == datetime(2025, 1, 5, 16, tzinfo=UTC)  # the end of 5 January there
    assert (own.route, then.state, then.enterprises) == ("own", "alive", ("E2",))
    ended = standing(own.facts, NOW)
    assert ended is not None
    assert ended.state == "dissolved"
    again = await import_files([file], mapping, "2307", sink, import_key=KEY, places=places)
    assert sums(again) == (4, 0, 3, 1)


@pytest.mark.parametrize(
    ("old", "new", "rejected"),
    [
        ("2025-01-05", "2026-01-05", 2),
        (",C1,,,,,", "快递行业联合组织,C1,,,,E2,,,,\n,C1,,,,,", 3),
        (",单独组建,,,E2", ",单独组建,,,E1", 1),
    ],
    ids=["another term", "one more enterprise", "another enterprise"],
)
async def test_what_a_sheet_says_otherwise_later_is_never_taken_for_known(
    tmp_path: Path, old: str, new: str, rejected: int
) -> None:
    sink, mapping, file = city(), load_mapping("chapters"), tmp_path / "chapters.csv"
    places = Places("2307", {"2307": "伊春", "230717": "南山"}, timezone="Asia/Shanghai")
    file.write_text(CHINESE, "utf-8")
    await import_files([file], mapping, "2307", sink, import_key=KEY, places=places)
    file.write_text(CHINESE.replace(old, new, 1), "utf-8")
    again = await import_files([file], mapping, "2307", sink, import_key=KEY, places=places)
    assert again.rejected == 1 + rejected
    assert "chapter.exists" in Path(str(again.rejects)).read_text("utf-8-sig")
