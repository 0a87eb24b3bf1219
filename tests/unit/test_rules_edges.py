"""Interactions of rules: repeats of observed commands, one anomaly per cause, swaps, areas of events."""

import pytest

from events.assignment import AssignmentAccepted, AssignmentDispatched, AssignmentReleased
from events.request import RequestCancelled, RequestMerged
from events.team import TeamJoined, TeamLeaderAppointed, TeamLeft
from events.worker import WorkerCheckedIn
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.base import Scope
from services.decisions.request.table import REQUESTS
from services.decisions.worker.table import WORKERS
from tests.given import Given, area, assignment, given, incident, request, t, team, worker

A, B = "230717", "230718"
OFFER = assignment.offer(assignment="A1", request="R1", worker="W1")
SEND = assignment.dispatch(assignment="A1", request="R1", worker="W1")
ACCEPT = assignment.accept(assignment="A1")


@pytest.fixture
def desk() -> Given:
    """Set up R1 and R2 with one slot each, and W1 and W2 on duty in A."""
    return given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        *(worker.register(worker=f"W{n}", role="courier") for n in (1, 2)),
        *(worker.check_in(worker=f"W{n}", area=A) for n in (1, 2)),
        *(request.open(request=f"R{n}", category="grocery", area=A) for n in (1, 2)),
    )


# -- repeats ------------------------------------------------------------------------------


def test_an_observed_offer_that_is_known(desk: Given):
    desk.and_(OFFER).when(OFFER, observed=True).unchanged()
    other = assignment.offer(assignment="A1", request="R1", worker="W2")
    desk.when(other, observed=True).refused("assignment.exists")


def test_an_observed_accept_that_is_known(desk: Given):
    desk.and_(OFFER, ACCEPT, assignment.done(assignment="A1")).when(ACCEPT, observed=True).unchanged()


def test_merging_again(desk: Given):
    merge = request.merge(request="R1", into="R2")
    desk.and_(merge).when(merge).unchanged()
    desk.and_(request.reopen(request="R1")).when(merge).only(RequestMerged)


def test_an_area_is_defined_again_only_as_it_is(desk: Given):
    desk.when(area.define(area=A, name="County 1")).unchanged()
    desk.when(area.define(area=A, name="County 1", lon=128.9, lat=47.7)).refused("area.exists", A)


# -- one cause, one anomaly ---------------------------------------------------------


def test_an_answer_to_an_offer_that_is_gone(desk: Given):
    desk.and_(OFFER, assignment.decline(assignment="A1", reason="too_far"))
    desk.and_(assignment.dispatch(assignment="A2", request="R1", worker="W2"))
    desk.when(ACCEPT, observed=True).then(AssignmentAccepted, state="declined").anomaly("offer.gone")
    desk.when(assignment.dispatch(assignment="A1"), observed=True).anomaly("offer.gone")
    assert desk.state[REQUESTS]["R1"].live == ("A2",)


def test_work_on_a_request_that_has_ended(desk: Given):
    desk.and_(SEND, assignment.done(assignment="A1"), request.complete(request="R1"))
    late = assignment.dispatch(assignment="A2", request="R1", worker="W2")
    desk.when(late, observed=True).anomaly("request.ended")


def test_sending_who_has_retired(desk: Given):
    desk.and_(worker.retire(worker="W1"))
    desk.when(SEND, observed=True).anomaly("worker.retired")


def test_work_on_what_was_declined(desk: Given):
    desk.and_(OFFER, assignment.decline(assignment="A1", reason="too_far"))
    for step in (
        assignment.progress(assignment="A1", stage="en_route"),
        assignment.done(assignment="A1"),
    ):
        desk.when(step).refused("assignment.not_accepted", "declined")
        desk.when(step, observed=True).anomaly("assignment.not_accepted")
    assert desk.state[ASSIGNMENTS]["A1"].state == "declined"


def test_an_observed_leader_who_is_no_member_joins(desk: Given):
    desk.and_(
        team.form(team="T1", name="Team 1", kind="courier", area=A, activate=True),
        team.form(team="T2", name="Team 2", kind="courier", area=A, members=("W1",), activate=True),
    )
    lead = team.appoint_leader(team="T1", worker="W2")
    desk.when(lead, observed=True).only(TeamJoined, TeamLeaderAppointed).anomaly("team.not_member")
    lead = team.appoint_leader(team="T1", worker="W1")
    desk.when(lead, observed=True).only(TeamLeft, TeamJoined, TeamLeaderAppointed).anomaly(
        "team.not_member", "worker.in_team"
    )


