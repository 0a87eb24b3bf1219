"""Assignments: offers, slots, capacity, stages and ends."""

import pytest

from events.assignment import (
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentDispatched,
    AssignmentDone,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentProgressed,
    AssignmentReleased,
)
from events.request import RequestCompleted
from services.decisions.assignment.table import ASSIGNMENTS, OFFERS
from services.decisions.base import Scope
from services.decisions.request.table import REQUESTS
from services.decisions.worker.table import WORKER_STANDINGS, WORKERS
from tests.given import Given, area, assignment, given, request, t, team, worker

A = "230717"
OFFER = assignment.offer(assignment="A1", request="R1", worker="W1")
ACCEPT = assignment.accept(assignment="A1")
SEND = assignment.dispatch(assignment="A1", request="R1", worker="W1")
EN_ROUTE = assignment.progress(assignment="A1", stage="en_route")
ON_SCENE = assignment.progress(assignment="A1", stage="on_scene")
DONE = assignment.done(assignment="A1")
RELEASE = assignment.release(assignment="A1", reason="sick")


@pytest.fixture
def desk() -> Given:
    """Set up R1 with one slot, R2 open-ended; W1 and W2 on duty, W3 off duty; T1 active with W2."""
    return given(
        area.define(area=A, name="County 1"),
        *(worker.register(worker=f"W{n}", role="courier") for n in (1, 2, 3)),
        worker.check_in(worker="W1", area=A),
        worker.check_in(worker="W2", area=A),
        request.open(request="R1", category="grocery", area=A),
        request.open(request="R2", category="grocery", area=A, slots=None),
        team.form(team="T1", name="Team 1", kind="courier", area=A, members=("W2",), activate=True),
    )


@pytest.fixture
def offered(desk: Given) -> Given:
    return desk.and_(OFFER)


@pytest.fixture
def sent(desk: Given) -> Given:
    return desk.and_(SEND, now=t("01:00"))


def state_of(case: Given, key: str = "A1") -> str:
    return case.state[ASSIGNMENTS][key].state


# -- offers -----------------------------------------------------------------------------------


def test_an_offer_holds_nothing(desk: Given):
    desk.when(OFFER).only(AssignmentOffered).then(AssignmentOffered, expires_at=t("00:05"), state="offered")
    assert desk.state[REQUESTS]["R1"].free_slots == 1
    assert desk.state[WORKER_STANDINGS]["W1"].presence == "available"
    desk.when(assignment.offer(assignment="A2", request="R1", worker="W2")).only(AssignmentOffered)


def test_an_offer_goes_to_one_worker_or_team(desk: Given):
    desk.when(assignment.offer(request="R1")).refused("assignment.subject")
    desk.when(assignment.offer(request="R1", worker="W1", team="T1")).refused("assignment.subject")


def test_an_offer_goes_to_who_is_there(desk: Given):
    desk.when(assignment.offer(request="R1", worker="W3")).refused("worker.off_duty", "W3")
    desk.when(assignment.offer(request="R1", worker="W3"), observed=True).anomaly("worker.off_duty")
    desk.when(assignment.offer(request="R1", worker="W9"), observed=True).refused("worker.unknown")
    desk.when(assignment.offer(request="R9", worker="W1"), observed=True).refused("request.unknown")
    desk.when(assignment.offer(request="R1", team="T9")).refused("team.unknown")


def test_sending_to_a_team_with_nobody_on_duty_needs_a_reason(desk: Given):
    desk.and_(worker.check_out(worker="W2"))
    send, offer, sent = assignment.dispatch, assignment.offer, AssignmentDispatched
    to_nobody = {"request": "R2", "team": "T1"}
    desk.when(send(**to_nobody)).refused("team.nobody_on_duty", "T1")
    desk.when(offer(**to_nobody)).refused("team.nobody_on_duty", "T1")
    why = {"unattended": "called_in"}
    desk.when(offer(assignment="A1", **to_nobody, **why)).then(AssignmentOffered, unattended="called_in")
    desk.when(send(assignment="A1")).refused("team.nobody_on_duty")
    desk.when(send(assignment="A1", **why)).then(sent, unattended="called_in")


def test_whatever_was_sent_elsewhere_to_nobody_is_recorded_and_noted(desk: Given):
    desk.and_(worker.check_out(worker="W2"))
    send = assignment.dispatch(assignment="A1", request="R2", team="T1")
    desk.when(send, observed=True).anomaly("team.nobody_on_duty").then(AssignmentDispatched, unattended=None)


