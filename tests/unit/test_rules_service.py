"""Reporting home and leaving it again; service that is planned, recorded, corrected, withdrawn, confirmed."""

from typing import Any

import pytest

from events.service import (
    ServiceConfirmed,
    ServiceCorrected,
    ServiceLimitsSet,
    ServicePlanned,
    ServiceRecorded,
    ServiceWithdrawn,
)
from events.worker import WorkerLeftHome, WorkerReported, WorkerTakenBack
from projections import homes, services
from projections.fold import fold
from services.decisions.worker.facts import reported
from tests.given import Aggregate, Given, area, given, t, worker

service, service_limits = Aggregate("service"), Aggregate("service_limits")
A, B = "230717001001", "230719001001"


@pytest.fixture
def crew() -> Given:
    """Return a courier who has not reported yet."""
    return given(
        *(area.define(area=code, name=code) for code in ("230717", "230717001", A, "230719", "230719001", B)),
        worker.register(worker="W1", role="courier", home_area=A),
        worker.register(worker="W2", role="courier", home_area=A),
    )


def times(since: str, until: str) -> dict[str, str]:
    return {"since": t(since).isoformat(), "until": t(until).isoformat()}


def plan(key: str, since: str, until: str, who: str = "W1") -> Any:
    return service.plan(service=key, worker=who, area=A, **times(since, until))


def record(key: str, since: str, until: str, who: str = "W1") -> Any:
    return service.record(service=key, worker=who, area=A, **times(since, until))


REPORT_A, REPORT_B = worker.report(worker="W1", area=A), worker.report(worker="W1", area=B)
LEAVE = worker.leave_home(worker="W1")


def row(crew: Given) -> homes.HomeRow | None:
    found = fold(homes.VIEW, crew.log.commits).get("W1")
    assert found is None or isinstance(found, homes.HomeRow)
    home = found.area if found and found.state == "reported" else None
    assert home == reported(crew.state, "W1")
    return found


def test_there_is_one_home_at_an_instant(crew: Given):
    crew.and_(REPORT_A, now=t("01:00")).and_(REPORT_B, now=t("03:00"))
    known = row(crew)
    assert known is not None
    assert (known.area, known.since, known.state) == (B, t("03:00"), "reported")
    before = homes.at(known, t("02:00"))
    assert before is not None
    assert (before.area, before.since) == (A, t("01:00"))
    assert homes.at(known, t("00:30")) is None


def test_who_leaves_has_no_home_until_they_report_again(crew: Given):
    crew.and_(REPORT_A, now=t("01:00"))
    crew.when(LEAVE, now=t("02:00")).only(WorkerLeftHome).then(WorkerLeftHome, area=A, reported=None)
    crew.when(LEAVE, now=t("03:00")).unchanged()
    known = row(crew)
    assert known is not None
    assert (known.area, known.state, known.left_at) == (A, "left", t("02:00"))
    crew.when(REPORT_A, now=t("04:00")).only(WorkerReported)
    known = row(crew)
    assert known is not None
    assert (known.state, known.since) == ("reported", t("04:00"))


def test_leaving_is_told_late_and_taken_back(crew: Given):
    crew.and_(REPORT_A, now=t("01:00")).and_(REPORT_B, now=t("03:00"))
    crew.when(LEAVE, at=t("02:00"), now=t("05:00")).then(WorkerLeftHome, area=A, reported=B)
    known = row(crew)
    assert known is not None
    then = homes.at(known, t("02:30"))
    assert then is not None
    assert then.state == "left"
    crew.and_(LEAVE, now=t("06:00"), id="oops")
    crew.when(worker.take_back(worker="W1", command="oops"), now=t("06:01")).then(
        WorkerTakenBack, kind="leave", reported=B
    )
    known = row(crew)
    assert known is not None
    assert (known.area, known.state) == (B, "reported")


def test_an_earlier_time_of_the_same_report_is_news(crew: Given):
    crew.and_(REPORT_A, now=t("03:00"))
    crew.when(REPORT_A, at=t("01:00"), now=t("04:00")).only(WorkerReported)
    crew.when(REPORT_A, at=t("02:00"), now=t("05:00")).unchanged()
    known = row(crew)
    assert known is not None
    assert known.since == t("01:00")


def test_who_retires_leaves(crew: Given):
    crew.and_(REPORT_A, now=t("01:00")).and_(worker.retire(worker="W1"), now=t("02:00"))
    found = fold(homes.VIEW, crew.log.commits)["W1"]
    assert isinstance(found, homes.HomeRow)
    assert (found.state, found.left_at) == ("left", t("02:00"))


