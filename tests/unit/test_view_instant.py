"""The board at an instant: the past state, by current knowledge."""

from datetime import datetime
from typing import Any

import pytest

from projections.busy import BusyRow, Task
from projections.catalog import views
from projections.fold import fold
from projections.headcount import HeadcountRow
from projections.instant import READ, Board, StandRow
from tests.given import Given, area, assignment, given, request, t, team, worker

A, B = "230717", "230718"


@pytest.fixture
def case() -> Given:
    """Set up W1 on duty in A from 01:00, dispatched to R1 at 02:00, on scene at 03:00, done at 04:00."""
    begun = given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        worker.register(worker="W1", role="courier", home_area=B),
    )
    begun.and_(worker.check_in(worker="W1", area=A), now=t("01:00"))
    begun.and_(request.open(request="R1", category="grocery", area=A), now=t("01:30"))
    begun.and_(assignment.dispatch(assignment="A1", request="R1", worker="W1"), now=t("02:00"))
    begun.and_(assignment.progress(assignment="A1", stage="on_scene"), now=t("03:00"))
    return begun.and_(assignment.done(assignment="A1"), now=t("04:00"), id="done")


def board(case: Given, at: datetime) -> Board:
    """Fold the whole log at an instant."""
    return Board("2307", case.log.events, at)


def presence(case: Given, clock: str, who: str = "W1") -> tuple[str, str] | None:
    """Return the area and presence of a worker at that time."""
    row: Any = board(case, t(clock)).presence().get(who)
    return (row.area, row.presence) if row else None


def test_the_four_views():
    assert set(READ) == {"headcount", "presence", "requests", "busy"}
    assert set(READ) <= set(views)


def test_presence_through_the_day(case: Given):
    told = {clock: presence(case, clock) for clock in ("00:30", "01:00", "02:30", "03:30", "04:00")}
    assert told == {
        "00:30": (B, "off_duty"),
        "01:00": (A, "available"),
        "02:30": (A, "assigned"),
        "03:30": (A, "on_scene"),
        "04:00": (A, "available"),
    }


def test_rows_of_an_instant(case: Given):
    at = board(case, t("02:30"))
    assert at.presence() == {
        "W1": StandRow(worker="W1", area=A, role="courier", presence="assigned", since=t("01:00"))
    }
    assert at.headcount() == {
        f"{A}:courier:assigned:": HeadcountRow(
            area=A, role="courier", presence="assigned", team=None, count=1
        )
    }


def test_busy_says_when_it_ended_later(case: Given):
    task = Task("A1", "R1", t("02:00"), "dispatched", t("04:00"), A)
    row = BusyRow(unit="W1", kind="worker", area=A, since=t("02:00"), count=1, tasks=(task,), open_ended=0)
    assert board(case, t("02:30")).busy() == {"worker:W1": row}
    assert board(case, t("04:00")).busy() == {}


def test_what_is_never_released_stays_busy_and_is_marked(case: Given):
    case.and_(request.open(request="R2", category="grocery", area=A))
    case.and_(assignment.dispatch(assignment="A2", request="R2", worker="W1"), now=t("05:00"))
    row: Any = board(case, t("05:00")).busy()["worker:W1"]
    assert (row.count, row.open_ended, row.tasks[0].until) == (1, 1, None)


def test_requests_through_the_day(case: Given):
    case.and_(request.complete(request="R1"), now=t("05:00"))
    told: dict[str, Any] = {}
    for clock in ("01:00", "01:30", "02:00", "03:00", "04:00", "05:00"):
        row: Any = board(case, t(clock)).requests().get("R1")
        told[clock] = row and (row.state, row.live, row.done)
    assert told == {
        "01:00": None,
        "01:30": ("open", (), ()),
        "02:00": ("assigned", ("A1",), ()),
        "03:00": ("in_progress", ("A1",), ()),
        "04:00": ("done", (), ("A1",)),
        "05:00": ("done", (), ("A1",)),
    }


def test_late_facts_count_from_when_they_happened(case: Given):
    before = presence(case, "00:45")
    case.and_(worker.check_in(worker="W1", area=B), at=t("00:40"), now=t("06:00"))
    assert (before, presence(case, "00:45")) == ((B, "off_duty"), (B, "available"))
    assert presence(case, "02:30") == (A, "assigned"), "the check-in at 01:00 moved them"


def test_a_late_check_out_splits_the_past(case: Given):
    case.and_(worker.check_out(worker="W1"), at=t("05:00"), now=t("06:00"))
    case.and_(worker.check_in(worker="W1", area=B), at=t("05:30"), now=t("06:10"))
    assert [presence(case, clock) for clock in ("04:59", "05:10", "05:30")] == [
        (A, "available"),
        (B, "off_duty"),
        (B, "available"),
    ]


def test_what_was_taken_back_never_was(case: Given):
    case.and_(worker.take_back(worker="W1", command="done"), now=t("05:00"))
    assert presence(case, "04:30") == (A, "on_scene")
    row: Any = board(case, t("04:30")).requests()["R1"]
    assert (row.live, row.done) == (("A1",), ())


def test_teams_move_their_members_at_the_instant(case: Given):
    case.and_(team.form(team="T1", name="Team", kind="courier", area=A, members=("W1",)), now=t("05:00"))
    case.and_(team.activate(team="T1"), now=t("06:00"))
    case.and_(team.stand_down(team="T1"), now=t("07:00"))
    told: list[Any] = [board(case, t(c)).presence()["W1"] for c in ("05:30", "06:30", "07:30")]
    assert [row.team for row in told] == [None, "T1", None]


def test_the_retired_are_on_no_board(case: Given):
    case.and_(worker.retire(worker="W1"), now=t("05:00"))
    assert presence(case, "04:30") == (A, "available")
    assert presence(case, "05:30") is None


def test_now_is_the_live_board(case: Given):
    live = fold(views["headcount"], case.log.commits)
    assert board(case, case.log.now).headcount() == live


def test_a_done_heard_of_after_the_release_counts_until_the_release(case: Given):
    case.and_(request.open(request="R2", category="grocery", area=A))
    case.and_(assignment.dispatch(assignment="A2", request="R2", worker="W1"), now=t("05:00"))
    case.and_(assignment.release(assignment="A2", reason="silent"), now=t("06:00"))
    case.and_(assignment.done(assignment="A2"), at=t("05:30"), now=t("07:00"))
    told: list[Any] = [board(case, t(c)).requests()["R2"] for c in ("05:45", "06:30")]
    assert [(row.state, row.done, row.taken) for row in told] == [
        ("in_progress", ("A2",), 1),
        ("open", (), 0),
    ]
    assert board(case, t("05:45")).busy() == {}
