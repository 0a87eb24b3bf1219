"""Incidents: from start to end, and reopening."""

import msgspec
import pytest
from pydantic import ValidationError

from events.incident import IncidentAmended, IncidentClosed, IncidentDeclared, IncidentReopened
from events.request import RequestOpened
from services.decisions.base import Command
from services.decisions.incident.table import INCIDENTS
from tests.given import Given, area, assignment, given, incident, request, t, worker

A = "230717"
CLOSE = incident.close(incident="I1")


@pytest.fixture
def lockdown() -> Given:
    """Start incident I1 at midnight UTC."""
    return given(area.define(area=A, name="County 1"), incident.declare(incident="I1", name="Lockdown"))


@pytest.fixture
def asked(lockdown: Given) -> Given:
    """Open R1 of I1."""
    return lockdown.and_(request.open(request="R1", category="grocery", area=A, incident="I1"))


def test_declaring_takes_the_whole_jurisdiction_and_starts_now(lockdown: Given):
    lockdown.when(incident.declare(incident="I2", name="Flood"), now=t("01:00")).only(IncidentDeclared).then(
        IncidentDeclared, areas=("2307",), starts_at=t("01:00"), kind="general"
    )


def test_declaring_twice(lockdown: Given):
    again = incident.declare(incident="I1", name="Lockdown")
    lockdown.when(again).refused("incident.exists", "I1")
    lockdown.when(again, observed=True).unchanged()


def test_amending(lockdown: Given):
    lockdown.when(incident.amend(incident="I1", kind="lockdown", areas=(A,))).then(
        IncidentAmended, kind="lockdown", areas=(A,)
    )
    lockdown.when(incident.amend(incident="I1", kind="lockdown")).unchanged()
    lockdown.when(incident.amend(incident="I1", areas=("9999",))).refused("area.unknown", "9999")
    lockdown.when(incident.amend(incident="I9", kind="x")).refused("incident.unknown", "I9")


def test_how_long_it_is_expected_to_last_is_known_or_not(lockdown: Given):
    lockdown.when(incident.declare(incident="I2", name="Flood")).then(IncidentDeclared, expected_days=None)
    lockdown.when(incident.declare(incident="I3", name="Fire", expected_days=14)).then(
        IncidentDeclared, expected_days=14
    )
    assert lockdown.state[INCIDENTS]["I1"].expected_days is None


def test_amending_how_long_it_is_expected_to_last(lockdown: Given):
    lockdown.when(incident.amend(incident="I1", expected_days=None)).unchanged()
    lockdown.and_(incident.amend(incident="I1", expected_days=14))
    lockdown.when(incident.amend(incident="I1", expected_days=14)).unchanged()
    lockdown.and_(incident.amend(incident="I1", name="Second wave"))
    assert lockdown.state[INCIDENTS]["I1"].expected_days == 14
    lockdown.when(incident.amend(incident="I1", expected_days=None)).then(
        IncidentAmended, expected_days=None, name=msgspec.UNSET
    )
    lockdown.and_(incident.amend(incident="I1", expected_days=None))
    assert lockdown.state[INCIDENTS]["I1"].expected_days is None


@pytest.mark.parametrize("days", [0, -1, 3651, 1.5, "14 days"])
def test_no_incident_is_expected_to_last_no_day_or_more_than_ten_years(days: object):
    with pytest.raises(ValidationError, match="expected_days"):
        incident.declare(incident="I2", name="Flood", expected_days=days)
    with pytest.raises(ValidationError, match="expected_days"):
        incident.amend(incident="I1", expected_days=days)


def test_an_incident_does_not_end_before_it_starts(lockdown: Given):
    lockdown.when(incident.close(incident="I1", ends_at=t("-1 00:00"))).refused("incident.ends_first")
    lockdown.and_(CLOSE, now=t("02:00"))
    lockdown.when(incident.amend(incident="I1", starts_at=t("03:00"))).refused("incident.ends_first")


def test_closing(lockdown: Given):
    lockdown.when(CLOSE, now=t("02:00")).then(IncidentClosed, ends_at=t("02:00"))
    lockdown.when(CLOSE).unchanged()
    lockdown.when(incident.close(incident="I9")).refused("incident.unknown")


def test_closing_while_a_request_is_unfinished(asked: Given):
    asked.when(CLOSE).refused("incident.unfinished", "1 unfinished request")
    asked.when(CLOSE, observed=True).anomaly("incident.unfinished")


@pytest.mark.parametrize(
    "end",
    [
        request.complete(request="R1"),
        request.cancel(request="R1", reason="not_needed"),
        request.fail(request="R1", reason="unreachable"),
        request.merge(request="R1", into="R2"),
    ],
)
def test_closing_once_every_request_has_ended(asked: Given, end: Command):
    asked.and_(request.open(request="R2", category="grocery", area=A), end)
    asked.when(CLOSE).only(IncidentClosed)


def test_a_request_that_leaves_the_incident_no_longer_holds_it(asked: Given):
    asked.and_(request.amend(request="R1", incident=None)).when(CLOSE).only(IncidentClosed)


def test_offline_facts_from_before_the_close_are_taken_after_it(lockdown: Given):
    lockdown.and_(CLOSE, now=t("02:00"))
    late = request.open(request="R2", category="grocery", area=A, incident="I1")
    lockdown.when(late, now=t("03:00"), at=t("01:00")).only(RequestOpened).anomaly()
    assert lockdown.state[INCIDENTS]["I1"].unfinished == 1


def test_nothing_new_after_the_close(lockdown: Given):
    lockdown.and_(CLOSE, now=t("02:00"))
    new = request.open(request="R2", category="grocery", area=A, incident="I1")
    lockdown.when(new, now=t("03:00")).refused("incident.closed", "I1")
    lockdown.when(new, observed=True).anomaly("incident.closed")


def test_progress_from_before_the_close_is_taken_after_it(asked: Given):
    asked.and_(
        worker.register(worker="W1", role="courier"),
        worker.check_in(worker="W1", area=A),
        assignment.dispatch(assignment="A1", request="R1", worker="W1"),
    ).and_(request.complete(request="R1"), CLOSE, now=t("02:00"))
    asked.when(
        assignment.progress(assignment="A1", stage="on_scene"), at=t("01:00"), now=t("03:00")
    ).anomaly()


def test_a_request_of_a_closed_incident_is_not_reopened(asked: Given):
    asked.and_(request.complete(request="R1"), CLOSE)
    asked.when(request.reopen(request="R1"), now=t("03:00")).refused("incident.closed")


def test_reopening(lockdown: Given):
    lockdown.when(incident.reopen(incident="I1")).unchanged()
    lockdown.and_(CLOSE).when(incident.reopen(incident="I1", reason="spread")).then(
        IncidentReopened, reason="spread"
    )
    assert lockdown.state[INCIDENTS]["I1"].ends_at is None