def test_a_reason_for_sending_to_nobody_is_kept_only_if_nobody_was_there(desk: Given):
    why = {"unattended": "called_in"}
    send = assignment.dispatch(request="R2", team="T1", **why)
    desk.when(send).then(AssignmentDispatched, unattended=None)
    desk.and_(team.form(team="T2", name="Engine 2", kind="engine", area=A, activate=True))
    send = assignment.dispatch(request="R2", team="T2")
    desk.when(send).then(AssignmentDispatched, unattended=None)  # its members are not listed
    send = assignment.dispatch(request="R2", worker="W1", **why)
    desk.when(send).then(AssignmentDispatched, unattended=None)


def test_handing_over_to_a_team_with_nobody_on_duty_needs_a_reason(desk: Given):
    desk.and_(SEND, worker.check_out(worker="W2"))
    items = [{"assignment": "A1", "new": "A2", "team": "T1"}]
    desk.when(assignment.reassign(items=items, reason="sick")).refused("team.nobody_on_duty")
    send = assignment.reassign(items=items, reason="sick", unattended="called_in")
    desk.when(send).then(AssignmentDispatched, assignment="A2", team="T1", unattended="called_in")


def test_an_offer_is_made_once(offered: Given):
    offered.when(OFFER).refused("assignment.exists", "A1")
    again = assignment.offer(assignment="A2", request="R1", worker="W1")
    offered.when(again).refused("assignment.duplicate", "A1")
    offered.when(again, observed=True).anomaly("assignment.duplicate")


def test_an_offer_ends_after_it_is_made(desk: Given):
    past = assignment.offer(request="R1", worker="W1", expires_at=t("-1 23:00"))
    desk.when(past).refused("offer.expired")
    desk.when(past, observed=True).anomaly("offer.expired")


def test_accepting_takes_slot_and_capacity(offered: Given):
    offered.when(ACCEPT).only(AssignmentAccepted).moved("W1", before="available", after="assigned")
    assert offered.state[REQUESTS]["R1"].free_slots == 0
    offered.when(ACCEPT).unchanged()


def test_accepting_what_is_gone(offered: Given):
    offered.and_(assignment.decline(assignment="A1", reason="too_far"))
    offered.when(ACCEPT).refused("offer.gone", "declined")
    offered.when(ACCEPT, observed=True).anomaly("offer.gone")
    offered.when(assignment.accept(assignment="A9"), observed=True).refused("assignment.unknown", "A9")


def test_accepting_too_late(offered: Given):
    offered.when(ACCEPT, now=t("00:06")).refused("offer.expired", "A1")
    offered.when(ACCEPT, observed=True).anomaly("offer.expired")


def test_declining(offered: Given):
    decline = assignment.decline(assignment="A1", reason="too_far")
    offered.when(decline).then(AssignmentDeclined, reason="too_far")
    offered.when(decline).unchanged()


def test_declining_what_was_accepted(offered: Given):
    offered.and_(ACCEPT)
    decline = assignment.decline(assignment="A1", reason="too_far")
    offered.when(decline).refused("offer.gone", "accepted")
    offered.when(decline, observed=True).anomaly("offer.gone")
    assert state_of(offered) == "accepted"


def test_expiring(offered: Given):
    expire = assignment.expire(assignment="A1")
    offered.when(expire, now=t("00:04")).refused("offer.not_due", "A1")
    offered.when(expire, now=t("00:05")).then(AssignmentExpired, reason="no_answer", state="expired")
    offered.when(expire).unchanged()
    assert offered.state[OFFERS] == {}


def test_an_early_expiry_observed(offered: Given):
    expire = assignment.expire(assignment="A1")
    offered.when(expire, observed=True).then(AssignmentExpired, state="expired").anomaly("offer.not_due")


def test_an_answered_offer_does_not_expire(offered: Given):
    offered.and_(ACCEPT).when(assignment.expire(assignment="A1"), now=t("01:00")).unchanged()


# -- the last slot and the capacity -----------------------------------------------------------


def test_two_dispatchers_at_the_last_slot(desk: Given):
    desk.and_(SEND)
    second = assignment.dispatch(assignment="A2", request="R1", worker="W2")
    desk.when(second).refused("request.full", "R1", "worker W1")
    desk.when(second, observed=True).anomaly("request.full")


def test_the_last_slot_goes_to_who_accepts_first(offered: Given):
    offered.and_(assignment.offer(assignment="A2", request="R1", team="T1"))
    offered.and_(assignment.accept(assignment="A2"))
    offered.when(ACCEPT).refused("request.full", "team T1")


def test_done_holds_its_slot(sent: Given):
    sent.and_(request.amend(request="R1", slots=2), DONE)
    sent.and_(assignment.dispatch(request="R1", worker="W2"), now=t("02:00"))
    sent.when(assignment.dispatch(request="R1", team="T1")).refused("request.full", "worker W2")


