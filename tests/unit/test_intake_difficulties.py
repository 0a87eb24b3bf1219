"""Sheets of visits and difficulties in both languages, and demands of a real flood; twice changes nothing."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from intaking import KEY, NOW, Deciding, sums

from events.difficulty_history import standing
from events.enterprise_facts import EnterpriseFact
from events.enterprise_facts import standing as enterprise_at
from events.post_history import PostChange, PostPlace
from services.decisions.area.table import AREAS, Area
from services.decisions.difficulty.table import DIFFICULTIES
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.post.table import CHARGES, POSTS, Post
from services.decisions.visit.table import VISITS
from services.intake import import_files, load_mapping
from services.intake.cells.places import Places

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
DEMANDS = Path(__file__).parents[1] / "data/guangfu_2025/demands_deidentified.csv"


def city() -> Deciding:
    """Return a sink that knows a county, an enterprise, and a first-responsible post."""
    sink = Deciding()
    sink.state.put(sink.state[AREAS], "230717", Area("南山"))
    details = {"name": "E1", "area": "230717", "trade": "courier"}
    fact = EnterpriseFact(BEGIN, 1, "enterprise.registered", "test", details=details)
    sink.state.put(sink.state[ENTERPRISES], "E1", enterprise_at((fact,)))
    first = PostChange(BEGIN, 1, name="P1", place=PostPlace("U1", "2307", None, first=True))
    sink.state.put(sink.state[POSTS], "P1", Post("2307", (first,)))
    sink.state.put(sink.state[CHARGES], "first", ("P1",))
    return sink


PLACES = Places("2307", {"2307": "伊春", "230717": "南山"}, timezone="Asia/Shanghai")
VISITED = {
    "zh": (
        "走访时间,企业编号,走访对象,区域,听取的意见\n"
        "2022-03-01 09:00,E1,,,招工难\n2022-03-02,,骑手,南山,充电难\n"
    ),
    "en": (
        "visit date,enterprise number,who was visited,area,what was heard\n"
        "2022-03-01 09:00,E1,,,招工难\n2022-03-02,,骑手,南山,充电难\n"
    ),
}
RAISED = {
    "zh": (
        "诉求编号,提出时间,诉求类别,诉求内容,企业编号,区域\n"
        "D1,2022-03-01,招工,缺人,E1,\nD2,,充电,没有插座,,南山\n"
    ),
    "en": (
        "difficulty number,raised on,category,difficulty,enterprise number,area\n"
        "D1,2022-03-01,staff,缺人,E1,\nD2,,charging,没有插座,,南山\n"
    ),
}


@pytest.mark.parametrize("language", VISITED)
async def test_a_sheet_of_visits(tmp_path: Path, language: str) -> None:
    sink, mapping, file = city(), load_mapping("visits"), tmp_path / "visits.csv"
    file.write_text(VISITED[language], "utf-8")
    for expected in ((2, 2, 0, 0), (2, 0, 2, 0)):
        done = await import_files([file], mapping, "2307", sink, import_key=KEY, places=PLACES)
        assert sums(done) == expected, done
    rows = sorted(sink.state[VISITS].values(), key=lambda one: one.at)
    assert [(one.enterprise, one.group, one.area) for one in rows] == [
        ("E1", None, "230717"),
        (None, "骑手", "230717"),
    ]
    assert rows[0].at == datetime(2022, 3, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("language", RAISED)
async def test_a_sheet_of_difficulties(tmp_path: Path, language: str) -> None:
    sink, mapping, file = city(), load_mapping("difficulties"), tmp_path / "difficulties.csv"
    file.write_text(RAISED[language], "utf-8")
    for expected in ((2, 2, 0, 0), (2, 0, 2, 0)):
        done = await import_files([file], mapping, "2307", sink, import_key=KEY, places=PLACES)
        assert sums(done) == expected, done
    one, two = (sink.state[DIFFICULTIES][key] for key in ("D1", "D2"))
    assert (one.category, one.enterprise, one.trade) == ("staff", "E1", "courier")
    assert (two.category, two.area, two.facts[0].at) == ("charging", "230717", NOW)
    then = standing(one.facts)
    assert then
    assert then.owner == "P1"


async def test_demands_of_a_flood_with_two_forms_of_time_and_blanks() -> None:
    sink, mapping = city(), load_mapping("guangfu")
    for expected in ((56, 56, 0, 0), (56, 0, 56, 0)):
        done = await import_files([DEMANDS], mapping, "2307", sink, import_key=KEY, places=PLACES)
        assert sums(done) == expected, done
    rows = sink.state[DIFFICULTIES]
    counted = Counter(line.split(",")[2].split("+")[0] for line in DEMANDS.read_text().splitlines()[1:])
    words = {"labour": "人力", "supplies": "物資", "machines": "機具"}
    found = Counter(row.category for row in rows.values())
    assert {words[code]: many for code, many in found.items()} == counted
    assert rows["guangfu-001"].facts[0].at == datetime(2025, 9, 26, 13, 5, tzinfo=UTC)
    assert rows["guangfu-049"].facts[0].at == datetime(2025, 9, 26, 14, 28, 5, tzinfo=UTC)
    assert rows["guangfu-051"].facts[0].at == datetime(2025, 9, 26, 23, 49, 20, tzinfo=UTC)
    blank = [line for line in DEMANDS.read_text().splitlines()[1:] if line.split(",")[1] == ""]
    assert sum(row.facts[0].at == NOW for row in rows.values()) == len(blank) == 11
