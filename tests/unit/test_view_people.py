"""Roster, headcount, teams, presence: hand-written rows for one morning."""

from typing import Any

import pytest

from projections import headcount, presence, roster, teams
from projections.base import Row, View
from projections.fold import fold
from projections.headcount import HeadcountRow
from projections.presence import IntervalRow, PresenceRow, derived
from projections.roster import RosterRow
from projections.teams import TeamRow
from tests.given import Given, area, assignment, given, request, t, team, worker

A, B = "230717", "230718"


def rows(case: Given, view: View[Any]) -> dict[str, Row]:
    """Return the view's rows, folded from the log."""
    return fold(view, case.log.commits)


@pytest.fixture
def morning() -> Given:
    """Set up W1 leading T1, en route to R1; W2 on a break; W3 off duty."""
    case = given(
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        worker.register(
            worker="W1",
            role="courier",
            organisation="Firm 1",
            skills=("cold",),
            vehicle="van",
            name="sealed:n",
        ),
        worker.register(worker="W2", role="rider", home_area=B),
        worker.register(worker="W3", role="rider", home_area=B, phone="sealed:p"),
        request.open(request="R1", category="grocery", area=A),
    )
    case.and_(worker.report(worker="W2", area=B), now=t("00:10"))
    case.and_(worker.check_in(worker="W1", area=A), now=t("01:00"), id="in-1")
    case.and_(worker.check_in(worker="W2", area=A), now=t("01:30"), at=t("01:05"), id="in-2")
    case.and_(worker.set_presence(worker="W2", presence="on_break"), now=t("02:00"))
    form = team.form(team="T1", name="Team 1", kind="courier", area=A, organisation="Firm 1", capacity=2)
    case.and_(form, now=t("02:10"))
    case.and_(team.join(team="T1", worker="W1"), team.appoint_leader(team="T1", worker="W1"))
    case.and_(team.activate(team="T1"), now=t("02:20"))
    case.and_(assignment.dispatch(assignment="A1", request="R1", team="T1"), now=t("02:30"))
    return case.and_(assignment.progress(assignment="A1", stage="en_route"), now=t("02:40"))


def test_roster(morning: Given):
    assert rows(morning, roster.VIEW) == {
        "W1": RosterRow(
            worker="W1",
            call_sign="C-0001",
            changed=4,
            area=A,
            role="courier",
            presence="en_route",
            team="T1",
            since=t("02:40"),
            duty_since=t("01:00"),
            registered_by="test",
            organisation="Firm 1",
            skills=("cold",),
            vehicle="van",
            name="sealed:n",
        ),
        "W2": RosterRow(
            worker="W2",
            call_sign="C-0002",
            changed=5,
            area=A,
            role="rider",
            presence="on_break",
            since=t("02:00"),
            duty_since=t("01:05"),
            registered_by="test",
            home_area=B,
            reported_area=B,
        ),
        "W3": RosterRow(
            worker="W3",
            call_sign="C-0003",
            changed=6,
            area=B,
            role="rider",
            presence="off_duty",
            since=t("00:00"),
            registered_by="test",
            home_area=B,
            phone="sealed:p",
        ),
    }


def test_a_duty_begins_once_and_a_mistapped_check_out_does_not_begin_another(morning: Given):
    def since(who: str) -> Any:
        row: Any = rows(morning, roster.VIEW)[who]
        return row.duty_since

    morning.and_(worker.check_in(worker="W2", area=B), now=t("03:00"))
    assert since("W2") == t("01:05"), "another area, the same duty"
    morning.and_(worker.check_out(worker="W2"), now=t("03:10"), id="out-2")
    morning.and_(worker.take_back(worker="W2", command="out-2"), now=t("03:11"))
    assert since("W2") == t("01:05")
    morning.and_(worker.check_out(worker="W2"), now=t("03:20"))
    morning.and_(worker.check_in(worker="W2", area=B), now=t("04:00"))
    assert since("W2") == t("04:00")


def test_the_roster_says_when_somebody_was_last_heard_of(morning: Given):
    morning.and_(worker.check_welfare(worker="W1"), now=t("03:00"))
    morning.and_(worker.check_welfare(worker="W1"), at=t("02:50"), now=t("03:05"))
    row: Any = rows(morning, roster.VIEW)["W1"]
    assert (row.welfare_at, row.since) == (t("03:00"), t("02:40"))


def test_the_erased_and_the_retired_leave_the_roster(morning: Given):
    morning.and_(worker.erase(worker="W3"), worker.retire(worker="W2"))
    assert set(rows(morning, roster.VIEW)) == {"W1"}


def test_amendments_reach_the_roster(morning: Given):
    morning.and_(worker.amend(worker="W3", role="medic", home_area=A, phone=None))
    row: Any = rows(morning, roster.VIEW)["W3"]
    assert (row.role, row.area, row.home_area, row.phone) == ("medic", A, A, None)


def test_headcount(morning: Given):
    counted = {(r.area, r.role, r.presence, r.team): r.count for r in headcounts(morning)}
    assert counted == {
        (A, "courier", "en_route", "T1"): 1,
        (A, "rider", "on_break", None): 1,
        (B, "rider", "off_duty", None): 1,
    }


def headcounts(case: Given) -> list[HeadcountRow]:
    found: Any = rows(case, headcount.VIEW).values()
    return list(found)