def test_a_release_frees_slot_and_capacity(sent: Given):
    sent.when(RELEASE).then(AssignmentReleased, reason="sick").moved(
        "W1", before="assigned", after="available"
    )
    sent.when(RELEASE).unchanged()
    sent.when(assignment.dispatch(assignment="A2", request="R1", worker="W1")).anomaly()


def test_open_ended_slots(desk: Given):
    for number in (1, 2):
        desk.when(assignment.dispatch(request="R2", worker=f"W{number}")).anomaly()


def test_a_worker_takes_one_at_a_time_unless_overridden(sent: Given):
    second = {"assignment": "A2", "request": "R2", "worker": "W1"}
    sent.when(assignment.dispatch(**second)).refused("capacity.exceeded", "A1", "override")
    sent.when(assignment.dispatch(**second, override="on_the_way")).then(
        AssignmentDispatched, override="on_the_way"
    ).anomaly()


def test_capacity_is_checked_again_at_accept(offered: Given):
    offered.and_(assignment.dispatch(assignment="A2", request="R2", worker="W1"))
    offered.when(ACCEPT).refused("capacity.exceeded", "A2")
    offered.when(assignment.accept(assignment="A1", override="near")).then(
        AssignmentAccepted, override="near"
    )


def test_capacity_observed(sent: Given):
    sent.when(assignment.dispatch(request="R2", worker="W1"), observed=True).anomaly("capacity.exceeded")


# -- dispatch ---------------------------------------------------------------------------------


def test_dispatching_at_once(desk: Given):
    desk.when(SEND).only(AssignmentDispatched).then(AssignmentDispatched, area=A, state="dispatched")
    desk.when(SEND).unchanged()


def test_dispatching_what_was_accepted(offered: Given):
    offered.and_(ACCEPT).when(assignment.dispatch(assignment="A1")).then(
        AssignmentDispatched, state="dispatched"
    )


def test_dispatching_an_offer_answers_it(offered: Given):
    offered.when(assignment.dispatch(assignment="A1")).only(AssignmentDispatched)
    assert offered.state[OFFERS] == {}


def test_dispatching_what_is_unknown_or_another(sent: Given):
    sent.when(assignment.dispatch(assignment="A9")).refused("assignment.unknown", "A9")
    sent.when(assignment.dispatch(assignment="A1", request="R2", worker="W2")).refused(
        "assignment.exists", "worker W1"
    )
    sent.when(assignment.dispatch(request="R2", worker="W2", team="T1")).refused("assignment.subject")


def test_dispatching_the_same_twice(desk: Given):
    desk.and_(assignment.dispatch(assignment="A1", request="R2", worker="W1"))
    desk.and_(worker.amend(worker="W1", capacity=3))
    again = assignment.dispatch(assignment="A2", request="R2", worker="W1")
    desk.when(again).refused("assignment.duplicate", "A1")


# -- progress and done ------------------------------------------------------------------------


def test_progress(sent: Given):
    sent.when(EN_ROUTE, now=t("01:10")).then(AssignmentProgressed, state="en_route").moved(
        "W1", before="assigned", after="en_route"
    )
    sent.when(ON_SCENE, now=t("01:20")).moved("W1", before="en_route", after="on_scene")
    sent.when(ON_SCENE).unchanged()


def test_a_late_stage_does_not_go_back(sent: Given):
    sent.and_(ON_SCENE, now=t("01:20"))
    sent.when(EN_ROUTE, at=t("01:10"), now=t("02:00")).then(AssignmentProgressed, state="on_scene").anomaly()


def test_a_stage_of_ones_own(sent: Given):
    hospital = assignment.progress(assignment="A1", stage="hospital")
    sent.and_(ON_SCENE).when(hospital).then(AssignmentProgressed, state="on_scene", stage="hospital")


def test_stages_out_of_order_are_taken_and_named(sent: Given):
    sent.and_(EN_ROUTE, now=t("01:20"))
    sent.when(ON_SCENE, at=t("01:10"), now=t("02:00")).anomaly("stage.out_of_order")


def test_a_stage_of_ones_own_has_its_place_in_a_list_or_else_by_its_time(sent: Given):
    sent.and_(ON_SCENE, now=t("01:20"))
    late = assignment.progress(assignment="A1", stage="identified")
    sent.when(late, at=t("01:10"), now=t("02:00"), observed=True).anomaly()
    listed = assignment.progress(assignment="A1", stage="transport", after="on_scene")
    sent.when(listed, at=t("01:10"), now=t("02:00"), observed=True).anomaly("stage.out_of_order")


def test_a_stage_before_the_dispatch_is_out_of_order(sent: Given):
    sent.when(EN_ROUTE, at=t("00:30"), now=t("02:00")).anomaly("stage.out_of_order")


def test_progress_of_an_offer(offered: Given):
    offered.when(EN_ROUTE).refused("assignment.not_accepted", "A1")
    offered.when(EN_ROUTE, observed=True).anomaly("assignment.not_accepted")


