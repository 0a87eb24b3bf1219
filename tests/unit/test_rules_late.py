"""Late facts: from before a close, a retirement or a report; acts that outlive a check-out."""

import pytest

from events.assignment import AssignmentProgressed
from events.duty import ACT, BREAK, IN, OUT, Fact, fold, intervals
from events.request import RequestOpened
from events.worker import (
    WorkerCheckedIn,
    WorkerCheckedOut,
    WorkerReported,
    WorkerRetired,
    WorkerTakenBack,
)
from projections.roster import VIEW, RosterRow
from services.decisions.base import Command
from services.decisions.worker.facts import own_facts
from services.decisions.worker.table import WORKER_STANDINGS, WORKERS
from tests.given import Given, area, assignment, given, request, t, team, worker

A, B = "230717", "230718"
IN_A = worker.check_in(worker="W1", area=A)
OUT_1 = worker.check_out(worker="W1")
BREAK_1 = worker.set_presence(worker="W1", presence="on_break")


@pytest.fixture
def crew() -> Given:
    """Set up W1 on duty in A since 01:00, and request R1 in A."""
    return given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        worker.register(worker="W1", role="courier"),
        request.open(request="R1", category="grocery", area=A),
    ).and_(IN_A, now=t("01:00"))


def reported(case: Given) -> str | None:
    """Return W1's home community on the roster, folded from the events."""
    row: RosterRow | None = None
    for event in case.log.events:
        if "W1" in VIEW.keys(event):
            row = VIEW.evolve(row, event, "W1")
    return row.reported_area if row else None


# -- closed areas --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "cls"),
    [
        (IN_A, WorkerCheckedIn),
        (worker.report(worker="W1", area=A), WorkerReported),
        (request.open(category="medicine", area=A), RequestOpened),
    ],
)
def test_what_happened_before_an_area_was_closed_is_taken_after_it(crew: Given, fact: Command, cls: type):
    crew.and_(area.close(area=A), now=t("03:00"))
    crew.when(fact, now=t("04:00"), at=t("03:00")).refused("area.closed", A)
    crew.when(fact, at=t("02:00")).only(cls).anomaly()


def test_a_claim_is_decided_on_the_present(crew: Given):
    crew.and_(area.close(area=A), now=t("03:00"))
    form = team.form(name="Team", kind="courier", area=A)
    crew.when(form, now=t("04:00"), at=t("02:00")).refused("area.closed", A)


# -- retirement ----------------------------------------------------------------------------------------------


def test_a_duty_ends_with_the_retirement(crew: Given):
    crew.when(worker.retire(worker="W1"), now=t("03:00")).only(WorkerCheckedOut, WorkerRetired)
    (only,) = intervals("W1", own_facts(crew.state, "W1"))
    assert (only.since, only.until) == (t("01:00"), t("03:00"))


def test_facts_from_before_the_retirement_are_history(crew: Given):
    crew.and_(worker.retire(worker="W1"), now=t("03:00"))
    crew.when(OUT_1, at=t("02:00"), now=t("04:00")).only(WorkerCheckedOut).anomaly()
    crew.when(OUT_1, at=t("03:30")).refused("worker.retired", "W1")
    assert "W1" not in crew.state[WORKER_STANDINGS]


def test_old_news_does_not_touch_who_registered_again(crew: Given):
    crew.and_(worker.retire(worker="W1"), now=t("03:00"))
    crew.and_(worker.register(worker="W1", role="rider"), now=t("04:00"))
    crew.when(IN_A, at=t("02:00"), now=t("05:00")).moved("W1", before="off_duty", after="off_duty")
    crew.when(IN_A, at=t("04:30"), now=t("05:00")).moved("W1", before="off_duty", after="available")


def test_what_was_before_the_retirement_is_not_taken_back(crew: Given):
    crew.and_(BREAK_1, now=t("02:00"), id="break").and_(worker.retire(worker="W1"), now=t("03:00"))
    crew.and_(worker.register(worker="W1", role="rider"), now=t("04:00"))
    crew.when(worker.take_back(worker="W1", command="break")).refused("fact.not_newest")


def test_who_registers_again_reports_again(crew: Given):
    report = worker.report(worker="W1", area=A)
    crew.and_(report).and_(worker.retire(worker="W1"), now=t("03:00"))
    crew.and_(worker.register(worker="W1", role="rider"), now=t("04:00"))
    assert reported(crew) is None
    crew.when(report, now=t("05:00")).only(WorkerReported)
    assert reported(crew) == A


# -- acts that outlive a check-out --------------------------------------------------------------------------


def test_a_break_shows_that_a_late_check_out_was_not_the_end(crew: Given):
    crew.and_(BREAK_1, now=t("02:30"))
    crew.when(OUT_1, at=t("02:00"), now=t("04:00")).moved("W1", before="on_break", after="on_break")
    assert crew.state[WORKERS]["W1"].duty.since == t("02:30")


def test_a_break_after_a_known_check_out_is_no_duty():
    facts = [Fact(t("01:00"), 1, IN, A), Fact(t("02:00"), 2, OUT), Fact(t("03:00"), 3, BREAK)]
    assert not fold(facts).on


def test_person_times_around_a_late_check_out():
    facts = [Fact(t("01:00"), 1, IN, A), Fact(t("02:00"), 9, OUT), Fact(t("03:00"), 2, ACT)]
    first, second = intervals("W1", facts)
    assert (first.until, second.since, second.until) == (t("02:00"), t("03:00"), None)


def test_a_check_out_while_off_duty_needs_no_release(crew: Given):
    crew.and_(assignment.dispatch(assignment="A1", request="R1", worker="W1"), now=t("02:00"))
    crew.and_(OUT_1, now=t("02:10"), observed=True)
    crew.when(OUT_1, now=t("02:20")).only(WorkerCheckedOut).anomaly()


def test_a_superseded_stage_says_that_nobody_moved(crew: Given):
    crew.and_(assignment.dispatch(assignment="A1", request="R1", worker="W1"), now=t("02:00"))
    crew.and_(assignment.progress(assignment="A1", stage="on_scene"), now=t("02:30"))
    crew.when(assignment.progress(assignment="A1", stage="en_route"), at=t("02:10"), now=t("03:00")).only(
        AssignmentProgressed
    ).anomaly().moved("W1", before="on_scene", after="on_scene")


def test_a_stage_later_than_one_that_follows_it_is_out_of_order(crew: Given):
    crew.and_(assignment.dispatch(assignment="A1", request="R1", worker="W1"), now=t("02:00"))
    crew.and_(assignment.progress(assignment="A1", stage="on_scene"), now=t("02:30"))
    crew.when(assignment.progress(assignment="A1", stage="en_route"), now=t("03:00")).anomaly(
        "stage.out_of_order"
    )


# -- reports -------------------------------------------------------------------------------------------------


def test_a_late_report_does_not_replace_a_newer_one(crew: Given):
    crew.and_(worker.report(worker="W1", area=A), now=t("03:00"))
    crew.when(worker.report(worker="W1", area=B), at=t("02:00"), now=t("04:00")).then(
        WorkerReported, area=B, reported=A
    )
    assert reported(crew) == A


def test_taking_back_a_report_brings_back_the_one_before(crew: Given):
    crew.and_(worker.report(worker="W1", area=A), now=t("02:00"))
    crew.and_(worker.report(worker="W1", area=B), now=t("03:00"), id="moved")
    crew.when(worker.take_back(worker="W1", command="moved")).then(
        WorkerTakenBack, kind="report", reported=A
    ).moved("W1", before="available", after="available")
    assert reported(crew) == A
