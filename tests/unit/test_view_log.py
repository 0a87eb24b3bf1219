"""Views of the log: activity, anomalies, areas, jurisdictions, commands."""

from typing import Any

import pytest
from each import each

from events.base import Personal
from projections import activity, anomalies, areas, commands, jurisdictions
from projections.activity import ActivityRow
from projections.anomalies import AnomalyRow
from projections.areas import AreaRow
from projections.base import View, personal_fields
from projections.catalog import views
from projections.commands import CommandRow
from projections.fold import fold
from projections.jurisdictions import JurisdictionRow
from services.decisions.state import COMMANDS
from tests.given import Given, area, assignment, given, request, t, team, worker

A = "230717"


def rows(case: Given, view: View[Any]) -> dict[str, Any]:
    """Return the view's rows, folded from the log."""
    return dict(fold(view, case.log.commits))


@pytest.fixture
def city() -> Given:
    """Set up a county with a grid, and W1 registered with a phone."""
    return (
        given()
        .and_(area.define(area=A, name="County 1", lon=128.9, lat=47.7), id="define")
        .and_(area.define(area=f"{A}-01", name="Grid 1"), now=t("00:10"))
        .and_(worker.register(worker="W1", role="courier", name="sealed:n", phone="sealed:p"), now=t("00:20"))
    )


def test_areas(city: Given):
    city.and_(area.rename(area=A, name="County one"), area.close(area=f"{A}-01"))
    assert rows(city, areas.VIEW) == {
        "2307": AreaRow(area="2307", name="2307", parent=None, level=0, changed=1),
        A: AreaRow(area=A, name="County one", changed=5, parent="2307", level=1, lon=128.9, lat=47.7),
        f"{A}-01": AreaRow(area=f"{A}-01", name="Grid 1", changed=3, parent=A, level=2, closed=True),
    }


def test_jurisdictions(city: Given):
    assert rows(city, jurisdictions.VIEW) == {
        "2307": JurisdictionRow(
            jurisdiction="2307", name="2307", timezone="Asia/Shanghai", established_at=t("00:00")
        )
    }


def test_commands_remember_the_last_event_of_each(city: Given):
    form = team.form(team="T1", name="Team", kind="courier", area=A, members=("W1",), activate=True)
    city.and_(form, id="form")
    found = rows(city, commands.VIEW)
    assert found["define"] == CommandRow(position=2, name="jurisdiction.established", body="body")
    assert found["form"] == CommandRow(position=7, name="team.formed", body="body")
    known = city.state[COMMANDS]
    assert {k: (r.position, r.name, r.body) for k, r in found.items()} == {
        k: (c.position, c.name, c.body) for k, c in known.items()
    }


def test_activity_is_every_event_by_position(city: Given):
    found = rows(city, activity.VIEW)
    assert [found[key].name for key in sorted(found)] == [
        "jurisdiction.established",
        "area.defined",
        "area.defined",
        "worker.registered",
    ]
    assert found["000000000002"] == ActivityRow(
        position=2,
        name="area.defined",
        at=t("00:00"),
        recorded_at=t("00:00"),
        actor="test",
        command="define",
        subject=f"area/{A}",
        area=A,
        detail={"name": "County 1", "parent": "2307", "lon": 128.9, "lat": 47.7},
    )


def test_activity_says_nothing_personal(city: Given):
    row = rows(city, activity.VIEW)["000000000004"]
    assert row.worker == "W1"
    assert row.detail == {
        "role": "courier",
        "capacity": 1,
        "walk_in": False,
        "call_sign": "C-0001",
        "number": 1,
    }
    city.and_(worker.amend(worker="W1", phone="sealed:other"))
    assert "sealed" not in str(rows(city, activity.VIEW))


def test_activity_says_where_and_of_what(city: Given):
    city.and_(worker.check_in(worker="W1", area=A), request.open(request="R1", category="grocery", area=A))
    city.and_(assignment.dispatch(assignment="A1", request="R1", worker="W1"))
    city.and_(assignment.progress(assignment="A1", stage="en_route"), at=t("00:30"), now=t("01:00"))
    row = list(rows(city, activity.VIEW).values())[-1]
    assert (row.assignment, row.request, row.worker, row.area) == ("A1", "R1", "W1", A)
    assert row.subject == "assignment/A1"
    assert (row.detail, row.at, row.recorded_at) == ({"stage": "en_route"}, t("00:30"), t("01:00"))


def test_activity_has_an_area_wherever_something_was_done(city: Given):
    """A memberless team en route, and a worker who checks out: these events move nobody into an area."""
    city.and_(team.form(team="T1", name="Team", kind="engine", area=A, activate=True))
    city.and_(request.open(request="R1", category="fire", area=A), worker.check_in(worker="W1", area=A))
    city.and_(assignment.dispatch(assignment="A1", request="R1", team="T1"))
    city.and_(assignment.progress(assignment="A1", stage="on_scene"))
    city.and_(assignment.progress(assignment="A1", stage="hospital"))
    city.and_(assignment.done(assignment="A1"), worker.check_out(worker="W1"))
    last = list(rows(city, activity.VIEW).values())[-6:]
    assert [(row.name, row.area) for row in last] == [
        ("assignment.dispatched", A),
        ("assignment.progressed", A),
        ("assignment.progressed", A),
        ("assignment.done", A),
        ("request.completed", A),
        ("worker.checked_out", A),
    ]


def test_anomalies(city: Given):
    city.and_(request.open(request="R1", category="grocery", area=A), now=t("01:00"))
    send = assignment.dispatch(assignment="A1", request="R1", worker="W1")
    city.and_(send, now=t("02:00"), observed=True, id="send")
    assert rows(city, anomalies.VIEW) == {
        "000000000006:worker.off_duty": AnomalyRow(
            position=6,
            code="worker.off_duty",
            name="assignment.dispatched",
            at=t("02:00"),
            recorded_at=t("02:00"),
            actor="test",
            command="send",
            subject="assignment/A1",
            area=A,
            worker="W1",
            request="R1",
            assignment="A1",
        )
    }


def test_a_day_without_trouble_has_no_anomalies(city: Given):
    assert rows(city, anomalies.VIEW) == {}


# -- every view ----------------------------------------------------------------------------------------------


@each("view", views.values(), ids=lambda view: view.name)
def test_filters_and_the_order_are_fields_of_the_row(view: View[Any]):
    fields = set(view.row.__struct_fields__)
    assert set(view.filters) <= fields
    assert view.sort.removeprefix("-") in {"key", *view.filters}


@each("view", views.values(), ids=lambda view: view.name)
def test_nothing_personal_is_a_filter(view: View[Any]):
    assert not set(personal_fields(view.row)) & set(view.filters)


def test_personal_fields_are_known_by_their_type():
    assert Personal is not str
    assert personal_fields(views["roster"].row) == ("name", "phone")
    assert personal_fields(views["headcount"].row) == ()
