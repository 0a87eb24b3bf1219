"""Workers: identity, duty, late and out-of-order facts, mistaps."""

import pytest

from events.assignment import AssignmentReleased
from events.request import RequestReopened
from events.team import TeamLeft
from events.worker import (
    WorkerAmended,
    WorkerCheckedIn,
    WorkerCheckedOut,
    WorkerErased,
    WorkerPresenceSet,
    WorkerRegistered,
    WorkerReported,
    WorkerRetired,
    WorkerTakenBack,
)
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.base import Command, Scope
from services.decisions.request.table import REQUESTS
from services.decisions.worker.facts import own_facts
from services.decisions.worker.table import WORKER_STANDINGS, WORKERS
from tests.given import Given, area, assignment, given, request, t, team, worker

A, B = "230717", "230718"
IN_A = worker.check_in(worker="W1", area=A)
IN_B = worker.check_in(worker="W1", area=B)
OUT = worker.check_out(worker="W1")
BREAK = worker.set_presence(worker="W1", presence="on_break")
BACK = worker.set_presence(worker="W1", presence="available")


@pytest.fixture
def crew() -> Given:
    """Set up two areas, worker W1 with home A, and request R1 in A."""
    return given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        worker.register(worker="W1", role="courier", home_area=A),
        request.open(request="R1", category="grocery", area=A),
    )


@pytest.fixture
def on_duty(crew: Given) -> Given:
    """Put W1 on duty in A since 01:00."""
    return crew.and_(IN_A, now=t("01:00"), id="in")


@pytest.fixture
def sent(on_duty: Given) -> Given:
    """Dispatch W1 to R1 with assignment A1 at 02:00."""
    send = assignment.dispatch(assignment="A1", request="R1", worker="W1")
    return on_duty.and_(send, now=t("02:00"))


# -- identity ---------------------------------------------------------------------------------


def test_registering(crew: Given):
    crew.when(worker.register(worker="W2", role="medic", capacity=2)).then(
        WorkerRegistered, worker="W2", capacity=2
    ).moved("W2", before=None, after="off_duty")
    assert crew.state[WORKER_STANDINGS]["W2"].area == "2307", "neither duty nor home area: the root"


def test_a_worker_without_an_id_takes_the_commands(crew: Given):
    crew.when(worker.register(role="medic"), id="new").then(WorkerRegistered, worker="new")


def test_registering_twice(crew: Given):
    again = worker.register(worker="W1", role="courier", home_area=A)
    crew.when(again).refused("worker.exists", "W1")
    crew.when(again, observed=True).unchanged()
    crew.when(worker.register(worker="W1", role="rider"), observed=True).anomaly("worker.exists")


def test_amending(crew: Given):
    crew.when(worker.amend(worker="W1", role="rider", home_area=B)).then(
        WorkerAmended, role="rider", home_area=B
    ).moved("W1", before="off_duty", after="off_duty")
    crew.when(worker.amend(worker="W1", role="rider")).unchanged()
    crew.when(worker.amend(worker="W9", role="rider")).refused("worker.unknown", "W9")


def test_retiring(on_duty: Given):
    on_duty.when(worker.retire(worker="W1")).only(WorkerCheckedOut, WorkerRetired).moved(
        "W1", before="available", after=None
    )
    on_duty.when(worker.retire(worker="W1")).unchanged()
    on_duty.when(worker.retire(worker="W9")).refused("worker.unknown")


def test_retiring_leaves_teams_and_offers(on_duty: Given):
    on_duty.and_(
        team.form(team="T1", name="Team", kind="courier", area=A, members=("W1",), activate=True),
        assignment.offer(assignment="A1", request="R1", worker="W1"),
    ).when(worker.retire(worker="W1")).only(AssignmentReleased, TeamLeft, WorkerCheckedOut, WorkerRetired)


def test_retiring_under_an_assignment(sent: Given):
    sent.when(worker.retire(worker="W1")).refused("worker.has_assignment", "A1")
    sent.when(worker.retire(worker="W1"), observed=True).anomaly("worker.has_assignment")


