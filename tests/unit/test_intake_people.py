"""A sheet of people is a source with a memory, and two rows are never taken for one person by guess."""

from pathlib import Path
from typing import Any

import pytest
from intaking import Recording, run, sums

from services.decisions.base import commands
from services.decisions.worker.table import WORKERS
from services.intake import Summary
from services.intake.mapping.loading import SHIPPED
from services.intake.running.engine import accepts, lines

CASES = Path(__file__).parents[1] / "intake/cases"
ROSTER = (SHIPPED / "roster.toml").read_text()
PEOPLE = (CASES / "people_again.csv").read_text()


async def imported(folder: Path, sink: Recording, table: str, **options: Any) -> Summary:
    return await run(folder, ROSTER, table, sink, **options)


async def decide(sink: Recording, name: str, **data: Any) -> None:
    """Record what somebody decides."""
    assert name in commands
    item = {"id": f"decided-{sink.end}", "name": name, "at": None, "observed": False, "data": data}
    (answer,) = await sink.submit(sink.state.jurisdiction, [item])
    assert answer["outcome"] == "accepted", answer


def roster(sink: Recording) -> list[tuple[str, str]]:
    """Return (role, organisation) of everybody on the roster."""
    return sorted((row.role, row.organisation or "") for row in sink.live("roster").values())


def listed(summary: Summary) -> list[tuple[int, list[str], list[str]]]:
    return [(one.line, one.log, one.says) for file in summary.files for one in file.changes]


async def amended_and_retired(folder: Path, sink: Recording) -> None:
    """Import the case; then P001 becomes a medic of OrgB, and P002 retires."""
    await sink.establish()
    assert sums(await imported(folder, sink, PEOPLE)) == (2, 2, 0, 0)
    first, second = sink.state[WORKERS]
    await decide(sink, "worker.amend", worker=first, role="medic", organisation="OrgB")
    await decide(sink, "worker.retire", worker=second)


SAVED_AGAIN = {
    "the same": PEOPLE,
    "another delimiter": PEOPLE.replace(",", ";"),
    "another order": "\n".join((PEOPLE.splitlines()[0], *reversed(PEOPLE.splitlines()[1:]))),
}


@pytest.mark.parametrize("table", SAVED_AGAIN.values(), ids=SAVED_AGAIN)
async def test_what_people_decided_after_the_sheet_stands(tmp_path: Path, table: str) -> None:
    sink = Recording()
    await amended_and_retired(tmp_path, sink)
    before = sink.end
    done = await imported(tmp_path, sink, table)
    assert sums(done) == (2, 0, 2, 0)
    assert roster(sink) == [("medic", "OrgB")]
    assert sink.end == before, "nothing is recorded"
    first, second = (3, 2) if table == SAVED_AGAIN["another order"] else (2, 3)
    amended = (first, ["organisation: OrgB", "role: medic"], ["organisation: OrgA", "role: rider"])
    assert listed(done) == sorted([amended, (second, ["gone: retired"], ["gone: "])])
    assert done.differing == 2


async def test_the_list_is_accepted_row_by_row(tmp_path: Path) -> None:
    sink = Recording()
    await amended_and_retired(tmp_path, sink)
    done = await imported(tmp_path, sink, PEOPLE, accepted=["2"])
    assert sums(done) == (2, 1, 1, 0)
    assert roster(sink) == [("rider", "OrgA")]
    assert [line for line, *_ in listed(done)] == [3]
    done = await imported(tmp_path, sink, PEOPLE, accepted=["all"])
    assert sums(done) == (2, 1, 1, 0)
    assert roster(sink) == [("rider", "OrgA"), ("rider", "OrgA")]
    assert sums(await imported(tmp_path, sink, PEOPLE)) == (2, 0, 2, 0)


async def test_a_row_that_says_something_new_is_applied_and_only_that(tmp_path: Path) -> None:
    sink = Recording()
    await amended_and_retired(tmp_path, sink)
    done = await imported(tmp_path, sink, PEOPLE.replace("1,rider", "1,driver"))
    assert sums(done) == (2, 1, 1, 0)
    assert roster(sink) == [("driver", "OrgB")]
    assert [line for line, *_ in listed(done)] == [3]
    assert sums(await imported(tmp_path, sink, PEOPLE.replace("1,rider", "1,driver"))) == (2, 0, 2, 0)
    assert sums(await imported(tmp_path, sink, PEOPLE)) == (2, 1, 1, 0)
    assert roster(sink) == [("rider", "OrgB")]


