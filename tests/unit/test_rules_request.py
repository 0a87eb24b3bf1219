"""Requests: from opening to an end, and reopening."""

import pytest

from events.assignment import AssignmentReleased
from events.base import Event
from events.request import (
    RequestAmended,
    RequestCancelled,
    RequestCompleted,
    RequestErased,
    RequestFailed,
    RequestMerged,
    RequestOpened,
    RequestReopened,
)
from services.decisions.assignment.table import OFFERS
from services.decisions.base import Command
from services.decisions.standing import REQUEST_STANDINGS
from services.decisions.worker.table import WORKERS
from tests.given import Given, area, assignment, given, request, t, worker

A, B = "230717", "230718"
OPEN = request.open(request="R1", category="grocery", area=A)
ENDS = [
    (request.complete(request="R1"), RequestCompleted, "done"),
    (request.cancel(request="R1", reason="not_needed"), RequestCancelled, "cancelled"),
    (request.fail(request="R1", reason="unreachable"), RequestFailed, "failed"),
    (request.merge(request="R1", into="R2"), RequestMerged, "merged"),
]


@pytest.fixture
def asked() -> Given:
    """Set up R1 (one slot) and R2 (open-ended) in A, and W1 and W2 on duty."""
    return given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        worker.register(worker="W1", role="courier"),
        worker.register(worker="W2", role="courier"),
        worker.check_in(worker="W1", area=A),
        worker.check_in(worker="W2", area=A),
        OPEN,
        request.open(request="R2", category="grocery", area=A, slots=None),
    )


def standing(state: Given, key: str = "R1") -> str:
    """Return the request's state in the ledger."""
    return state.state[REQUEST_STANDINGS][key].state


def test_opening(asked: Given):
    when = asked.when(request.open(request="R3", category="medicine", area=A, priority=1, slots=2))
    when.only(RequestOpened).then(RequestOpened, priority=1, slots=2)
    (move,) = when.data[0].requests_moved
    assert move.before is None
    assert move.after
    assert (move.after.state, move.after.area, move.after.day) == ("open", A, "2022-03-28")


def test_the_day_is_local(asked: Given):
    asked.when(request.open(request="R3", category="grocery", area=A), at=t("-1 15:59"))
    asked.when(request.open(request="R4", category="grocery", area=A), at=t("-1 16:00"))
    assert asked.state[REQUEST_STANDINGS]["R3"].day == "2022-03-27"
    assert asked.state[REQUEST_STANDINGS]["R4"].day == "2022-03-28"


def test_opening_twice(asked: Given):
    asked.when(OPEN).refused("request.exists", "R1")
    asked.when(OPEN, observed=True).unchanged()
    asked.when(request.open(request="R1", category="medicine", area=A), observed=True).refused(
        "request.exists"
    )


def test_amending(asked: Given):
    asked.when(request.amend(request="R1", priority=1, area=B)).only(RequestAmended)
    assert asked.state[REQUEST_STANDINGS]["R1"].area == B
    asked.when(request.amend(request="R1", priority=1)).unchanged()
    asked.when(request.amend(request="R9", priority=1)).refused("request.unknown", "R9")


def test_an_amendment_names_the_assignments_that_show_it(asked: Given):
    asked.and_(assignment.offer(assignment="A1", request="R1", worker="W1"))
    asked.when(request.amend(request="R1", area=B)).then(RequestAmended, assignments=("A1",))


def test_slots_are_not_amended_below_what_is_taken(asked: Given):
    asked.and_(
        assignment.dispatch(assignment="A1", request="R2", worker="W1"),
        assignment.dispatch(assignment="A2", request="R2", worker="W2"),
    )
    asked.when(request.amend(request="R2", slots=1)).refused("request.slots_taken", "2")
    asked.when(request.amend(request="R2", slots=1), observed=True).anomaly("request.slots_taken")


def test_states_follow_the_assignments(asked: Given):
    steps = [
        (assignment.offer(assignment="A1", request="R1", worker="W1"), "open"),
        (assignment.accept(assignment="A1"), "assigned"),
        (assignment.dispatch(assignment="A1"), "assigned"),
        (assignment.progress(assignment="A1", stage="transport"), "assigned"),
        (assignment.progress(assignment="A1", stage="en_route"), "in_progress"),
        (assignment.done(assignment="A1"), "done"),
        (request.reopen(request="R1"), "open"),
    ]
    for command, state in steps:
        asked.and_(command)
        assert standing(asked) == state, command