@pytest.mark.parametrize("command", [IN_A, BREAK, OUT, worker.report(worker="W1", area=A)])
def test_the_retired_do_nothing(on_duty: Given, command: Command):
    on_duty.and_(worker.retire(worker="W1"), now=t("02:00"))
    on_duty.when(command, now=t("03:00")).refused("worker.retired", "W1")
    on_duty.when(command, observed=True).anomaly("worker.retired")
    assert "W1" not in on_duty.state[WORKER_STANDINGS]


def test_the_retired_may_register_again_and_begin_off_duty(on_duty: Given):
    on_duty.and_(worker.retire(worker="W1")).when(worker.register(worker="W1", role="rider")).moved(
        "W1", before=None, after="off_duty"
    )


def test_erasing_retires(on_duty: Given):
    on_duty.when(worker.erase(worker="W1")).only(WorkerCheckedOut, WorkerRetired, WorkerErased)
    on_duty.when(worker.erase(worker="W1")).unchanged()
    on_duty.when(worker.register(worker="W1", role="rider")).refused("worker.erased", "another id")


def test_erasing_under_an_assignment(sent: Given):
    sent.when(worker.erase(worker="W1")).refused("worker.has_assignment")


def test_reporting_to_the_home_community_is_no_shift(crew: Given):
    report = worker.report(worker="W1", area=A)
    crew.when(report).only(WorkerReported).moved("W1", before="off_duty", after="off_duty")
    crew.when(report, now=t("01:00")).unchanged()


# -- duty -------------------------------------------------------------------------------------


def test_going_on_duty(crew: Given):
    crew.when(IN_A).only(WorkerCheckedIn).moved("W1", before="off_duty", after="available")


def test_the_same_tap_five_times_counts_once(crew: Given):
    for _ in range(5):
        crew.when(IN_A, at=t("00:30"), now=t("01:00"))
    assert len(own_facts(crew.state, "W1")) == 1


def test_checking_in_elsewhere_moves(on_duty: Given):
    on_duty.when(IN_B, now=t("02:00")).only(WorkerCheckedIn)
    assert on_duty.state[WORKER_STANDINGS]["W1"].area == B


def test_a_walk_in_is_registered_at_once(crew: Given):
    walk_in = worker.check_in(worker="W7", area=A, walk_in=True, role="volunteer")
    crew.when(walk_in).only(WorkerRegistered, WorkerCheckedIn).then(WorkerRegistered, walk_in=True).moved(
        "W7", before=None, after="available"
    )
    crew.when(worker.check_in(worker="W8", area=A)).refused("worker.unknown", "W8")
    crew.when(worker.check_in(worker="W8", area=A), observed=True).refused("worker.unknown")


def test_a_break_and_back(on_duty: Given):
    on_duty.when(BREAK, now=t("02:00")).only(WorkerPresenceSet).moved(
        "W1", before="available", after="on_break"
    )
    on_duty.when(BACK, now=t("03:00")).moved("W1", before="on_break", after="available")


def test_a_break_off_duty(crew: Given):
    crew.when(BREAK).refused("worker.off_duty", "check in first")
    crew.when(BREAK, observed=True).anomaly("worker.off_duty")


def test_news_of_a_break_may_come_before_that_of_the_check_in(crew: Given):
    crew.when(BREAK, at=t("02:00"), now=t("04:00")).anomaly().moved("W1", before="off_duty", after="off_duty")
    crew.when(IN_A, at=t("01:00")).moved("W1", before="off_duty", after="on_break")


def test_going_off_duty_counts_at_home(on_duty: Given):
    on_duty.and_(IN_B, now=t("02:00")).when(OUT, now=t("03:00")).only(WorkerCheckedOut)
    assert on_duty.state[WORKER_STANDINGS]["W1"].area == A


def test_the_unknown_go_nowhere(crew: Given):
    crew.when(worker.check_out(worker="W9"), observed=True).refused("worker.unknown", "W9")


# -- late and out of order --------------------------------------------------------------------


def test_a_late_check_out_between_two_check_ins_changes_only_history(crew: Given):
    crew.and_(IN_A, at=t("08:00"), now=t("08:00")).and_(IN_A, at=t("09:05"), now=t("09:05"))
    crew.when(OUT, at=t("09:00"), now=t("10:00")).only(WorkerCheckedOut).moved(
        "W1", before="available", after="available"
    )
    duty = crew.state[WORKERS]["W1"].duty
    assert (duty.on, duty.since) == (True, t("09:05"))