def test_only_who_has_reported_is_planned_and_once_at_a_time(crew: Given):
    crew.when(plan("S1", "10:00", "12:00")).refused("service.not_reported", "W1")
    crew.and_(REPORT_A)
    crew.when(plan("S1", "10:00", "12:00")).only(ServicePlanned)
    crew.when(plan("S1", "10:00", "12:00")).unchanged()
    crew.when(plan("S2", "11:00", "13:00")).refused("service.planned_already", "S1")
    crew.when(plan("S2", "12:00", "13:00")).only(ServicePlanned)
    crew.when(plan("S1", "14:00", "15:00")).refused("service.exists", "S1")
    crew.and_(service.withdraw(service="S1", reason="ill"))
    crew.when(plan("S3", "10:00", "11:00")).only(ServicePlanned)


@pytest.mark.parametrize("command", [plan, record])
def test_times_must_make_sense(crew: Given, command: Any):
    crew.and_(REPORT_A, now=t("+50 00:00"))
    crew.when(command("S1", "10:00", "10:00")).refused("service.ends_first")
    crew.when(command("S1", "10:00", "+40 10:00")).refused("service.too_long")


def test_what_was_agreed_elsewhere_is_recorded_all_the_same(crew: Given):
    crew.when(plan("S1", "10:00", "12:00"), observed=True).only(ServicePlanned).anomaly(
        "service.not_reported"
    )
    crew.and_(REPORT_A)
    crew.when(plan("S2", "11:00", "13:00"), observed=True).anomaly("service.planned_already")


def test_what_took_place_cannot_lie_ahead(crew: Given):
    crew.when(record("S1", "01:00", "03:00"), now=t("02:00")).refused("service.future")
    crew.when(record("S1", "01:00", "03:00"), now=t("03:00")).only(ServiceRecorded)
    crew.when(record("S1", "01:00", "03:00")).unchanged()
    crew.when(record("S1", "01:00", "02:00")).refused("service.exists", "S1")
    crew.when(record("S2", "01:00", "02:00", "W9")).refused("worker.unknown", "W9")


def test_a_plan_took_place_and_keeps_its_times(crew: Given):
    crew.and_(REPORT_A).and_(plan("S1", "10:00", "12:00"))
    crew.when(record("S1", "10:30", "11:00", "W2"), now=t("13:00")).refused("service.of_another", "W2")
    crew.when(service.correct(service="S1", reason="time")).refused("service.only_planned", "S1")
    crew.and_(record("S1", "10:30", "11:30"))
    (found,) = fold(services.VIEW, crew.log.commits).values()
    assert isinstance(found, services.ServicesRow)
    assert (found.state, found.since, found.planned_since) == ("recorded", t("10:30"), t("10:00"))
    then = services.at(found, t("09:00"))
    assert then is not None
    assert (then.state, then.since) == ("planned", t("10:00"))


def test_a_record_is_corrected_with_a_reason_and_withdrawn_once(crew: Given):
    crew.and_(record("S1", "01:00", "03:00"), now=t("04:00"))
    correct = service.correct(service="S1", area=B, until=t("03:30").isoformat(), reason="time")
    crew.when(correct).only(ServiceCorrected).then(ServiceCorrected, area=B, since=t("01:00"))
    crew.when(correct).unchanged()
    crew.when(service.correct(service="S1", until=t("05:00").isoformat(), reason="time")).refused(
        "service.future"
    )
    withdraw = service.withdraw(service="S1", reason="error")
    crew.when(withdraw).only(ServiceWithdrawn)
    crew.when(withdraw).unchanged()
    crew.when(correct).refused("service.withdrawn", "S1")
    crew.when(service.withdraw(service="S9", reason="error")).refused("service.unknown", "S9")


def test_only_what_is_shown_is_confirmed(crew: Given):
    crew.and_(record("S1", "01:00", "23:00"), now=t("+1 00:00"))

    def confirm(until: str) -> Any:
        return worker.confirm_service(worker="W1", source="activity", shown_by="S1", **times("01:00", until))

    crew.when(confirm("22:00")).refused("service.not_shown", "S1")
    crew.when(confirm("23:00")).only(ServiceConfirmed)
    crew.when(confirm("23:00")).unchanged()


def test_limits_are_set_from_a_date_on(crew: Given):
    crew.when(service_limits.set(longest_hours=12)).only(ServiceLimitsSet)
    crew.when(service_limits.set(longest_hours=12)).unchanged()