@pytest.mark.parametrize(("end", "cls", "state"), ENDS)
def test_any_unfinished_request_may_end(asked: Given, end: Command, cls: type[Event], state: str):
    asked.when(end).only(cls)
    assert standing(asked) == state


@pytest.mark.parametrize(("end", "cls", "state"), ENDS)
def test_an_end_releases_assignments_and_offers_in_the_same_commit(
    asked: Given, end: Command, cls: type[Event], state: str
):
    asked.and_(
        assignment.offer(assignment="A2", request="R1", worker="W2"),
        assignment.dispatch(assignment="A1", request="R1", worker="W1"),
    )
    when = asked.when(end).only(AssignmentReleased, AssignmentReleased, cls)
    when.moved("W1", before="assigned", after="available")
    assert (asked.state[WORKERS]["W1"].live, asked.state[OFFERS]) == ((), {})
    assert standing(asked) == state


@pytest.mark.parametrize(("end", "cls", "state"), ENDS[:3])
def test_ending_again(asked: Given, end: Command, cls: type[Event], state: str):
    asked.and_(end).when(end).unchanged()
    asked.when(request.merge(request="R1", into="R2")).refused("request.ended", state)
    asked.when(request.merge(request="R1", into="R2"), observed=True).anomaly("request.ended")


def test_an_ended_request_takes_nothing_more(asked: Given):
    asked.and_(request.complete(request="R1"))
    for command in (
        request.amend(request="R1", priority=1),
        assignment.offer(request="R1", worker="W1"),
        assignment.dispatch(request="R1", worker="W1"),
        request.merge(request="R2", into="R1"),
    ):
        asked.when(command).refused("request.ended", "R1")


def test_merging_keeps_both_receipts(asked: Given):
    asked.when(request.merge(request="R1", into="R2")).then(RequestMerged, into="R2")
    assert {k: s.state for k, s in asked.state[REQUEST_STANDINGS].items()} == {"R1": "merged", "R2": "open"}
    asked.when(request.merge(request="R2", into="R2")).refused("request.same")
    asked.when(request.merge(request="R9", into="R2")).refused("request.unknown")


def test_reopening_what_was_merged_says_out_of_which(asked: Given):
    merged = asked.and_(request.merge(request="R1", into="R2"))
    reopen = request.reopen(request="R1", reason="undone")
    again = merged.when(reopen).then(RequestReopened, out_of="R2").and_given
    again.when(request.merge(request="R1", into="R2")).then(RequestMerged, into="R2")


@pytest.mark.parametrize("stage", ["en_route", "on_scene"])
def test_who_was_released_by_mistake_comes_back_in_their_stage(asked: Given, stage: str):
    """As the board's undo does: a new assignment, whose stage is reached now."""
    sent = asked.and_(assignment.dispatch(assignment="A1", request="R1", worker="W1"))
    there = sent.and_(assignment.progress(assignment="A1", stage=stage), now=t("02:00"))
    gone = there.and_(assignment.release(assignment="A1", reason="mistake"), now=t("03:00"))
    back = gone.and_(assignment.dispatch(assignment="A2", request="R1", worker="W1"), now=t("03:00"))
    back.when(assignment.progress(assignment="A2", stage=stage), now=t("03:00")).anomaly()


def test_reopening_forgets_what_was_done(asked: Given):
    asked.and_(
        assignment.dispatch(assignment="A1", request="R1", worker="W1"),
        assignment.done(assignment="A1"),
        request.complete(request="R1"),
    )
    asked.when(request.reopen(request="R1", reason="not_delivered")).only(RequestReopened)
    assert standing(asked) == "open"
    asked.when(assignment.dispatch(assignment="A2", request="R1", worker="W1")).anomaly()


def test_an_unfinished_request_need_not_be_reopened(asked: Given):
    asked.when(request.reopen(request="R1")).unchanged()


def test_erasing(asked: Given):
    asked.when(request.erase(request="R1")).only(RequestErased)
    asked.when(request.erase(request="R1")).unchanged()
    asked.when(request.erase(request="R9")).refused("request.unknown")
    assert standing(asked) == "open", "the need goes on; only who asked is forgotten"