def test_headcount_sums_over_alike_workers_and_forgets_empty_rows(morning: Given):
    morning.and_(worker.check_out(worker="W2"))
    assert rows(morning, headcount.VIEW)[f"{B}:rider:off_duty:"] == HeadcountRow(
        area=B, role="rider", presence="off_duty", team=None, count=2
    )
    assert f"{A}:rider:on_break:" not in rows(morning, headcount.VIEW)


def test_teams(morning: Given):
    assert rows(morning, teams.VIEW) == {
        "T1": TeamRow(
            team="T1",
            call_sign="T-0001",
            changed=12,
            name="Team 1",
            kind="courier",
            area=A,
            organisation="Firm 1",
            state="active",
            leader="W1",
            members=("W1",),
            member_count=1,
            capacity=2,
            live=("A1",),
            live_count=1,
            formed_at=t("02:10"),
            activated_at=t("02:20"),
        )
    }


def test_a_team_that_stood_down(morning: Given):
    morning.and_(team.leave(team="T1", worker="W1"), team.amend(team="T1", name="Team one"))
    morning.and_(team.stand_down(team="T1", release="night"), now=t("03:00"))
    row: Any = rows(morning, teams.VIEW)["T1"]
    assert (row.name, row.state, row.stood_down_at) == ("Team one", "stood_down", t("03:00"))
    assert (row.leader, row.members, row.member_count, row.live, row.live_count) == (None, (), 0, (), 0)


# -- presence ------------------------------------------------------------------------------------------------


def facts(case: Given) -> list[PresenceRow]:
    found: Any = rows(case, presence.VIEW)
    return [found[key] for key in sorted(found)]


def test_presence_is_one_row_per_fact_with_both_times(morning: Given):
    told = [(r.worker, r.kind, r.area, r.at, r.recorded_at, r.late_seconds) for r in facts(morning)]
    assert told == [
        ("W2", "report", B, t("00:10"), t("00:10"), 0),
        ("W1", "in", A, t("01:00"), t("01:00"), 0),
        ("W2", "in", A, t("01:05"), t("01:30"), 1500),
        ("W2", "break", A, t("02:00"), t("02:00"), 0),
    ]
    assert [r.command for r in facts(morning)][1:3] == ["in-1", "in-2"]


def interval(who: str, where: str, since: str, until: str | None, late_minutes: int = 0) -> IntervalRow:
    """Return an interval between two clock times, one end of which was recorded late."""
    seconds = (t(until) - t(since)).total_seconds() if until else None
    return IntervalRow(
        worker=who,
        area=where,
        since=t(since),
        until=t(until) if until else None,
        seconds=seconds,
        late_seconds=late_minutes * 60,
    )


def test_intervals_are_derived(morning: Given):
    morning.and_(worker.check_out(worker="W2"), now=t("05:00"))
    assert derived(facts(morning)) == [
        interval("W1", A, "01:00", None),
        interval("W2", A, "01:05", "05:00", 25),
    ]


def test_a_late_fact_splits_an_interval(morning: Given):
    morning.and_(worker.check_in(worker="W2", area=A), now=t("04:00"))
    morning.and_(worker.check_out(worker="W2"), at=t("03:00"), now=t("05:00"))
    assert derived(facts(morning))[1:] == [
        interval("W2", A, "01:05", "03:00", 120),
        interval("W2", A, "04:00", None),
    ]


def test_a_check_out_is_seen_where_the_duty_was(morning: Given):
    """A caller limited to area A sees its check-ins and check-outs."""
    morning.and_(worker.check_out(worker="W2"), now=t("05:00"))
    assert (facts(morning)[-1].kind, facts(morning)[-1].area) == ("out", A)


def test_moving_ends_one_interval_and_begins_another(morning: Given):
    morning.and_(worker.check_in(worker="W1", area=B), now=t("04:00"))
    assert derived(facts(morning))[:2] == [
        interval("W1", A, "01:00", "04:00"),
        interval("W1", B, "04:00", None),
    ]


def test_what_was_taken_back_stays_as_void_and_makes_no_interval(morning: Given):
    morning.and_(worker.take_back(worker="W1", command="in-1"))
    assert [r.void for r in facts(morning)] == [False, True, False, False]
    assert [i.worker for i in derived(facts(morning))] == ["W2"]


def test_who_acted_was_on_duty_whatever_is_heard_later(morning: Given):
    morning.and_(request.open(request="R2", category="grocery", area=A))
    morning.and_(assignment.dispatch(assignment="A2", request="R2", worker="W2"), now=t("03:00"))
    morning.and_(assignment.progress(assignment="A2", stage="en_route"), now=t("04:00"), id="go")
    morning.and_(worker.check_out(worker="W2"), at=t("03:30"), now=t("05:00"))
    assert derived(facts(morning))[1:] == [
        interval("W2", A, "01:05", "03:30", 90),
        interval("W2", A, "04:00", None),
    ]
    morning.and_(worker.take_back(worker="W2", command="go"))
    assert derived(facts(morning))[1:] == [interval("W2", A, "01:05", "03:30", 90)]


def test_a_teams_acts_are_nobodys_facts(morning: Given):
    assert "act" not in {fact.kind for fact in facts(morning)}
