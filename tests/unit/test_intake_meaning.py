"""What a table of successive states means: small files, each standing for a kind of fault."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from intaking import NOW, Recording, run, sums

from events.catalog import envelopes
from services.reports.facts import Facts
from services.reports.quality import out_of_order

CASES = Path(__file__).parents[1] / "intake/cases"


async def imported(folder: Path, sink: Recording, case: str, table: str | None = None) -> tuple[int, ...]:
    """Import a case, or another table with its mapping. Return (rows, applied, known, rejected)."""
    mapping = (CASES / f"{case}.toml").read_text()
    done = await run(folder, mapping, table or (CASES / f"{case}.csv").read_text(), sink)
    return sums(done)


def busy(sink: Recording) -> dict[str, list[str]]:
    """Return who is on which assignments: as the view shows it, which the board at the instant must equal."""
    live, then = sink.live("busy"), sink.at("busy", NOW)
    assert live == then
    return {row.unit: [task.assignment for task in row.tasks] for row in live.values()}


def requests(sink: Recording, field: str) -> dict[str, Any]:
    """Return a field of each request: as the view shows it, which the board at the instant must equal."""
    live, then = sink.live("requests"), sink.at("requests", NOW)
    found = {key: getattr(row, field) for key, row in live.items()}
    assert found == {key: getattr(row, field) for key, row in then.items()}
    return found


# -- order -------------------------------------------------------------------------------------------------


async def test_rows_of_one_key_at_one_instant_keep_their_order(tmp_path: Path) -> None:
    sink = Recording()
    assert await imported(tmp_path, sink, "same_instant") == (6, 6, 0, 0)
    assert requests(sink, "state") == {"T1": "open", "T2": "open"}
    assert requests(sink, "reopened") == {"T1": 1, "T2": 1}
    assert await imported(tmp_path, sink, "same_instant") == (6, 0, 6, 0)
    assert requests(sink, "reopened") == {"T1": 1, "T2": 1}


async def test_a_unit_hops_twice_at_one_instant(tmp_path: Path) -> None:
    sink = Recording()
    assert await imported(tmp_path, sink, "same_instant_hops") == (3, 3, 0, 0)
    assert busy(sink) == {"U1": ["T1-2"]}
    assert await imported(tmp_path, sink, "same_instant_hops") == (3, 0, 3, 0)
    assert busy(sink) == {"U1": ["T1-2"]}


async def test_what_is_said_again_at_one_instant_counts_again(tmp_path: Path) -> None:
    table = "Ticket,Updated,Status\n" + "".join(
        f"T1,2024-01-01 10:0{minute},{status}\n"
        for minute, status in ((0, "New"), (5, "Resolved"), (5, "Reopened"), (5, "Resolved"))
    )
    sink = Recording()
    assert await imported(tmp_path, sink, "same_instant", table) == (4, 4, 0, 0)
    assert requests(sink, "state") == {"T1": "done"}
    assert await imported(tmp_path, sink, "same_instant", table) == (4, 0, 4, 0)


async def test_a_unit_freed_by_one_ticket_can_go_to_another_at_that_instant(tmp_path: Path) -> None:
    table = "Ticket,Updated,Hop\nT2,2024-01-01 10:05,0\nT1,2024-01-01 10:00,0\nT1,2024-01-01 10:05,\n"
    mapping = (CASES / "same_instant_hops.toml").read_text().replace("{ null = true } }", "1 }", 1)
    mapping = mapping.replace('"Hop", changed = true }]', '"Hop", changed = true, filled = true }]')
    sink = Recording()
    assert sums(await run(tmp_path, mapping, table, sink)) == (3, 3, 0, 0)
    assert sink.anomalies == []
    assert busy(sink) == {"U1": ["T2-0"]}


async def test_undated_commands_follow_the_rows_in_their_order(tmp_path: Path) -> None:
    mapping = """
