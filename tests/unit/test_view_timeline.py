"""Timeline: arrivals, departures and requests by area and quarter hour, with hand-written rows."""

from typing import Any

import pytest

from projections import timeline
from projections.fold import fold
from tests.given import Given, area, assignment, given, jurisdiction, request, t, team, worker

A, B = "230717", "230718"
COLUMNS = ("came", "went", "received", "served", "ended")


def lines(case: Given) -> dict[str, tuple[int, ...]]:
    """Return rows by slot and area: came, went, received, served, ended."""
    rows: Any = fold(timeline.VIEW, case.log.commits)
    assert {f"{r.slot:%Y-%m-%dT%H:%MZ}:{r.area}" for r in rows.values()} == rows.keys()
    assert {r.date for r in rows.values()} <= {"2022-03-28", "2022-03-29"}
    return {f"{r.slot:%H:%M} {r.area}": tuple(getattr(r, c) for c in COLUMNS) for r in rows.values()}


@pytest.fixture
def city() -> Given:
    return given(
        jurisdiction.establish(name="City", timezone="Asia/Shanghai"),
        area.define(area=A, name="County 1"),
        area.define(area=B, name="County 2"),
        *(worker.register(worker=w, role="courier") for w in ("W1", "W2")),
    )


def test_a_quarter_hour_holds_what_happened_from_its_beginning_on(city: Given):
    city.and_(worker.check_in(worker="W1", area=A), now=t("01:14"))
    city.and_(worker.check_in(worker="W2", area=A), now=t("01:15"))
    assert lines(city) == {"01:00 230717": (1, 0, 0, 0, 0), "01:15 230717": (1, 0, 0, 0, 0)}


def test_duty_counts_where_it_was_and_a_late_fact_when_it_happened(city: Given):
    city.and_(worker.check_in(worker="W1", area=A), now=t("02:00"), at=t("01:05"))
    city.and_(worker.check_out(worker="W1"), now=t("03:31"))
    assert lines(city) == {"01:00 230717": (1, 0, 0, 0, 0), "03:30 230717": (0, 1, 0, 0, 0)}


def test_who_goes_to_another_area_goes_here_and_comes_there(city: Given):
    city.and_(worker.check_in(worker="W1", area=A), now=t("01:00"))
    city.and_(worker.check_in(worker="W1", area=B), now=t("02:00"))
    assert lines(city) == {
        "01:00 230717": (1, 0, 0, 0, 0),
        "02:00 230717": (0, 1, 0, 0, 0),
        "02:00 230718": (1, 0, 0, 0, 0),
    }


def test_what_changes_neither_duty_nor_end_touches_no_row(city: Given):
    city.and_(worker.check_in(worker="W1", area=A))
    city.and_(request.open(request="R1", category="grocery", area=A, slots=2))
    before = len(city.log.events)
    city.and_(
        worker.set_presence(worker="W1", presence="on_break"),
        team.form(team="T1", name="Team 1", kind="courier", area=A, members=("W1",), activate=True),
        assignment.dispatch(assignment="A1", request="R1", team="T1"),
        assignment.progress(assignment="A1", stage="en_route"),
        assignment.done(assignment="A1"),
        now=t("05:00"),
    )
    new = city.log.events[before:]
    assert any(event.data.moved for event in new)
    assert [key for event in new for key in timeline.keys(event)] == []


def test_requests_are_received_served_and_ended_and_reopening_takes_the_end_back(city: Given):
    opened = [request.open(request=r, category="grocery", area=A) for r in ("R1", "R2")]
    city.and_(*opened, now=t("01:00"))
    city.and_(request.complete(request="R1"), request.cancel(request="R2", reason="twice"), now=t("02:00"))
    city.and_(request.reopen(request="R1"), now=t("03:00"))
    assert lines(city) == {
        "01:00 230717": (0, 0, 2, 0, 0),
        "02:00 230717": (0, 0, 0, 1, 2),
        "03:00 230717": (0, 0, 0, -1, -1),
    }


def test_a_request_that_is_moved_is_received_where_it_is_now(city: Given):
    city.and_(request.open(request="R1", category="grocery", area=A), now=t("01:00"))
    city.and_(request.amend(request="R1", area=B), now=t("02:00"))
    assert lines(city) == {
        "01:00 230717": (0, 0, 1, 0, 0),
        "02:00 230717": (0, 0, -1, 0, 0),
        "02:00 230718": (0, 0, 1, 0, 0),
    }


def test_a_row_that_cancels_out_is_gone(city: Given):
    city.and_(request.open(request="R1", category="grocery", area=A), now=t("01:00"))
    city.and_(request.amend(request="R1", area=B), now=t("01:10"))
    assert lines(city) == {"01:00 230718": (0, 0, 1, 0, 0)}


def test_the_date_is_the_utc_day_of_the_slot(city: Given):
    city.and_(worker.check_in(worker="W1", area=A), now=t("23:59"))
    city.and_(worker.check_out(worker="W1"), now=t("+1 00:00"))
    rows: Any = fold(timeline.VIEW, city.log.commits)
    assert {r.slot: r.date for r in rows.values()} == {
        t("23:45"): "2022-03-28",
        t("+1 00:00"): "2022-03-29",
    }