def test_a_late_check_in_elsewhere_does_not_move_who_has_moved_on(on_duty: Given):
    on_duty.when(IN_B, at=t("00:30"), now=t("03:00")).moved("W1", before="available", after="available")
    assert on_duty.state[WORKER_STANDINGS]["W1"].area == A


def test_a_late_check_out_that_is_the_newest_news_counts_now(on_duty: Given):
    on_duty.when(OUT, at=t("02:00"), now=t("05:00")).moved("W1", before="available", after="off_duty")


def test_a_late_check_out_does_not_undo_what_the_worker_did_since(sent: Given):
    sent.and_(assignment.progress(assignment="A1", stage="en_route"), now=t("03:00"))
    sent.when(OUT, at=t("02:30"), now=t("04:00")).anomaly().moved("W1", before="en_route", after="en_route")
    assert sent.state[WORKERS]["W1"].duty.since == t("03:00")


def test_the_future_is_now(crew: Given):
    crew.when(IN_A, at=t("09:00"), now=t("08:00"))
    assert crew.log.events[-1].at == t("08:00")
    assert crew.log.events[-1].claimed == t("09:00")


# -- checking out during an assignment --------------------------------------------------------


def test_leaving_under_an_own_assignment_needs_a_release(sent: Given):
    sent.when(OUT, now=t("03:00")).refused("worker.has_assignment", "A1", "release")
    sent.when(worker.check_out(worker="W1", release="sick"), now=t("03:00")).only(
        AssignmentReleased, WorkerCheckedOut
    ).then(AssignmentReleased, assignment="A1", reason="sick").moved(
        "W1", before="assigned", after="off_duty"
    )


def test_leaving_under_an_own_assignment_observed(sent: Given):
    sent.when(OUT, now=t("03:00"), observed=True).anomaly("worker.has_assignment")
    assert sent.state[ASSIGNMENTS]["A1"].state == "dispatched"


def test_late_news_that_they_had_left_before_they_were_assigned(sent: Given):
    sent.when(OUT, at=t("01:30"), now=t("03:00")).only(WorkerCheckedOut).anomaly(
        "duty.ended_under_assignment"
    ).moved("W1", before="assigned", after="off_duty")


def test_members_of_a_team_may_always_check_out(on_duty: Given):
    on_duty.and_(
        team.form(team="T1", name="Team", kind="courier", area=A, members=("W1",), activate=True),
        assignment.dispatch(assignment="A1", request="R1", team="T1"),
    ).when(OUT, now=t("03:00")).only(WorkerCheckedOut).moved("W1", before="assigned", after="off_duty")
    assert on_duty.state[ASSIGNMENTS]["A1"].state == "dispatched"


def test_presence_follows_the_most_advanced_assignment(sent: Given):
    sent.and_(BREAK, now=t("02:10"))
    assert sent.state[WORKER_STANDINGS]["W1"].presence == "assigned"
    sent.and_(assignment.progress(assignment="A1", stage="on_scene"), now=t("03:00"))
    assert sent.state[WORKER_STANDINGS]["W1"].presence == "on_scene"
    sent.and_(assignment.done(assignment="A1"), now=t("04:00"))
    assert sent.state[WORKER_STANDINGS]["W1"].presence == "on_break", "as they had said"


# -- take back --------------------------------------------------------------------------------


def take_back(command: str, who: str = "W1") -> Command:
    return worker.take_back(worker=who, command=command)


def test_taking_back_a_check_in(on_duty: Given):
    on_duty.when(take_back("in"), now=t("01:01")).only(WorkerTakenBack).then(
        WorkerTakenBack, taken="in", kind="in", at=t("01:00")
    ).moved("W1", before="available", after="off_duty")
    on_duty.when(take_back("in")).refused("fact.unknown", "in")


def test_taking_back_a_check_out(on_duty: Given):
    on_duty.and_(OUT, now=t("02:00"), id="out").when(take_back("out")).moved(
        "W1", before="off_duty", after="available"
    )
    assert on_duty.state[WORKERS]["W1"].duty.since == t("01:00")


