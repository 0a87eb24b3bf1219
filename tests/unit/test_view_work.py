"""Requests, ledger, assignments, busy, incidents: hand-written rows for one delivery."""

from typing import Any

import pytest

from projections import assignments, busy, incidents, ledger, requests
from projections.assignments import AssignmentRow, Stage
from projections.base import View
from projections.busy import BusyRow, Task
from projections.fold import fold
from projections.incidents import IncidentRow
from projections.ledger import LedgerRow
from projections.requests import RequestRow
from tests.given import Given, area, assignment, given, incident, request, t, team, worker

A, B = "230717", "230718"


def rows(case: Given, view: View[Any]) -> dict[str, Any]:
    """Return the view's rows, folded from the log."""
    return dict(fold(view, case.log.commits))


@pytest.fixture
def day() -> Given:
    """Set up R1 of I1, accepted and under way with W1, and R2, declined once and offered to W2."""
    case = given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        worker.register(worker="W1", role="courier"),
        worker.register(worker="W2", role="courier"),
        worker.check_in(worker="W1", area=A),
        worker.check_in(worker="W2", area=A),
        incident.declare(incident="I1", name="Lockdown", kind="lockdown"),
        team.form(team="T1", name="Team 1", kind="courier", area=A, incident="I1"),
    )
    first = request.open(
        request="R1",
        category="grocery",
        area=A,
        incident="I1",
        text="sealed:t",
        due_at=t("08:00"),
        source="phone",
    )
    case.and_(first, now=t("01:00"), at=t("00:50"))
    case.and_(request.open(request="R2", category="medicine", area=A, priority=1, slots=None), now=t("01:10"))
    case.and_(assignment.offer(assignment="A1", request="R1", worker="W1"), now=t("01:20"))
    case.and_(assignment.accept(assignment="A1"), now=t("01:21"))
    case.and_(assignment.dispatch(assignment="A1"), now=t("01:22"))
    case.and_(assignment.progress(assignment="A1", stage="on_scene"), now=t("01:50"))
    case.and_(assignment.progress(assignment="A1", stage="en_route"), at=t("01:30"), now=t("02:00"))
    case.and_(assignment.offer(assignment="A2", request="R2", worker="W2"), now=t("02:01"))
    case.and_(assignment.decline(assignment="A2", reason="too_far"), now=t("02:02"))
    return case.and_(assignment.offer(assignment="A3", request="R2", worker="W2"), now=t("02:03"))


def test_requests(day: Given):
    assert rows(day, requests.VIEW) == {
        "R1": RequestRow(
            request="R1",
            number=1,
            area=A,
            incident="I1",
            day="2022-03-28",
            state="in_progress",
            category="grocery",
            priority=3,
            changed=10,
            taken=1,
            live=("A1",),
            touched=True,
            opened_at=t("00:50"),
            due_at=t("08:00"),
            first_assigned_at=t("01:21"),
            first_on_scene_at=t("01:50"),
            source="phone",
            text="sealed:t",
        ),
        "R2": RequestRow(
            request="R2",
            number=2,
            area=A,
            day="2022-03-28",
            state="open",
            category="medicine",
            priority=1,
            changed=11,
            slots=None,
            offers=("A3",),
            touched=True,
            opened_at=t("01:10"),
        ),
    }


def test_who_has_seen_a_request_shows_until_it_is_opened_again(day: Given):
    day.and_(request.acknowledge(request="R2"), now=t("03:00"))
    one = rows(day, requests.VIEW)["R2"]
    assert (one.acknowledged_at, one.acknowledged_by) == (t("03:00"), "test")
    day.and_(request.cancel(request="R2", reason="not_needed"), request.reopen(request="R2"))
    one = rows(day, requests.VIEW)["R2"]
    assert (one.acknowledged_at, one.acknowledged_by) == (None, None)


def test_a_request_waits_from_when_nobody_is_on_it_or_asked(day: Given):
    def waiting() -> list[Any]:
        found = rows(day, requests.VIEW)
        return [found["R1"].waiting_since, found["R2"].waiting_since]

    assert waiting() == [None, None]
    day.and_(assignment.decline(assignment="A3", reason="too_far"), now=t("02:10"))
    assert waiting() == [None, t("02:10")]
    day.and_(assignment.release(assignment="A1", reason="swap"), now=t("02:20"))
    assert waiting() == [t("02:20"), t("02:10")]
    day.and_(request.complete(request="R1"), now=t("02:30"))
    assert waiting() == [None, t("02:10")]
    day.and_(request.reopen(request="R1"), now=t("02:40"))
    assert waiting() == [t("02:40"), t("02:10")]
    day.and_(assignment.offer(assignment="A4", request="R1", worker="W2"), now=t("02:50"))
    assert waiting() == [None, t("02:10")]


