"""Certificates say what the log shows, and a correction of it revokes them by itself."""

from typing import Any

import pytest

from events.certificate import CertificateIssued, CertificateRevoked
from projections import certificates
from projections.fold import fold
from tests.given import Aggregate, Given, area, given, t, worker

certificate, service = Aggregate("certificate"), Aggregate("service")
service_limits, activity = Aggregate("service_limits"), Aggregate("activity")
HOME = "230717"


@pytest.fixture
def crew() -> Given:
    """Return a courier who reported home, was on duty for three hours, and has a certificate of the day."""
    crew = given(
        area.define(area=HOME, name="County 1"),
        worker.register(worker="W1", role="courier", home_area=HOME),
        worker.report(worker="W1", area=HOME),
    )
    crew.and_(worker.check_in(worker="W1", area=HOME), now=t("01:00"), id="in")
    crew.and_(worker.check_out(worker="W1"), now=t("04:00"), id="out")
    return crew.and_(issue("C1", "00:00", "06:00"), now=t("08:00"))


def issue(key: str, since: str, until: str) -> Any:
    return certificate.issue(
        certificate=key, worker="W1", since=t(since).isoformat(), until=t(until).isoformat()
    )


def record(key: str, since: str, until: str) -> Any:
    return service.record(
        service=key, worker="W1", area=HOME, since=t(since).isoformat(), until=t(until).isoformat()
    )


def states(crew: Given) -> dict[str, tuple[str, str | None]]:
    rows = fold(certificates.VIEW, crew.log.commits)
    return {
        key: (row.state, row.reason)
        for key, row in rows.items()
        if isinstance(row, certificates.CertificateRow)
    }


def test_a_certificate_says_what_the_log_shows(crew: Given):
    crew.when(issue("C2", "02:00", "06:00")).only(CertificateIssued).then(
        CertificateIssued, person_times=0, seconds=7200, area=HOME
    )
    crew.when(issue("C3", "00:00", "06:00")).then(CertificateIssued, person_times=1, seconds=10800)
    crew.when(issue("C1", "00:00", "06:00")).unchanged()
    crew.when(issue("C1", "00:00", "05:00")).refused("certificate.exists", "C1")


def test_its_period_is_over(crew: Given):
    crew.when(issue("C2", "00:00", "09:00")).refused("certificate.period")
    crew.when(issue("C2", "06:00", "06:00")).refused("certificate.period")


CORRECTIONS: list[Any] = [
    worker.correct_duty(worker="W1", fact="out", happened_at=t("03:00").isoformat(), reason="forgot"),
    record("S1", "04:30", "05:00"),
    service_limits.set(longest_hours=2),
]


@pytest.mark.parametrize("command", CORRECTIONS)
def test_a_correction_of_the_service_revokes_it_in_the_same_step(crew: Given, command: Any):
    at = {"at": t("00:30")} if command.NAME == "service_limits.set" else {}
    crew.when(command, now=t("09:00"), **at).then(
        CertificateRevoked, certificate="C1", reason="corrected", automatic=True
    )
    assert states(crew) == {"C1": ("revoked", "corrected")}


def test_having_been_at_an_activity_and_its_end_revoke_it(crew: Given):
    times = {"begins": t("04:00").isoformat(), "ends": t("05:00").isoformat()}
    crew.and_(
        activity.announce(activity="A1", title="Clean-up", area=HOME, serves=True, **times), at=t("03:00")
    )
    attend = activity.attend(activity="A1", worker="W1")
    crew.when(attend, at=t("04:30")).then(CertificateRevoked, certificate="C1")
    crew.and_(issue("C2", "00:00", "06:00"))
    crew.when(activity.call_off(activity="A1")).then(CertificateRevoked, certificate="C2")


def test_what_lies_outside_its_period_does_not(crew: Given):
    crew.and_(record("S1", "06:00", "07:00"))
    crew.and_(worker.check_in(worker="W1", area=HOME), now=t("09:00"))
    assert states(crew) == {"C1": ("valid", None)}


def test_it_is_revoked_by_hand_once(crew: Given):
    revoke = certificate.revoke(certificate="C1", reason="error")
    crew.when(revoke).only(CertificateRevoked)
    crew.when(revoke).unchanged()
    crew.when(certificate.revoke(certificate="C9", reason="error")).refused("certificate.unknown", "C9")
    assert states(crew) == {"C1": ("revoked", "error")}


def test_a_late_report_that_makes_service_of_it_revokes_it():
    crew = given(
        area.define(area=HOME, name="County 1"),
        worker.register(worker="W1", role="courier", home_area=HOME),
    )
    crew.and_(worker.check_in(worker="W1", area=HOME), now=t("01:00"))
    crew.and_(worker.check_out(worker="W1"), now=t("04:00")).and_(issue("C1", "00:00", "04:00"))
    crew.when(worker.report(worker="W1", area=HOME), at=t("00:30"), now=t("05:00")).then(
        CertificateRevoked, certificate="C1"
    )
