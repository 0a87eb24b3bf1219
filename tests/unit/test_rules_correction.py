"""Correcting attendance: the past counts as corrected everywhere, and what was reported is kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from events.duty import Fact, corrected, fold, intervals, on_since, order
from events.worker import WorkerDutyCorrected
from projections import presence, roster
from projections.fold import fold as rows_of
from projections.instant import Board
from projections.presence import derived
from services.decisions.base import Command, Refused
from services.decisions.worker.facts import own_facts
from services.decisions.worker.table import WORKERS
from services.reports.facts import Facts
from tests.given import DAY, Given, area, assignment, given, request, t, worker

A, B = "230717", "230718"
IN, OUT = worker.check_in(worker="W1", area=A), worker.check_out(worker="W1")


def correct(fact: str, to: datetime | None = None, **more: Any) -> Command:
    return worker.correct_duty(worker="W1", fact=fact, happened_at=to, reason="typo", **more)


@pytest.fixture
def city() -> Given:
    return given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        worker.register(worker="W1", role="courier"),
    )


@pytest.fixture
def shift(city: Given) -> Given:
    """Set up W1 on duty in A from 01:00 to 09:00, and again from 10:00."""
    city.and_(IN, now=t("01:00"), id="in")
    city.and_(OUT, now=t("09:00"), id="out")
    return city.and_(IN, now=t("10:00"), id="again")


def person_times(case: Given) -> list[tuple[str, datetime, datetime | None]]:
    rows: Any = rows_of(presence.VIEW, case.log.commits).values()
    return [(one.area, one.since, one.until) for one in derived(rows)]


def on_duty(case: Given, clock: str) -> bool:
    return Board("2307", case.log.events, t(clock)).workers["W1"].duty.on


def test_an_old_check_out_is_corrected_though_much_happened_since(shift: Given):
    shift.when(correct("out", t("06:00")), now=t("11:00")).only(WorkerDutyCorrected).then(
        WorkerDutyCorrected, fact="out", kind="out", was_at=t("09:00"), at=t("06:00"), duty_since=t("10:00")
    )
    assert person_times(shift) == [(A, t("01:00"), t("06:00")), (A, t("10:00"), None)]
    assert (on_duty(shift, "05:00"), on_duty(shift, "07:00"), on_duty(shift, "10:30")) == (True, False, True)


def test_a_correction_moves_the_present_if_it_must(shift: Given):
    shift.and_(OUT, now=t("12:00"), id="last")
    shift.when(correct("again", t("12:30")), now=t("13:00")).moved("W1", before="off_duty", after="available")
    assert person_times(shift)[-1] == (A, t("12:30"), None)


def test_the_area_of_a_check_in_is_corrected(shift: Given):
    shift.when(correct("again", area=B), now=t("11:00")).then(WorkerDutyCorrected, was_area=A, area=B)
    assert person_times(shift)[-1] == (B, t("10:00"), None)
    assert Board("2307", shift.log.events, t("10:30")).workers["W1"].duty.area == B


def test_the_roster_says_since_when(shift: Given):
    shift.and_(correct("again", t("09:30")), now=t("11:00"))
    row: Any = rows_of(roster.VIEW, shift.log.commits)["W1"]
    assert (row.since, row.duty_since) == (t("09:30"), t("09:30"))


def test_who_when_from_and_to_is_kept_however_often(shift: Given):
    shift.and_(correct("out", t("06:00")), now=t("11:00"))
    shift.and_(correct("out", t("07:00")), now=t("11:30"))
    rows: Any = rows_of(presence.VIEW, shift.log.commits).values()
    out = next(row for row in rows if row.command == "out")
    assert (out.at, out.area) == (t("07:00"), A)
    assert [(one.at, one.was_at, one.to_at, one.reason) for one in out.corrections] == [
        (t("11:00"), t("09:00"), t("06:00"), "typo"),
        (t("11:30"), t("06:00"), t("07:00"), "typo"),
    ]


def test_the_same_again_changes_nothing(shift: Given):
    shift.and_(correct("out", t("06:00")), now=t("11:00"))
    shift.when(correct("out", t("06:00"))).unchanged()


def test_what_was_first_reported_does_not_come_back_when_sent_again(shift: Given):
    shift.and_(correct("out", t("06:00")), now=t("11:00"))
    shift.when(OUT, now=t("11:10"), at=t("09:00"), observed=True).unchanged()


def test_what_was_taken_back_cannot_be_corrected(shift: Given):
    shift.and_(worker.take_back(worker="W1", command="again"), now=t("10:01"))
    shift.when(correct("again", t("09:30")), now=t("11:00")).refused("fact.unknown", "again")


def test_a_corrected_fact_can_be_taken_back(shift: Given):
    shift.and_(correct("again", t("09:30")), now=t("11:00"))
    shift.when(worker.take_back(worker="W1", command="again")).moved(
        "W1", before="available", after="off_duty"
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (correct("nothing", t("06:00")), "fact.unknown"),
        (correct("again", area="230799"), "area.unknown"),
    ],
)
def test_a_correction_needs_a_known_fact_and_area(shift: Given, command: Command, code: str):
    shift.when(command, now=t("11:00")).refused(code)


def test_attendance_is_not_corrected_to_the_future(shift: Given):
    shift.when(correct("again", t("12:00")), now=t("11:00")).refused("fact.future")


def test_a_check_out_has_no_area_to_correct(shift: Given):
    shift.when(correct("out", area=B), now=t("11:00")).refused("fact.no_area")


def test_progress_of_a_task_is_no_attendance(shift: Given):
    shift.and_(request.open(request="R1", category="grocery", area=A), now=t("10:10"))
    shift.and_(assignment.dispatch(assignment="A1", request="R1", worker="W1"))
    shift.and_(assignment.progress(assignment="A1", stage="en_route"), now=t("10:20"), id="go")
    shift.when(correct("go", t("10:15")), now=t("11:00")).refused("fact.not_attendance")
    shift.when(correct("out", t("10:30"))).refused("worker.has_assignment", "A1")


def test_somebody_who_has_left_is_corrected_too(shift: Given):
    shift.and_(OUT, now=t("12:00"), id="last")
    shift.and_(worker.retire(worker="W1"), now=t("13:00"))
    shift.and_(correct("last", t("11:00")), now=t("14:00"))
    assert person_times(shift)[-1] == (A, t("10:00"), t("11:00"))


FACTS = st.lists(
    st.tuples(st.sampled_from(["in", "out", "break"]), st.sampled_from([A, B]), st.integers(0, 600)),
    min_size=1,
    max_size=8,
)
FIXES = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 600), st.sampled_from([None, A, B])), min_size=1, max_size=4
)


@settings(max_examples=60, deadline=None)
@over(FACTS, FIXES)
def test_correcting_equals_having_reported_it_right(
    told: list[tuple[str, str, int]], fixes: list[tuple[int, int, str | None]]
) -> None:
    case = given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        worker.register(worker="W1", role="courier"),
    )
    now = t("+1 00:00")
    for number, (kind, where, minute) in enumerate(told):
        said = {
            "in": worker.check_in(worker="W1", area=where),
            "out": OUT,
            "break": worker.set_presence(worker="W1", presence="on_break"),
        }[kind]
        case.log.do(said, now=now, at=DAY + timedelta(minutes=minute), id=f"f{number}", observed=True)
    right = {fact.command: fact for fact in own_facts(case.state, "W1")}
    for number, minute, where in fixes:
        key, at = f"f{number}", DAY + timedelta(minutes=minute)
        if key not in right or (where and right[key].kind != "in"):
            continue
        try:
            case.log.do(correct(key, at, **({"area": where} if where else {})), now=now)
        except Refused as refused:
            raise AssertionError(refused) from refused
        right[key] = corrected(right[key], at, where or right[key].area)
    _agree(case, sorted(right.values(), key=order))


def _agree(case: Given, facts: list[Fact]) -> None:
    """The state, the views, boards of the past and reports are those of the corrected facts."""
    known = case.state[WORKERS]["W1"]
    assert known.duty == fold(facts)
    expected = intervals("W1", facts)
    rows: Any = rows_of(presence.VIEW, case.log.commits).values()
    assert [(one.area, one.since, one.until) for one in derived(rows)] == [
        (one.area, one.since, one.until) for one in expected
    ]
    report = Facts("2307")
    for event in case.log.events:
        report.take(event)
    assert report.duties("W1") == expected
    for minute in range(0, 601, 75):
        at = DAY + timedelta(minutes=minute)
        assert Board("2307", case.log.events, at).workers["W1"].duty == fold(f for f in facts if f.at <= at)
    row: Any = rows_of(roster.VIEW, case.log.commits)["W1"]
    if known.duty.on:
        assert row.presence != "off_duty"
        assert on_since(facts) is not None