def test_a_request_that_ended_and_one_that_was_merged(day: Given):
    day.and_(assignment.done(assignment="A1"), now=t("03:00"))
    day.and_(request.complete(request="R1", reason="delivered", note="sealed:x"), now=t("03:10"))
    one = rows(day, requests.VIEW)["R1"]
    assert (one.state, one.live, one.done, one.taken) == ("done", (), ("A1",), 1)
    assert (one.ended_at, one.reason, one.note) == (t("03:00"), "delivered", "sealed:x")
    assert not one.automatic


def test_a_request_that_completed_by_itself_says_so_until_the_done_is_taken_back(day: Given):
    day.and_(request.acknowledge(request="R1"), now=t("02:30"))
    day.and_(assignment.done(assignment="A1"), now=t("03:00"), id="done")
    one = rows(day, requests.VIEW)["R1"]
    assert (one.state, one.automatic, one.reason, one.ended_at) == ("done", True, "all_done", t("03:00"))
    day.and_(worker.take_back(worker="W1", command="done"), now=t("03:01"))
    one = rows(day, requests.VIEW)["R1"]
    assert (one.state, one.automatic, one.reason, one.ended_at) == ("in_progress", False, None, None)
    assert (one.live, one.done, one.taken, one.reopened) == (("A1",), (), 1, 0)
    assert one.acknowledged_by == "test"


def test_merging_shows_on_both(day: Given):
    day.and_(request.merge(request="R2", into="R1"), now=t("03:00"))
    found = rows(day, requests.VIEW)
    assert (found["R2"].state, found["R2"].merged_into, found["R2"].offers) == ("merged", "R1", ())
    assert (found["R1"].state, found["R1"].merged_from) == ("in_progress", ("R2",))


def test_reopening_what_was_merged_shows_on_both(day: Given):
    day.and_(request.merge(request="R2", into="R1"), now=t("03:00"))
    day.and_(request.reopen(request="R2", reason="undone"), now=t("03:01"))
    found = rows(day, requests.VIEW)
    assert (found["R2"].state, found["R2"].merged_into, found["R1"].merged_from) == ("open", None, ())


def test_reopening_starts_anew(day: Given):
    day.and_(assignment.done(assignment="A1"), request.complete(request="R1"), request.reopen(request="R1"))
    one = rows(day, requests.VIEW)["R1"]
    assert (one.state, one.done, one.taken, one.reopened, one.ended_at) == ("open", (), 0, 1, None)


def test_erasing_a_request_takes_its_personal_fields(day: Given):
    day.and_(request.erase(request="R1"))
    assert rows(day, requests.VIEW)["R1"].text is None


def test_ledger(day: Given):
    assert rows(day, ledger.VIEW) == {
        f"I1:{A}:2022-03-28": LedgerRow(incident="I1", area=A, day="2022-03-28", received=1, in_progress=1),
        f":{A}:2022-03-28": LedgerRow(incident=None, area=A, day="2022-03-28", received=1, open=1),
    }


def test_the_ledger_follows_a_request_to_its_new_area(day: Given):
    day.and_(request.amend(request="R2", area=B), request.cancel(request="R1", reason="not_needed"))
    assert rows(day, ledger.VIEW) == {
        f"I1:{A}:2022-03-28": LedgerRow(incident="I1", area=A, day="2022-03-28", received=1, cancelled=1),
        f":{B}:2022-03-28": LedgerRow(incident=None, area=B, day="2022-03-28", received=1, open=1),
    }


def test_incidents(day: Given):
    shared = {
        "incident": "I1",
        "name": "Lockdown",
        "kind": "lockdown",
        "areas": ("2307",),
        "starts_at": t("00:00"),
        "changed": 8,
    }
    assert rows(day, incidents.VIEW) == {"I1": IncidentRow(**shared, teams=1, received=1, in_progress=1)}
    day.and_(request.fail(request="R1", reason="unreachable"), incident.close(incident="I1"), now=t("04:00"))
    assert rows(day, incidents.VIEW) == {
        "I1": IncidentRow(**shared, teams=1, received=1, failed=1, state="closed", ends_at=t("04:00"))
    }
    day.and_(incident.reopen(incident="I1"), incident.amend(incident="I1", name="Second wave"))
    assert rows(day, incidents.VIEW)["I1"].state == "open"
    assert rows(day, incidents.VIEW)["I1"].name == "Second wave"