def test_what_a_check_out_released_stays_released(sent: Given):
    sent.and_(worker.check_out(worker="W1", release="sick"), now=t("03:00"), id="out")
    sent.when(take_back("out")).only(WorkerTakenBack).moved("W1", before="off_duty", after="available")
    assert sent.state[ASSIGNMENTS]["A1"].state == "released"


def test_taking_back_a_break(on_duty: Given):
    on_duty.and_(BREAK, now=t("02:00"), id="break").when(take_back("break")).moved(
        "W1", before="on_break", after="available"
    )


def test_taking_back_a_stage(sent: Given):
    sent.and_(assignment.progress(assignment="A1", stage="en_route"), now=t("02:10"), id="go")
    sent.when(take_back("go")).then(WorkerTakenBack, stage="en_route", state="dispatched").moved(
        "W1", before="en_route", after="assigned"
    )


def test_taking_back_a_done(sent: Given):
    sent.and_(assignment.done(assignment="A1"), now=t("02:10"), id="done")
    sent.when(take_back("done")).then(WorkerTakenBack, stage="done", state="dispatched").moved(
        "W1", before="available", after="assigned"
    ).only(WorkerTakenBack, RequestReopened)
    assert sent.state[REQUESTS]["R1"].live == ("A1",)
    assert sent.state[REQUESTS]["R1"].done == ()


def test_a_done_is_not_taken_back_once_its_request_ended(sent: Given):
    sent.and_(assignment.done(assignment="A1"), id="done")
    sent.and_(request.complete(request="R1", reason="delivered"))
    sent.when(take_back("done")).refused("request.ended", "R1")


def test_a_done_is_not_taken_back_once_its_request_was_reopened(sent: Given):
    sent.and_(assignment.done(assignment="A1"), id="done")
    sent.and_(request.complete(request="R1"), request.reopen(request="R1"))
    sent.when(take_back("done")).refused("request.reopened", "R1")
    sent.when(take_back("done"), observed=True).refused("request.reopened")


def test_a_done_is_not_taken_back_beyond_the_capacity(sent: Given):
    sent.and_(assignment.done(assignment="A1"), id="done").and_(
        request.open(request="R2", category="grocery", area=A),
        assignment.dispatch(assignment="A2", request="R2", worker="W1"),
    )
    sent.when(take_back("done")).refused("capacity.exceeded", "A2")
    sent.when(take_back("done"), observed=True).anomaly("capacity.exceeded")


def test_only_the_newest_fact_is_taken_back(on_duty: Given):
    on_duty.and_(BREAK, now=t("02:00"), id="break")
    on_duty.when(take_back("in")).refused("fact.not_newest", "W1")
    on_duty.and_(take_back("break")).when(take_back("in")).then(WorkerTakenBack, kind="in")


def test_a_late_fact_in_history_is_not_the_newest(on_duty: Given):
    on_duty.and_(OUT, at=t("00:30"), now=t("02:00"), id="late")
    on_duty.when(take_back("late")).refused("fact.not_newest")
    on_duty.when(take_back("late"), observed=True).then(WorkerTakenBack, at=t("00:30")).anomaly(
        "fact.not_newest"
    )


# -- rights by token --------------------------------------------------------------------------

MINE = Scope(worker="W1")


@pytest.mark.parametrize("command", [IN_A, worker.report(worker="W1", area=A)])
def test_a_worker_may_record_own_facts(crew: Given, command: Command):
    assert crew.when(command, scope=MINE).events


def test_a_worker_may_break_leave_and_take_back(on_duty: Given):
    assert on_duty.when(BREAK, scope=MINE, now=t("02:00"), id="break").events
    assert on_duty.when(take_back("break"), scope=MINE).events
    assert on_duty.when(OUT, scope=MINE, now=t("03:00")).events


@pytest.mark.parametrize(
    "command",
    [
        worker.check_in(worker="W2", area=A),
        worker.check_in(worker="W7", area=A, walk_in=True),
        worker.amend(worker="W1", role="medic"),
        worker.retire(worker="W1"),
        request.cancel(request="R1", reason="not_needed"),
        assignment.dispatch(request="R1", worker="W1"),
        assignment.accept(assignment="A9"),
    ],
)
def test_a_worker_may_do_nothing_else(on_duty: Given, command: Command):
    on_duty.and_(worker.register(worker="W2", role="courier"))
    on_duty.when(command, scope=MINE).refused("forbidden", "W1")
