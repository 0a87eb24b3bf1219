"""The built-in mappings: every row is accounted for, and the state matches the raw rows."""

import gzip
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from intaking import KEY, Deciding, sums

from services.decisions.area.table import AREAS
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import WORKERS
from services.intake import import_files, load_mapping, preview

EXAMPLES = Path(__file__).parents[2] / "services/intake/examples"
WEEK = EXAMPLES / "sffd_week.csv.gz"


async def test_the_first_rows_can_be_seen_before(tmp_path: Path) -> None:
    morning = tmp_path / "morning.csv"
    with gzip.open(WEEK, "rt", encoding="utf-8-sig", newline="") as week:
        morning.write_text("".join(islice(week, 100)), "utf-8")
    seen = await preview(morning, load_mapping("sffd"), 2)
    names = [one.name for one in seen.rows[0].commands]
    assert names[:2] == ["jurisdiction.establish", "area.define"]
    assert "assignment.dispatch" in names


async def test_yichun_three_files_told_apart_in_any_order() -> None:
    paths = sorted((EXAMPLES / "yichun").glob("*.csv"), reverse=True)
    sink = Deciding()
    done = await import_files(paths, load_mapping("yichun-areas"), "2307", sink, import_key=KEY)
    assert sums(done) == (454, 454, 0, 0)
    assert [one.source for one in done.files] == ["counties", "streets", "communities"]
    assert Counter(len(code) for code in sink.state[AREAS]) == {6: 10, 9: 50, 12: 394}
    assert sink.state.meta.name == "伊春市"


async def test_roster_in_chinese_and_again_in_another_order(tmp_path: Path) -> None:
    sink, mapping = Deciding(), load_mapping("roster")
    assert sums(await import_files([EXAMPLES / "roster.csv"], mapping, "2307", sink, import_key=KEY)) == (
        *(40, 40, 0, 0),
    )
    assert len(sink.state[WORKERS]) == 40
    assert {team.state for team in sink.state[TEAMS].values()} == {"active"}
    assert sorted(len(team.members) for team in sink.state[TEAMS].values()) == [10, 10, 10, 10]
    head, *rows = (EXAMPLES / "roster.csv").read_text("utf-8-sig").splitlines()
    other = tmp_path / "again.csv"
    other.write_text("\n".join([head, *reversed(rows)]), "gb18030")
    assert sums(await import_files([other], mapping, "2307", sink, import_key=KEY)) == (40, 0, 40, 0)


@pytest.mark.parametrize("name", ["sffd", "yichun-areas", "roster"])
def test_shipped_mappings_load(name: str) -> None:
    assert load_mapping(name).name == name
