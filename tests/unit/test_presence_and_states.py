"""Presence, states and stages as derived from facts, and the events that carry them."""

from datetime import UTC, datetime

import pytest

from events import request, worker
from events.assignment import ENDS as ASSIGNMENT_ENDS
from events.assignment import (
    AssignmentDeclined,
    AssignmentDone,
    AssignmentExpired,
    AssignmentGivenBack,
    AssignmentProgressed,
    AssignmentReleased,
    ended_by,
    live_state,
)
from events.base import Event, EventEnvelope
from events.duty import ACT, AVAILABLE, BREAK, IN, OFF, OUT, REPORT, Duty, Fact
from events.facts import TELLING, fact_of
from events.presence import BY_ENGAGEMENT, ON_DUTY, presence_of
from events.request_state import ENDED, STATES, state_of
from events.request_state import ended_by as request_ended_by
from events.stages import furthest
from projections.base import Row
from projections.incidents import IncidentRow
from projections.ledger import LedgerRow

AT = datetime(2022, 3, 28, tzinfo=UTC)


def test_presence_follows_from_duty_and_live_assignments() -> None:
    on, resting = Duty(on=True, area="A"), Duty(on=True, area="A", on_break=True)
    assert presence_of(OFF, ["on_scene"]) == "off_duty"
    assert (presence_of(on, []), presence_of(resting, [])) == ("available", "on_break")
    assert presence_of(resting, ["accepted"]) == "assigned"
    assert presence_of(on, ["dispatched", "en_route"]) == "en_route"
    assert presence_of(on, ["on_scene", "en_route"]) == "on_scene"
    assert sorted(BY_ENGAGEMENT) == sorted(ON_DUTY)


def test_the_state_of_a_request_follows_from_its_assignments() -> None:
    assert state_of(None, done=False, live=[]) == "open"
    assert state_of(None, done=False, live=["accepted", "dispatched"]) == "assigned"
    assert state_of(None, done=False, live=["accepted", "en_route"]) == "in_progress"
    assert state_of(None, done=True, live=[]) == "in_progress"
    assert state_of("merged", done=True, live=["on_scene"]) == "merged"


@pytest.mark.parametrize("row", [LedgerRow, IncidentRow])
def test_the_ledger_has_a_part_for_every_state(row: type[Row]) -> None:
    fields = row.__struct_fields__
    assert [name for name in fields if name in STATES] == list(STATES)


def test_the_state_of_a_live_assignment_is_its_furthest_stage() -> None:
    assert live_state(["on_scene", "en_route", "transport"], dispatched=False) == "on_scene"
    assert (live_state([], dispatched=True), live_state(["transport"], dispatched=False)) == (
        "dispatched",
        "accepted",
    )
    assert furthest(["transport"]) is None


def envelopes(data: Event) -> EventEnvelope:
    """Return an event at position 7, of command C."""
    return EventEnvelope(
        jurisdiction="2307",
        position=7,
        recorded_at=AT,
        name=data.NAME,
        at=AT,
        actor="D1",
        command="C",
        data=data,
    )


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (worker.WorkerReported(worker="W1", area="A"), Fact(AT, 7, REPORT, "A", "C")),
        (worker.WorkerCheckedIn(worker="W1", area="A"), Fact(AT, 7, IN, "A", "C")),
        (worker.WorkerCheckedOut(worker="W1"), Fact(AT, 7, OUT, None, "C")),
        (worker.WorkerPresenceSet(worker="W1", presence="on_break"), Fact(AT, 7, BREAK, None, "C")),
        (worker.WorkerPresenceSet(worker="W1", presence="available"), Fact(AT, 7, AVAILABLE, None, "C")),
        (
            AssignmentProgressed(assignment="A1", request="R1", worker="W1", stage="en_route"),
            Fact(AT, 7, ACT, None, "C", "A1", "en_route"),
        ),
        (
            AssignmentDone(assignment="A1", request="R1", worker="W1"),
            Fact(AT, 7, ACT, None, "C", "A1", "done"),
        ),
        (
            AssignmentGivenBack(assignment="A1", request="R1", worker="W1", reason="nobody_home"),
            Fact(AT, 7, ACT, None, "C", "A1", "given_back"),
        ),
    ],
)
def test_events_that_tell_a_fact_of_duty(data: Event, fact: Fact) -> None:
    assert fact_of(envelopes(data)) == ("W1", fact)
    assert isinstance(data, TELLING)


def test_what_a_team_does_or_the_desk_says_is_no_fact_of_a_worker() -> None:
    by_team = AssignmentDone(assignment="A1", request="R1", team="T1")
    released = AssignmentReleased(assignment="A1", request="R1", worker="W1", reason="recalled")
    assert fact_of(envelopes(by_team)) is None
    assert fact_of(envelopes(released)) is None


def test_how_events_end_a_request_or_an_assignment() -> None:
    ends = (
        request.RequestCompleted(request="R1"),
        request.RequestFailed(request="R1", reason="nobody_free"),
        request.RequestCancelled(request="R1", reason="withdrawn"),
        request.RequestMerged(request="R1", into="R2"),
    )
    assert [request_ended_by(e) for e in ends] == [("R1", how) for how in ENDED]
    assert request_ended_by(request.RequestReopened(request="R1")) is None
    tasks = (
        AssignmentDone(assignment="A1", request="R1"),
        AssignmentReleased(assignment="A1", request="R1", reason="recalled"),
        AssignmentDeclined(assignment="A1", request="R1", reason="busy"),
        AssignmentExpired(assignment="A1", request="R1", reason="no_answer"),
    )
    assert [ended_by(e) for e in tasks] == list(ASSIGNMENT_ENDS)
    assert ended_by(AssignmentProgressed(assignment="A1", request="R1", stage="on_scene")) is None
