"""What happened at the door: giving an assignment back, and proofs."""

import pytest

from events.assignment import AssignmentGivenBack, AssignmentProofAttached
from events.duty import ACT
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.base import Scope, commands
from services.decisions.request.table import REQUESTS
from services.decisions.worker.facts import own_facts
from services.decisions.worker.table import WORKERS
from tests.given import Given, area, assignment, given, request, t, team, worker

A = "230717"
BACK = assignment.give_back(assignment="A1", request="R1", reason="nobody_home", note="rang twice")
FILE = "ab" * 32
PHOTO = assignment.attach_proof(assignment="A1", request="R1", kind="photo", file=FILE)


@pytest.fixture
def sent() -> Given:
    """Set up R1 with one slot and W1 on the way to it; R2 waits; W2 is on duty."""
    return given(
        area.define(area=A, name="County 1"),
        *(worker.register(worker=f"W{n}", role="courier") for n in (1, 2)),
        *(worker.check_in(worker=f"W{n}", area=A) for n in (1, 2)),
        *(request.open(request=f"R{n}", category="grocery", area=A) for n in (1, 2)),
        assignment.dispatch(assignment="A1", request="R1", worker="W1"),
    )


def state_of(case: Given) -> str:
    return case.state[ASSIGNMENTS]["A1"].state


def test_giving_back_frees_the_slot_and_keeps_the_worker_on_duty(sent: Given):
    after = sent.when(BACK).then(AssignmentGivenBack, reason="nobody_home", note="rang twice").and_given
    known = after.state[WORKERS]["W1"]
    assert (state_of(after), known.duty.on, known.live) == ("released", True, ())
    assert after.state[REQUESTS]["R1"].free_slots == 1
    newest = own_facts(after.state, "W1")[-1]
    assert (newest.kind, newest.stage) == (ACT, "given_back")


def test_giving_back_names_the_assignments_own_request(sent: Given):
    other = assignment.give_back(assignment="A1", request="R2", reason="refused")
    sent.when(other).refused("assignment.other_request", "A1", "R2")


def test_a_worker_gives_back_only_their_own(sent: Given):
    sent.when(BACK, scope=Scope(worker="W2")).refused("forbidden")
    sent.when(BACK, scope=Scope(worker="W1")).only(AssignmentGivenBack)


def test_a_team_gives_back_what_is_the_teams(sent: Given):
    of_team = sent.and_(
        team.form(team="T1", name="Team 1", kind="courier", area=A, members=("W2",), activate=True),
        assignment.dispatch(assignment="A2", request="R2", team="T1"),
    )
    back = assignment.give_back(assignment="A2", request="R2", reason="unsafe")
    of_team.when(back, scope=Scope(worker="W2")).only(AssignmentGivenBack)


def test_what_has_ended_is_not_given_back_but_a_late_report_counts(sent: Given):
    recalled = assignment.release(assignment="A1", reason="recalled")
    ended = sent.and_(recalled, now=t("02:00"))
    ended.when(BACK, now=t("03:00")).refused("assignment.ended", "A1")
    late = ended.when(BACK, at=t("01:30"), now=t("03:00"))
    late.then(AssignmentGivenBack, state="released").anomaly("assignment.ended")


def test_taking_back_makes_it_live_again_unless_somebody_else_goes(sent: Given):
    undo = worker.take_back(worker="W1", command="back")
    back = sent.and_(BACK, now=t("02:00"), id="back")
    again = back.and_(undo, now=t("02:01"))
    assert state_of(again) == "dispatched"
    assert again.state[WORKERS]["W1"].live == ("A1",)
    back = again.and_(BACK, now=t("02:01"), id="back")
    back.and_(assignment.dispatch(assignment="A2", request="R1", worker="W2"), now=t("02:01"))
    back.when(undo, now=t("02:02")).refused("request.full", "R1", "W2")


def test_taking_back_a_late_report_leaves_a_release_in_place(sent: Given):
    recalled = assignment.release(assignment="A1", reason="recalled")
    late = sent.and_(recalled, now=t("02:00")).and_(BACK, at=t("01:30"), now=t("03:00"), id="back")
    assert state_of(late.and_(worker.take_back(worker="W1", command="back"))) == "released"


def test_a_proof_is_added_before_and_after_the_end(sent: Given):
    sent.when(PHOTO).then(AssignmentProofAttached, kind="photo", file=FILE)
    done = sent.and_(assignment.done(assignment="A1"))
    code = assignment.attach_proof(assignment="A1", request="R1", kind="code", code="river")
    done.when(code).then(AssignmentProofAttached, kind="code", code="river", state="done")


@pytest.mark.parametrize(
    "given_fields", [{"kind": "photo"}, {"kind": "code", "file": FILE}, {"kind": "signature", "code": "x"}]
)
def test_a_proof_must_be_whole(sent: Given, given_fields: dict[str, str]):
    command = assignment.attach_proof(assignment="A1", request="R1", **given_fields)
    sent.when(command).refused("proof.incomplete", "A1")


def test_what_is_said_at_the_door_is_sealed_under_the_request():
    for name in ("assignment.give_back", "assignment.attach_proof"):
        assert (commands[name].SUBJECT, commands[name].OWNER) == ("request", "request")