def test_an_observed_end_after_another_end_is_named(desk: Given):
    desk.and_(request.complete(request="R1"))
    desk.when(request.cancel(request="R1", reason="not_needed"), observed=True).only(
        RequestCancelled
    ).anomaly("request.ended")


# -- refusals and overrides ---------------------------------------------------


def test_the_loser_is_told_who_took_the_last_slot(desk: Given):
    desk.and_(request.amend(request="R1", slots=2))
    desk.and_(SEND, now=t("01:00"))
    desk.and_(assignment.dispatch(assignment="A2", request="R1", worker="W2"), now=t("02:00"))
    desk.and_(assignment.done(assignment="A2"), now=t("03:00"))
    desk.and_(worker.register(worker="W3", role="courier"), worker.check_in(worker="W3", area=A))
    desk.when(assignment.dispatch(request="R1", worker="W3")).refused("request.full", "worker W2")


def test_who_is_at_capacity_is_named(desk: Given):
    desk.and_(SEND)
    desk.when(assignment.dispatch(request="R2", worker="W1")).refused(
        "capacity.exceeded", "Worker W1 has no capacity left: already on A1"
    )


def test_an_override_that_was_not_needed_is_not_recorded(desk: Given):
    free = assignment.dispatch(assignment="A1", request="R1", worker="W1", override="near")
    desk.when(free).then(AssignmentDispatched, override=None)
    passed = assignment.dispatch(assignment="A2", request="R2", worker="W1", override="near")
    desk.when(passed).then(AssignmentDispatched, override="near")


def test_a_dispatch_says_nothing_else_of_an_assignment(desk: Given):
    desk.and_(OFFER, ACCEPT)
    desk.when(assignment.dispatch(assignment="A1", worker="W2")).refused("assignment.exists", "worker W1")
    desk.when(assignment.dispatch(assignment="A1", worker="W1")).only(AssignmentDispatched)


def test_two_may_swap(desk: Given):
    desk.and_(SEND, assignment.dispatch(assignment="A2", request="R2", worker="W2"))
    swap = ({"assignment": "A1", "new": "B1", "worker": "W2"}, {"assignment": "A2", "worker": "W1"})
    desk.when(assignment.reassign(items=swap, reason="nearer"), id="swap").only(
        AssignmentReleased, AssignmentReleased, AssignmentDispatched, AssignmentDispatched
    ).anomaly()
    assert [desk.state[WORKERS][w].live for w in ("W1", "W2")] == [("swap-1",), ("B1",)]


def test_the_same_is_not_reassigned_twice_at_once(desk: Given):
    twice = ({"assignment": "A1", "worker": "W2"}, {"assignment": "A1", "worker": "W1"})
    desk.and_(SEND).when(assignment.reassign(items=twice, reason="nearer")).refused("assignment.ended")


# -- rights by area -----------------------------------------------------------


def test_a_desk_of_an_area_takes_in_who_belongs_nowhere(desk: Given):
    county = Scope(areas=(A,))
    desk.and_(worker.register(worker="W3", role="courier"))
    desk.when(worker.check_in(worker="W3", area=B), scope=county).refused("forbidden", B)
    desk.when(worker.check_in(worker="W3", area=A), scope=county).only(WorkerCheckedIn)


def test_a_desk_of_an_area_takes_nobody_away_from_another(desk: Given):
    desk.and_(worker.check_in(worker="W1", area=B), now=t("01:00"))
    desk.when(worker.check_in(worker="W1", area=A), scope=Scope(areas=(A,))).refused("worker.unknown")


def test_a_desk_of_an_area_works_within_an_incident_and_closes_only_its_own(desk: Given):
    county = Scope(areas=(A,))
    desk.and_(
        incident.declare(incident="I1", name="Lockdown"),
        incident.declare(incident="I2", name="Fire", areas=(A,)),
    )
    assert desk.when(request.open(category="x", area=A, incident="I1"), scope=county).events
    desk.when(incident.close(incident="I1"), scope=county).refused("forbidden", "2307")
    assert desk.when(incident.close(incident="I2"), scope=county).events
