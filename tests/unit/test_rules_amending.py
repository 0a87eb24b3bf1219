"""Two people amend one thing: what changed since is refused with who changed it, never overwritten."""

from typing import Any

import pytest

from events.area import AreaRenamed
from events.base import Event
from events.incident import IncidentAmended
from events.request import RequestAmended
from events.team import TeamAmended
from events.worker import WorkerAmended
from tests.given import Given, area, given, incident, request, t, team, worker

A = "230717"


@pytest.fixture
def city() -> Given:
    """Set up one of everything that can be amended."""
    return given(
        area.define(area=A, name="County 1"),
        incident.declare(incident="I1", name="Lockdown"),
        worker.register(worker="W1", role="courier"),
        team.form(team="T1", name="Team 1", kind="courier", area=A),
        request.open(request="R1", category="grocery", area=A),
    )


AMENDMENTS: list[tuple[Any, dict[str, str], str, tuple[Any, Any], type[Event]]] = [
    (request.amend, {"request": "R1"}, "priority", (1, 2), RequestAmended),
    (request.amend, {"request": "R1"}, "address", ("sealed:a", "sealed:b"), RequestAmended),
    (worker.amend, {"worker": "W1"}, "role", ("rider", "medic"), WorkerAmended),
    (worker.amend, {"worker": "W1"}, "call_sign", ("Heron", "Crane"), WorkerAmended),
    (team.amend, {"team": "T1"}, "name", ("One", "Uno"), TeamAmended),
    (incident.amend, {"incident": "I1"}, "name", ("Flood", "Storm"), IncidentAmended),
    (area.rename, {"area": A}, "name", ("North", "South"), AreaRenamed),
]


@pytest.mark.parametrize(("amend", "key", "field", "values", "event"), AMENDMENTS)
def test_what_somebody_changed_since_is_not_overwritten(
    city: Given,
    amend: Any,
    key: dict[str, str],
    field: str,
    values: tuple[Any, Any],
    event: type[Event],
):
    seen = city.state.head.position
    theirs, mine = values
    city.and_(amend(**key, **{field: theirs}, based_on=seen), now=t("01:00"))
    refused = city.when(amend(**key, **{field: mine}, based_on=seen))
    assert refused.refusal is not None
    assert refused.refusal.code == "amend.conflict"
    assert refused.refusal.values == {
        "field": field,
        "fields": (field,),
        "by": "test",
        "at": seen + 1,
        "changed": t("01:00"),
    }
    city.when(amend(**key, **{field: mine}, based_on=seen + 1)).only(event)


def test_the_other_fields_may_have_changed(city: Given):
    seen = city.state.head.position
    city.and_(request.amend(request="R1", priority=1))
    city.when(request.amend(request="R1", quantity=3, based_on=seen)).only(RequestAmended)


def test_the_same_change_twice_is_no_conflict(city: Given):
    seen = city.state.head.position
    city.and_(request.amend(request="R1", priority=1))
    city.when(request.amend(request="R1", priority=1, based_on=seen)).unchanged()


def test_all_fields_in_conflict_are_named(city: Given):
    seen = city.state.head.position
    city.and_(request.amend(request="R1", priority=1), now=t("01:00"))
    city.and_(request.amend(request="R1", slots=2, quantity=2), now=t("02:00"))
    refused = city.when(request.amend(request="R1", priority=2, slots=3, lon=1.0, lat=1.0, based_on=seen))
    assert refused.refusal is not None
    assert refused.refusal.values["fields"] == ("priority", "slots")
    assert (refused.refusal.values["field"], refused.refusal.values["changed"]) == ("slots", t("02:00"))
    refused.refused("amend.conflict", "priority, slots", "slots by test")


def test_without_a_basis_it_is_as_before_and_an_observed_one_is_noted(city: Given):
    seen = city.state.head.position
    city.and_(request.amend(request="R1", priority=1))
    city.when(request.amend(request="R1", priority=2)).only(RequestAmended).anomaly()
    city.when(request.amend(request="R1", priority=3, based_on=seen), observed=True).anomaly("amend.conflict")