async def test_a_cell_that_is_emptied_is_news_too(tmp_path: Path) -> None:
    sink = Recording()
    await sink.establish()
    await imported(tmp_path, sink, PEOPLE)
    assert sums(await imported(tmp_path, sink, PEOPLE.replace("1,rider,OrgA", "1,rider,"))) == (2, 1, 1, 0)
    assert roster(sink) == [("rider", ""), ("rider", "OrgA")]


async def test_whom_people_registered_before_the_sheet_is_listed_not_changed(tmp_path: Path) -> None:
    sink, other = Recording(), Recording()
    for one in (sink, other):
        await one.establish()
    await imported(tmp_path, other, PEOPLE)
    known, unlike = other.state[WORKERS]
    await decide(sink, "worker.register", worker=known, role="rider", organisation="OrgA")
    await decide(sink, "worker.register", worker=unlike, role="medic", organisation="OrgA")
    done = await imported(tmp_path, sink, PEOPLE)
    assert sums(done) == (2, 0, 2, 0)
    assert listed(done) == [(3, ["role: medic"], ["role: rider"])]


async def test_a_team_that_people_changed_stays_changed(tmp_path: Path) -> None:
    table = PEOPLE.replace("organisation\n", "organisation,team\n").replace("OrgA\n", "OrgA,T1\n")
    sink = Recording()
    await sink.establish()
    assert sums(await imported(tmp_path, sink, table)) == (2, 2, 0, 0)
    first, second = sink.state[WORKERS]
    await decide(sink, "team.leave", team="T1", worker=first)
    done = await imported(tmp_path, sink, table.replace(",", ";"))
    assert sums(done) == (2, 0, 2, 0)
    assert listed(done) == [(2, ["team: "], ["team: T1"])]
    await decide(sink, "team.stand_down", team="T1")
    done = await imported(tmp_path, sink, table)
    assert {row.state for row in sink.live("teams").values()} == {"stood_down"}
    assert (3, ["gone: stood_down"], ["gone: "]) in listed(done)
    moved = table.replace("2,rider,OrgA,T1", "2,rider,OrgA,T2")
    await imported(tmp_path, sink, moved)
    assert sink.state[WORKERS][second].teams == ("T2",)


# -- two rows, two people ------------------------------------------------------------------------------------


async def test_rows_of_one_name_without_a_phone_are_not_one_person(tmp_path: Path) -> None:
    sink = Recording()
    await sink.establish()
    done = await imported(tmp_path, sink, (CASES / "people_alike.csv").read_text())
    assert sums(done) == (2, 0, 0, 2)
    assert roster(sink) == []
    rejects = (tmp_path / "rejects.csv").read_text("utf-8-sig")
    assert rejects.count("ambiguous") == 2
    assert rejects.count("rows 2, 3 cannot be told apart by name, phone") == 2


async def test_the_sums_are_people(tmp_path: Path) -> None:
    rows = ("P001,", "P001,1000001", "P002,", "P003,1000003", "P003,1000-003")
    table = "name,phone,role\n" + "".join(f"{row},rider\n" for row in rows)
    sink = Recording()
    await sink.establish()
    done = await imported(tmp_path, sink, table)
    assert sums(done) == (5, 4, 1, 0)
    assert len(roster(sink)) == 4


async def test_one_person_of_whom_two_rows_say_different_things(tmp_path: Path) -> None:
    table = "name,phone,role\nP003,1000003,rider\nP003,1000003,medic\nP004,1000004,rider\n"
    sink = Recording()
    await sink.establish()
    assert sums(await imported(tmp_path, sink, table)) == (3, 1, 0, 2)
    assert "rows 2, 3 are about one person (name, phone)" in (tmp_path / "rejects.csv").read_text("utf-8-sig")


def test_lines_are_accepted_many_in_one_text() -> None:
    chosen = lines(["3,5", "A:B:7,9", "all"])
    assert chosen == {"3", "5", "A:B:7", "A:B:9", "all"}
    assert accepts(lines(["3,5"]), None, 5)
    assert accepts(lines(["Sheet:5,6"]), "Sheet", 6)
    assert not accepts(lines(["Sheet:5,6"]), "Other", 6)
