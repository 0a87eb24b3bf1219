"""Welfare checks: by the command centre or by the worker, of whoever is on duty."""

import pytest

from events.worker import WorkerWelfareChecked
from services.decisions.base import Scope
from tests.given import Given, area, given, t, worker

A = "230717"
CHECK = worker.check_welfare(worker="W1", note="sealed:n")


@pytest.fixture
def city() -> Given:
    """Set up W1 on duty, and W2 who is not."""
    return given(
        area.define(area=A, name="County 1"),
        worker.register(worker="W1", role="courier"),
        worker.register(worker="W2", role="courier"),
        worker.check_in(worker="W1", area=A),
    )


def test_a_check_says_of_whom_where_and_what(city: Given):
    city.when(CHECK).then(WorkerWelfareChecked, worker="W1", area=A, note="sealed:n")


def test_workers_say_themselves_that_they_are_well_and_of_nobody_else(city: Given):
    own = Scope(worker="W1")
    city.when(CHECK, scope=own).only(WorkerWelfareChecked)
    city.when(worker.check_welfare(worker="W2"), scope=own).refused("forbidden")


def test_only_people_on_duty_are_checked(city: Given):
    nobody = worker.check_welfare(worker="W2")
    city.when(nobody).refused("worker.off_duty", "W2")
    city.when(nobody, observed=True).anomaly("worker.off_duty")
    city.when(worker.check_welfare(worker="W9")).refused("worker.unknown")


def test_a_late_report_counts_from_when_it_was(city: Given):
    event = city.when(CHECK, at=t("01:00"), now=t("02:00")).events[0]
    assert event.at == t("01:00")