def test_incidents_say_how_long_they_are_expected_to_last(day: Given):
    def expected() -> dict[str, int | None]:
        return {key: row.expected_days for key, row in rows(day, incidents.VIEW).items()}

    day.and_(incident.declare(incident="I2", name="Flood", expected_days=3))
    assert expected() == {"I1": None, "I2": 3}
    day.and_(
        incident.amend(incident="I1", expected_days=14), incident.amend(incident="I2", name="High water")
    )
    assert expected() == {"I1": 14, "I2": 3}
    day.and_(incident.amend(incident="I2", expected_days=None))
    assert expected() == {"I1": 14, "I2": None}


def test_assignments(day: Given):
    found = rows(day, assignments.VIEW)
    positions = [stage.position for stage in found["A1"].stages]
    assert found["A1"] == AssignmentRow(
        assignment="A1",
        request="R1",
        unit="W1",
        worker="W1",
        area=A,
        incident="I1",
        state="on_scene",
        live=True,
        offered_at=t("01:20"),
        expires_at=t("01:25"),
        accepted_at=t("01:21"),
        dispatched_at=t("01:22"),
        en_route_at=t("01:30"),
        on_scene_at=t("01:50"),
        stages=(
            Stage("on_scene", t("01:50"), t("01:50"), positions[0]),
            Stage("en_route", t("01:30"), t("02:00"), positions[1]),
        ),
    )
    assert (found["A2"].state, found["A2"].reason, found["A2"].live) == ("declined", "too_far", False)
    assert (found["A3"].state, found["A3"].live, found["A3"].ended_at) == ("offered", False, None)


def test_an_assignment_that_passed_a_capacity_says_why(day: Given):
    day.and_(assignment.dispatch(assignment="A4", request="R2", worker="W1", override="near"), now=t("03:00"))
    assert rows(day, assignments.VIEW)["A4"].override == "near"


def test_an_assignment_whose_end_was_taken_back(day: Given):
    day.and_(assignment.done(assignment="A1", reason="delivered"), now=t("03:00"), id="done")
    one = rows(day, assignments.VIEW)["A1"]
    assert (one.state, one.live, one.ended_at, one.reason) == ("done", False, t("03:00"), "delivered")
    day.and_(worker.take_back(worker="W1", command="done"))
    one = rows(day, assignments.VIEW)["A1"]
    assert (one.state, one.live, one.ended_at, one.reason) == ("on_scene", True, None, None)


def test_assignments_show_their_requests_area(day: Given):
    day.and_(request.amend(request="R1", area=B, incident=None))
    one = rows(day, assignments.VIEW)["A1"]
    assert (one.area, one.incident) == (B, None)


def test_busy(day: Given):
    task = Task("A1", "R1", t("01:21"), "on_scene", area=A)
    row = BusyRow(unit="W1", kind="worker", area=A, since=t("01:21"), count=1, tasks=(task,), open_ended=1)
    assert rows(day, busy.VIEW) == {"worker:W1": row}
    day.and_(assignment.release(assignment="A1", reason="sick"))
    assert rows(day, busy.VIEW) == {}


def test_a_team_with_two_tasks_is_busy_since_the_first(day: Given):
    day.and_(team.activate(team="T1"), request.open(request="R3", category="grocery", area=A))
    day.and_(assignment.dispatch(assignment="A4", request="R3", team="T1"), now=t("03:00"))
    day.and_(assignment.dispatch(assignment="A5", request="R2", team="T1"), now=t("04:00"))
    one = rows(day, busy.VIEW)["team:T1"]
    assert (one.since, one.count, [task.assignment for task in one.tasks]) == (t("03:00"), 2, ["A4", "A5"])


def test_busy_is_where_the_oldest_task_is(day: Given):
    day.and_(worker.amend(worker="W1", capacity=2), request.open(request="R3", category="grocery", area=B))
    day.and_(assignment.dispatch(assignment="A4", request="R3", worker="W1"), now=t("03:00"))
    assert rows(day, busy.VIEW)["worker:W1"].area == A
    day.and_(assignment.done(assignment="A1"), now=t("04:00"), id="done")
    assert rows(day, busy.VIEW)["worker:W1"].area == B


def test_a_task_that_is_revived_is_where_it_was(day: Given):
    day.and_(assignment.done(assignment="A1"), now=t("04:00"), id="done")
    day.and_(worker.take_back(worker="W1", command="done"))
    assert rows(day, busy.VIEW)["worker:W1"].area == A
