"""The built-in mappings: every row is accounted for, and the state matches the raw rows."""

import csv
import gzip
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from intaking import KEY, Deciding, sums

from services.decisions.area.table import AREAS
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.request.table import REQUESTS
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import WORKERS
from services.intake import import_files, load_mapping, preview

EXAMPLES = Path(__file__).parents[2] / "services/intake/examples"
WEEK = EXAMPLES / "sffd_week.csv.gz"


def raw_calls() -> dict[str, list[dict[str, str]]]:
    calls: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(WEEK, "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            calls[row["Call Number"]].append(row)
    return calls


def final_state(rows: list[dict[str, str]]) -> str:
    if not all(row["Available DtTm"] for row in rows):
        return "unfinished"
    ends = {"Cancelled": "cancelled", "Unable to Locate": "failed", "Gone on Arrival": "failed"}
    return ends.get(rows[0]["Call Final Disposition"], "done")


async def test_the_week_twice() -> None:
    calls, sink, mapping = raw_calls(), Deciding("SFFD"), load_mapping("sffd")
    rows = sum(map(len, calls.values()))
    assert (rows, len(calls)) == (7704, 3560)
    assert sums(await import_files([WEEK], mapping, "SFFD", sink, import_key=KEY)) == (rows, rows, 0, 0)
    count, state = len(sink.sent), sink.state
    again = await import_files([WEEK], mapping, "SFFD", sink, import_key=KEY)
    assert sums(again) == (rows, 0, rows, 0)
    assert set(again.outcomes) == {"known"}
    assert len(sink.sent) == 2 * count

    assert Counter(request.ended or "unfinished" for request in state[REQUESTS].values()) == Counter(
        final_state(rows) for rows in calls.values()
    )
    units = {row["Unit ID"]: row["Unit Type"] for rows in calls.values() for row in rows}
    assert {key: team.kind.replace("_", " ") for key, team in state[TEAMS].items()} == {
        unit: kind.lower() for unit, kind in units.items()
    }
    assert len(units) == 178
    ends = Counter(given.state for given in state[ASSIGNMENTS].values())
    never = sum(not row["Available DtTm"] for rows in calls.values() for row in rows)
    assert sum(ends.values()) - ends["done"] - ends["released"] == never == 5
    assert sum(ends.values()) == rows


async def test_the_first_rows_can_be_seen_before() -> None:
    seen = await preview(WEEK, load_mapping("sffd"), 2)
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
