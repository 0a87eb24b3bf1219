"""A request completes by itself when all its slots are done, and only then."""

from typing import Any

import pytest

from events.assignment import AssignmentDone, AssignmentReleased
from events.request import RequestAmended, RequestCompleted, RequestReopened
from events.worker import WorkerTakenBack
from projections.instant import Board
from services.decisions.base import Command
from services.decisions.request.table import REQUESTS
from services.decisions.standing import REQUEST_STANDINGS
from tests.given import Given, area, assignment, given, incident, request, t, team, term, worker

A = "230717"


@pytest.fixture
def city() -> Given:
    """Set up W1 and W2 on duty, and team T1 with W3."""
    return given(
        area.define(area=A, name="County 1"),
        *(worker.register(worker=f"W{n}", role="courier") for n in (1, 2, 3)),
        *(worker.check_in(worker=f"W{n}", area=A) for n in (1, 2, 3)),
        team.form(team="T1", name="Team 1", kind="courier", area=A, members=("W3",), activate=True),
    )


def asked(city: Given, slots: int | None, **units: str) -> Given:
    """Open R1 and dispatch A1, A2 ... to these units."""
    city.and_(request.open(request="R1", category="grocery", area=A, slots=slots), now=t("01:00"))
    for key, unit in units.items():
        kind = "team" if unit.startswith("T") else "worker"
        city.and_(assignment.dispatch(assignment=key, request="R1", **{kind: unit}))
    return city


def done(key: str) -> Command:
    return assignment.done(assignment=key)


def state(case: Given) -> str:
    return case.state[REQUEST_STANDINGS]["R1"].state


def test_the_last_done_completes_it_in_the_same_commit_and_the_service_says_so(city: Given):
    case = asked(city, 1, A1="W1").when(done("A1"), now=t("02:00"))
    case.only(AssignmentDone, RequestCompleted)
    case.then(RequestCompleted, reason="all_done", automatic=True)
    assert [(e.actor, e.command == case.events[0].command, e.at) for e in case.events] == [
        ("test", True, t("02:00")),
        ("service", True, t("02:00")),
    ]
    assert state(city) == "done"


def test_every_slot_must_be_done(city: Given):
    asked(city, 2, A1="W1", A2="W2").when(done("A1")).only(AssignmentDone)
    assert state(city) == "in_progress"
    city.when(done("A2")).only(AssignmentDone, RequestCompleted)


def test_a_slot_nobody_took_keeps_it_open(city: Given):
    asked(city, 2, A1="W1").when(done("A1")).only(AssignmentDone)
    assert state(city) == "in_progress"


def test_a_team_completes_it_too(city: Given):
    asked(city, 1, A1="T1").when(done("A1")).only(AssignmentDone, RequestCompleted)


def test_an_open_ended_request_never_completes_by_itself(city: Given):
    asked(city, None, A1="W1").when(done("A1")).only(AssignmentDone)


def test_offers_still_open_are_closed_with_it(city: Given):
    asked(city, 1, A1="W1").and_(request.amend(request="R1", slots=2))
    city.and_(assignment.offer(assignment="A2", request="R1", worker="W2"))
    city.and_(request.amend(request="R1", slots=1))
    city.when(done("A1")).only(AssignmentDone, AssignmentReleased, RequestCompleted).then(
        AssignmentReleased, assignment="A2", reason="request_completed"
    )


def test_who_was_sent_beyond_the_slots_is_awaited(city: Given):
    """Observed elsewhere: two are on a request for one."""
    asked(city, 1, A1="W1")
    city.and_(assignment.dispatch(assignment="A2", request="R1", worker="W2"), observed=True)
    city.when(done("A1")).only(AssignmentDone)
    city.when(done("A2")).only(AssignmentDone, RequestCompleted)


def test_fewer_slots_complete_it_if_all_that_remain_are_done(city: Given):
    asked(city, 2, A1="W1").and_(done("A1"))
    city.when(request.amend(request="R1", slots=1)).only(RequestAmended, RequestCompleted)


def test_a_reassigned_task_completes_it_when_the_new_one_is_done(city: Given):
    asked(city, 1, A1="W1")
    city.and_(assignment.reassign(items=[{"assignment": "A1", "new": "A2", "worker": "W2"}], reason="nearer"))
    city.when(done("A1"), at=t("00:59"), observed=True).only(AssignmentDone).anomaly(
        "assignment.ended", "stage.out_of_order"
    )
    assert state(city) == "assigned"
    city.when(done("A2")).only(AssignmentDone, RequestCompleted)


def test_a_done_reported_late_completes_it_as_of_then(city: Given):
    case = asked(city, 1, A1="W1").when(done("A1"), at=t("01:30"), now=t("04:00"), observed=True)
    assert [e.at for e in case.events] == [t("01:30"), t("01:30")]


def test_a_done_after_the_request_ended_changes_nothing_more(city: Given):
    asked(city, 1, A1="W1").and_(request.cancel(request="R1", reason="not_needed"), now=t("02:00"))
    city.when(done("A1"), at=t("01:30"), observed=True).only(AssignmentDone)
    assert state(city) == "cancelled"


