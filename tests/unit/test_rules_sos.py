"""Calls for help: always recorded, seen by somebody, ended once."""

import pytest

from events.sos import WorkerSosAcknowledged, WorkerSosEnded, WorkerSosRaised
from services.decisions.base import Scope
from tests.given import Given, area, given, t, team, worker

A = "230717"
CALL = worker.raise_sos(worker="W1", sos="S1", place="31.2,121.5 ±20 m")
SEEN = worker.acknowledge_sos(worker="W1", sos="S1")
CANCEL = worker.cancel_sos(worker="W1", sos="S1")


@pytest.fixture
def city() -> Given:
    """Set up W1 on duty in a team, and W2 who is not."""
    return given(
        area.define(area=A, name="County 1"),
        worker.register(worker="W1", role="courier"),
        worker.register(worker="W2", role="courier"),
        worker.check_in(worker="W1", area=A),
        team.form(team="T1", name="Team 1", kind="courier", area=A, members=("W1",), activate=True),
    )


def test_a_call_says_who_where_and_with_whom(city: Given):
    city.when(CALL).then(WorkerSosRaised, sos="S1", area=A, team="T1", place="31.2,121.5 ±20 m")


def test_a_call_needs_neither_duty_nor_a_known_area(city: Given):
    anywhere = worker.raise_sos(worker="W2", sos="S2", area="999")
    city.when(anywhere).then(WorkerSosRaised, area="2307", team=None)
    again = worker.raise_sos(worker="W2", sos="S3")
    city.and_(worker.retire(worker="W2")).when(again).only(WorkerSosRaised)


def test_the_same_call_again_changes_nothing_but_a_second_one_is_heard(city: Given):
    called = city.and_(CALL)
    called.when(CALL).unchanged()
    called.when(worker.raise_sos(worker="W1", sos="S9")).only(WorkerSosRaised)
    called.when(worker.raise_sos(worker="W2", sos="S1")).refused("sos.exists", "S1")


def test_a_call_is_acknowledged_once_and_ended_once(city: Given):
    called = city.and_(CALL)
    called.when(SEEN).only(WorkerSosAcknowledged)
    called.and_(SEEN).when(SEEN).unchanged()
    end = worker.end_sos(worker="W1", sos="S1", reason="helped")
    called.when(end).then(WorkerSosEnded, reason="helped", area=A)
    ended = called.and_(end, now=t("02:00"))
    ended.when(end).unchanged()
    unseen = ended.and_(worker.raise_sos(worker="W1", sos="S2"))
    unseen.and_(worker.cancel_sos(worker="W1", sos="S2"))
    seen = worker.acknowledge_sos(worker="W1", sos="S2")
    unseen.when(seen).refused("sos.ended", "S2", "W1")
    unseen.when(seen, observed=True).anomaly("sos.ended")


def test_a_worker_raises_and_cancels_only_their_own(city: Given):
    city.when(CALL, scope=Scope(worker="W2")).refused("forbidden")
    called = city.when(CALL, scope=Scope(worker="W1")).only(WorkerSosRaised).and_given
    theirs = worker.cancel_sos(worker="W2", sos="S1")
    called.when(theirs, scope=Scope(worker="W2")).refused("sos.unknown", "S1", "W2")
    called.when(SEEN, scope=Scope(worker="W1")).refused("forbidden")
    called.when(CANCEL, scope=Scope(worker="W1")).then(WorkerSosEnded, reason="cancelled")


def test_the_desk_of_where_it_was_raised_looks_after_it_wherever_the_worker_is_now(city: Given):
    elsewhere = city.and_(area.define(area="230718", name="County 2"))
    moved = elsewhere.and_(CALL, worker.check_in(worker="W1", area="230718"))
    end = worker.end_sos(worker="W1", sos="S1", reason="helped")
    here, there = Scope(areas=(A,)), Scope(areas=("230718",))
    moved.when(SEEN, scope=here).only(WorkerSosAcknowledged)
    moved.when(end, scope=here).only(WorkerSosEnded)
    moved.when(SEEN, scope=there).refused("sos.unknown", "S1")
    moved.when(end, scope=there).refused("sos.unknown", "S1")