name = "undated"
timezone = "UTC"
[[source]]
name = "history"
key = ["Team"]
order_by = "{Updated}"
[[source.command]]
name = "team.form"
once_per = ["Team"]
data = { team = "{Team}", name = "{Team}", kind = "crew", area = "{jurisdiction}" }
[[source.command]]
name = "team.amend"
data = { team = "{Team}", name = "{Name}" }
"""
    table = "Team,Updated,Name\nA,2024-01-01 11:00,last\nA,2024-01-01 10:00,first\n"
    sink = Recording()
    await run(tmp_path, mapping, table, sink)
    assert {row.name for row in sink.live("teams").values()} == {"last"}


# -- assignments that begin anew -----------------------------------------------------------------------------


async def test_a_crew_that_comes_back_gets_an_assignment_of_its_own(tmp_path: Path) -> None:
    sink = Recording()
    assert await imported(tmp_path, sink, "returns") == (4, 4, 0, 0)
    assert busy(sink) == {"A": ["T1-A.20240101T120000Z"]}
    stints = {key: (row.team, row.state) for key, row in sink.live("assignments").items()}
    assert stints == {
        "T1-A": ("A", "released"),
        "T1-B": ("B", "released"),
        "T1-A.20240101T120000Z": ("A", "dispatched"),
    }
    assert await imported(tmp_path, sink, "returns") == (4, 0, 4, 0)


async def test_rows_added_later_find_the_assignment_that_they_mean(tmp_path: Path) -> None:
    rows = (CASES / "returns.csv").read_text().splitlines(keepends=True)
    rows += ["T1,2024-01-01 14:00,B,Active\n", "T1,2024-01-01 14:00,A,Active\n"]
    sink = Recording()
    for upto in range(2, len(rows) + 1):
        applied = await imported(tmp_path, sink, "returns", "".join(rows[:upto]))
        assert applied[3] == 0
    assert busy(sink) == {"A": ["T1-A.20240101T140000Z"]}
    assert len(sink.live("assignments")) == 5


async def test_an_assignment_ends_with_its_request_too(tmp_path: Path) -> None:
    mapping = (CASES / "returns.toml").read_text() + (
        '[[source.command]]\nname = "request.complete"\nat = "{Updated}"\n'
        'when = [{ column = "Status", is = ["Resolved"] }]\ndata = { request = "{Ticket}" }\n'
        '[[source.command]]\nname = "request.reopen"\nat = "{Updated}"\n'
        'when = [{ column = "Status", is = ["Reopened"] }]\ndata = { request = "{Ticket}" }\n'
    )
    table = "Ticket,Updated,Crew,Status\n" + "".join(
        f"T1,2024-01-01 {hour}:00,{crew},{status}\n"
        for hour, crew, status in (
            (10, "A", "New"),
            (11, "A", "Resolved"),
            (12, "", "Reopened"),
            (13, "A", ""),
        )
    )
    mapping = mapping.replace(
        'when = [{ column = "Crew", changed = true }]',
        'when = [{ column = "Crew", changed = true, filled = true }]',
    ).replace('once_per = ["Crew"]', 'once_per = ["Crew"]\nwhen = [{ column = "Crew", filled = true }]')
    sink = Recording()
    assert sums(await run(tmp_path, mapping, table, sink))[3] == 0
    assert busy(sink) == {"A": ["T1-A.20240101T130000Z"]}


async def test_an_id_whose_assignment_has_ended_is_not_known(tmp_path: Path) -> None:
    sink = Recording()
    await imported(tmp_path, sink, "returns")
    item = {
        "name": "assignment.dispatch",
        "observed": True,
        "data": {"assignment": "T1-B", "request": "T1", "team": "B"},
    }
    outcomes = {}
    for hour in (11, 12, 15):
        at = datetime(2024, 1, 1, hour, tzinfo=UTC)
        (answer,) = await sink.submit("C1", [{**item, "id": f"again-{hour}", "at": at}])
        outcomes[hour] = answer.get("code") or answer["outcome"]
    assert outcomes == {11: "known", 12: "assignment.ended", 15: "assignment.ended"}


# -- values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [(4,), (2, 3, 4), (3, 4)])
async def test_a_cell_that_changes_to_what_means_the_same(tmp_path: Path, parts: tuple[int, ...]) -> None:
    rows = (CASES / "same_value.csv").read_text().splitlines(keepends=True)
    sink = Recording()
    for upto in (*parts, 4):
        await imported(tmp_path, sink, "same_value", "".join(rows[:upto]))
        assert requests(sink, "category") == {"S1": "occupied" if upto == 4 else "empty"}
    assert await imported(tmp_path, sink, "same_value") == (3, 0, 3, 0)
    at = datetime(2024, 1, 1, 11, tzinfo=UTC)
    assert sink.at("requests", at)["S1"].category == "occupied"


# -- stages --------------------------------------------------------------------------------------------------


async def contradictions(sink: Recording) -> list[str]:
    """Return the stages out of order: as the view of anomalies shows them, which the report must equal."""
    noted = [row for row in sink.live("anomalies").values() if row.code == "stage.out_of_order"]
    facts = Facts("C1")
    for commit in sink.commits:
        for event in envelopes(commit):
            facts.take(event)
    found = out_of_order(facts, list(facts.runs.values()))
    assert sorted(row.request for row in noted) == sorted(row["request"] for row in found)
    return [f"{row['stage']} < {row['next_stage']}" for row in found]


@pytest.mark.parametrize(
    ("minutes", "wrong"),
    [
        ((0, 5, 30, 60), []),
        ((0, 5, 4, 60), ["identified < on_scene"]),
        ((6, 5, 30, 60), ["dispatched < identified"]),
        ((0, 5, 50, 40), ["on_scene < done"]),
        ((30, 5, 10, 40), ["dispatched < identified", "dispatched < on_scene"]),
        ((0, 0, 0, 0), []),
    ],
)
async def test_a_stage_of_ones_own_has_its_place_in_the_mapping(
    tmp_path: Path, minutes: tuple[int, ...], wrong: list[str]
) -> None:
    cells = ",".join(str(datetime(2024, 1, 1, 10 + minute // 60, minute % 60)) for minute in minutes)  # noqa: DTZ001
    sink = Recording()
    table = f"call,dispatched,identified,on_scene,done\n1,{cells}\n"
    assert await imported(tmp_path, sink, "named_stage", table) == (1, 1, 0, 0)
    assert await contradictions(sink) == wrong
    assert await imported(tmp_path, sink, "named_stage", table) == (1, 0, 1, 0)
    assert await contradictions(sink) == wrong


async def test_a_cell_filled_in_later_is_judged_by_its_time(tmp_path: Path) -> None:
    """Its stage is recorded after those that follow it in the row."""
    sink, head = Recording(), "call,dispatched,identified,on_scene,done\n"
    row = "1,2024-01-01 10:00,{},2024-01-01 10:30,2024-01-01 11:00\n"
    await imported(tmp_path, sink, "named_stage", head + row.format(""))
    await imported(tmp_path, sink, "named_stage", head + row.format("2024-01-01 10:05"))
    assert [stage.stage for stage in sink.live("assignments")["1-1"].stages] == ["on_scene", "identified"]
    assert await contradictions(sink) == []


async def test_rows_of_stages_added_later_are_judged_by_their_times(tmp_path: Path) -> None:
    sink, table = Recording(), "call,at,stage\n1,2024-01-01 10:00,\n{}1,2024-01-01 10:40,hospital\n"
    for earlier in ("", "1,2024-01-01 10:20,transport\n"):
        await imported(tmp_path, sink, "stage_rows", table.format(earlier))
    assert [one.stage for one in sink.live("assignments")["1-1"].stages] == ["hospital", "transport"]
    assert await contradictions(sink) == []
    await imported(tmp_path, sink, "stage_rows", table.format("1,2024-01-01 09:20,identified\n"))
    assert await contradictions(sink) == ["dispatched < identified"]


async def test_the_stages_of_the_case_are_in_order(tmp_path: Path) -> None:
    sink = Recording()
    await imported(tmp_path, sink, "named_stage")
    assert await contradictions(sink) == []