def test_progress_after_the_end(sent: Given):
    sent.and_(RELEASE, now=t("01:30"))
    sent.when(ON_SCENE, now=t("02:00")).refused("assignment.ended", "released")
    sent.when(ON_SCENE, observed=True).anomaly("assignment.ended")
    assert state_of(sent) == "released"


def test_late_progress_from_before_the_end(sent: Given):
    sent.and_(RELEASE, now=t("01:30"))
    sent.when(ON_SCENE, at=t("01:20"), now=t("02:00")).then(AssignmentProgressed, state="released").anomaly()


def test_done(sent: Given):
    sent.when(DONE).only(AssignmentDone, RequestCompleted).moved("W1", before="assigned", after="available")
    sent.when(DONE).unchanged()


def test_done_of_an_offer(offered: Given):
    offered.when(DONE).refused("assignment.not_accepted")


def test_done_after_the_end(sent: Given):
    sent.and_(RELEASE, now=t("01:30"))
    sent.when(DONE, now=t("02:00")).refused("assignment.ended", "released")
    sent.when(DONE, observed=True).anomaly("assignment.ended")


def test_a_late_done_from_before_the_end(sent: Given):
    sent.and_(RELEASE, now=t("01:30"))
    sent.when(DONE, at=t("01:20"), now=t("02:00")).then(AssignmentDone, state="released").anomaly(
        "assignment.ended"
    )


def test_releasing_an_offer_and_what_has_ended(offered: Given):
    offered.when(RELEASE).only(AssignmentReleased)
    offered.and_(assignment.offer(assignment="A2", request="R1", worker="W2"))
    offered.and_(assignment.decline(assignment="A2", reason="too_far"))
    gone = assignment.release(assignment="A2", reason="sick")
    offered.when(gone).refused("assignment.ended", "declined")
    offered.when(gone, observed=True).anomaly("assignment.ended")


# -- reassign ---------------------------------------------------------------------------------


def test_reassigning_many_in_order(sent: Given):
    sent.and_(worker.amend(worker="W1", capacity=2))
    sent.and_(assignment.dispatch(assignment="A2", request="R2", worker="W1"))
    items = ({"assignment": "A2", "new": "B2", "worker": "W2"}, {"assignment": "A1", "team": "T1"})
    sent.when(assignment.reassign(items=items, reason="sick"), id="move").only(
        AssignmentReleased, AssignmentReleased, AssignmentDispatched, AssignmentDispatched
    ).then(AssignmentDispatched, assignment="B2", worker="W2").then(
        AssignmentDispatched, assignment="move-1", team="T1"
    )
    assert sent.state[WORKERS]["W1"].live == ()


def test_reassigning_is_all_or_none(sent: Given):
    items = ({"assignment": "A1", "worker": "W2"}, {"assignment": "A9", "worker": "W2"})
    sent.when(assignment.reassign(items=items, reason="sick")).refused("assignment.unknown", "A9")
    assert state_of(sent) == "dispatched"


def test_reassigning_what_is_not_live(offered: Given):
    move = assignment.reassign(items=({"assignment": "A1", "worker": "W2"},), reason="sick")
    offered.when(move).refused("assignment.ended", "offered")


def test_reassigning_to_the_id_of_another(sent: Given):
    move = assignment.reassign(items=({"assignment": "A1", "new": "A1", "worker": "W2"},), reason="sick")
    sent.when(move).refused("assignment.exists", "A1")


# -- rights by token --------------------------------------------------------------------------


def test_a_worker_answers_and_works_on_own_tasks(offered: Given):
    mine = Scope(worker="W1")
    for command in (ACCEPT, EN_ROUTE, DONE):
        assert offered.when(command, scope=mine).events
    offered.when(RELEASE, scope=mine).refused("forbidden")


def test_a_worker_declines_own_offers_alone(offered: Given):
    decline = assignment.decline(assignment="A1", reason="too_far")
    offered.when(decline, scope=Scope(worker="W2")).refused("forbidden", "W2")
    assert offered.when(decline, scope=Scope(worker="W1")).events


def test_a_member_works_on_the_tasks_of_the_active_team(desk: Given):
    desk.and_(assignment.dispatch(assignment="A1", request="R1", team="T1"))
    assert desk.when(EN_ROUTE, scope=Scope(worker="W2")).events
    desk.when(ON_SCENE, scope=Scope(worker="W1")).refused("forbidden")


def test_a_dispatcher_of_an_area_sends_within_it(desk: Given):
    scope = Scope(areas=(A,))
    assert desk.when(SEND, scope=scope).events
    desk.when(assignment.dispatch(request="R2", worker="W3"), scope=scope).refused("worker.unknown", "W3")