# -- said again, or otherwise --------------------------------------------------------------------------------


def test_completing_it_again_changes_nothing(city: Given):
    asked(city, 1, A1="W1").and_(done("A1"))
    city.when(request.complete(request="R1")).unchanged()
    city.when(request.complete(request="R1"), observed=True).unchanged()


def test_how_it_ended_can_still_be_said_and_then_it_is_not_automatic(city: Given):
    asked(city, 1, A1="W1").and_(done("A1"), id="done")
    city.when(request.complete(request="R1", reason="fire"), observed=True).only(RequestCompleted).anomaly()
    city.when(request.complete(request="R1", reason="other"), observed=True).unchanged()
    city.when(worker.take_back(worker="W1", command="done")).refused("request.ended")


# -- taking back ---------------------------------------------------------------------------------------------


def test_taking_the_done_back_reopens_it_in_the_same_commit(city: Given):
    asked(city, 1, A1="W1").and_(done("A1"), id="done", now=t("02:00"))
    case = city.when(worker.take_back(worker="W1", command="done"), now=t("02:01"))
    case.only(WorkerTakenBack, RequestReopened).then(RequestReopened, automatic=True)
    assert [e.actor for e in case.events] == ["test", "service"]
    assert state(city) == "assigned"
    city.when(done("A1")).only(AssignmentDone, RequestCompleted)


def test_what_the_others_did_still_counts_whoever_takes_back(city: Given):
    asked(city, 2, A1="W1", A2="W2").and_(done("A1"), id="first", now=t("02:00"))
    city.and_(done("A2"), now=t("02:05"))
    city.when(worker.take_back(worker="W1", command="first"), now=t("02:06")).only(
        WorkerTakenBack, RequestReopened
    )
    known = city.state[REQUESTS]["R1"]
    assert (known.ended, known.done, known.live) == (None, ("A2",), ("A1",))
    city.when(done("A1"), now=t("03:00")).only(AssignmentDone, RequestCompleted)
    seen = {}
    for clock in ("02:04", "02:05", "02:30", "03:00"):
        row: Any = Board("2307", city.log.events, t(clock)).requests()["R1"]
        seen[clock] = (row.state, row.done)
    assert seen == {
        "02:04": ("assigned", ()),
        "02:05": ("in_progress", ("A2",)),
        "02:30": ("in_progress", ("A2",)),
        "03:00": ("done", ("A2", "A1")),
    }


def test_a_done_is_not_taken_back_once_the_incident_is_closed(city: Given):
    city.and_(incident.declare(incident="I1", name="Lockdown"))
    city.and_(request.open(request="R1", category="grocery", area=A, incident="I1"))
    city.and_(assignment.dispatch(assignment="A1", request="R1", worker="W1"))
    city.and_(done("A1"), id="done").and_(incident.close(incident="I1"), now=t("03:00"))
    city.when(worker.take_back(worker="W1", command="done")).refused("incident.closed")


def test_reopening_by_hand_starts_anew_and_completes_again(city: Given):
    asked(city, 1, A1="W1").and_(done("A1"), request.reopen(request="R1"))
    assert state(city) == "open"
    city.and_(assignment.dispatch(assignment="A2", request="R1", worker="W2"))
    city.when(done("A2")).only(AssignmentDone, RequestCompleted)


def test_a_category_that_a_dispatcher_confirms_never_completes_by_itself(city: Given):
    city.and_(term.define(list="category", code="grocery", names={"en": "Groceries"}, confirm=True))
    asked(city, 1, A1="W1").when(done("A1")).only(AssignmentDone)
    city.when(request.complete(request="R1")).only(RequestCompleted).then(RequestCompleted, automatic=False)


@pytest.mark.parametrize(
    "leaving",
    [
        assignment.release(assignment="A2", reason="not_needed"),
        assignment.give_back(assignment="A2", request="R1", reason="nobody_home"),
        worker.check_out(worker="W2", release="sick"),
    ],
    ids=lambda one: one.NAME,
)
def test_it_completes_when_whoever_was_sent_beyond_the_slots_leaves(city: Given, leaving: Command):
    asked(city, 1, A1="W1")
    city.and_(assignment.dispatch(assignment="A2", request="R1", worker="W2"), observed=True)
    city.when(done("A1")).only(AssignmentDone)
    city.when(leaving).then(RequestCompleted, reason="all_done", automatic=True)
    assert state(city) == "done"


def test_a_hand_over_of_the_surplus_does_not_complete_it(city: Given):
    asked(city, 1, A1="W1")
    city.and_(assignment.dispatch(assignment="A2", request="R1", worker="W2"), observed=True)
    city.and_(done("A1"))
    city.and_(
        assignment.reassign(items=({"assignment": "A2", "team": "T1"},), reason="nearer"), observed=True
    )
    assert state(city) == "in_progress"
