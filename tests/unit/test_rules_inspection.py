"""Inspections: who reports, what a report needs, and that whatever is found becomes an undertaking."""

from datetime import datetime
from typing import Any

import pytest

from events.inspection import InspectionCalledOff, InspectionErased, InspectionOrdered, InspectionReported
from events.undertaking import UndertakingSetUp
from projections import inspections, posts, undertakings
from projections.fold import fold
from services.decisions.base import Command, Scope
from services.verify.laws import undertakings as law
from tests.given import DAY, Aggregate, Given, area, given, t, worker

inspection, undertaking = Aggregate("inspection"), Aggregate("undertaking")
unit, post = Aggregate("unit"), Aggregate("post")
COUNTY = "230717"
CLERK = "dispatcher/clerk"
MAY = datetime.fromisoformat("2022-05-06T12:00:00+08:00")


@pytest.fixture
def city() -> Given:
    return given(
        area.define(area=COUNTY, name="1"),
        unit.establish(unit="U1", name="U1", area="2307"),
        unit.establish(unit="U2", name="U2", area=COUNTY),
        post.create(post="lead", name="lead", unit="U1", area="2307", first=True),
        post.create(post="street", name="street", unit="U2", area=COUNTY, parent="lead"),
        post.charge(post="street", task="answer", area=COUNTY),
        worker.register(worker="W1", role="courier", home_area=COUNTY),
        worker.register(worker="W2", role="courier", home_area=COUNTY),
        undertaking.set_up(undertaking="T1", title="Title", leader="lead", area=COUNTY),
        actor=CLERK,
    )


def order(key: str = "I1", **fields: Any) -> Command:
    return inspection.order(**{"inspection": key, "undertaking": "T1", "inspector": "W1", **fields})


@pytest.fixture
def ordered(city: Given) -> Given:
    return city.and_(order())


def report(key: str = "I1", **fields: Any) -> Command:
    return inspection.report(**{"inspection": key, "place": "Station 1", **fields})


def row(after: Given, key: str = "I1") -> Any:
    return fold(inspections.VIEW, after.log.commits)[key]


def test_it_is_ordered_of_an_undertaking_or_a_unit(city: Given):
    city.when(order()).then(InspectionOrdered, area=COUNTY, inspector="W1", manner="on_site")
    city.when(order()).refused("inspection.exists", "I1")
    city.when(order(), observed=True, at=DAY).unchanged()
    city.when(order("I2", undertaking=None)).refused("inspection.of_nothing")
    city.when(order("I2", undertaking="T9")).refused("undertaking.unknown", "T9")
    city.when(order("I2", undertaking=None, unit="U9")).refused("unit.unknown", "U9")
    city.when(order("I2", inspector="W9")).refused("worker.unknown", "W9")
    city.when(inspection.report(inspection="I9")).refused("inspection.unknown", "I9")


def test_a_report_from_the_spot_says_where_that_was(ordered: Given):
    ordered.when(inspection.report(inspection="I1")).refused("inspection.no_place", "I1")
    ordered.and_(order("I2", manner="written"))
    ordered.when(inspection.report(inspection="I2")).only(InspectionReported)
    ordered.when(report(lat=47.7, lon=128.8, note="sealed:n")).only(InspectionReported)
    found = row(ordered)
    assert (found.state, found.place, found.lat, found.note) == ("reported", "Station 1", 47.7, "sealed:n")


def test_the_inspector_alone_reports_from_a_phone(ordered: Given):
    mine, others = Scope(worker="W1"), Scope(worker="W2")
    ordered.when(report(), scope=others).refused("forbidden")
    ordered.when(report(findings=[{"text": "No light"}]), scope=mine).only(
        InspectionReported, UndertakingSetUp
    )


def test_whatever_is_found_becomes_an_undertaking_of_whoever_leads(ordered: Given):
    ordered.when(report(findings=[{"text": "No light"}, {"text": "No water", "due": MAY}])).only(
        InspectionReported, UndertakingSetUp, UndertakingSetUp
    )
    found: Any = fold(undertakings.VIEW, ordered.log.commits)
    first, second = (found[one.undertaking] for one in row(ordered).findings)
    assert (first.title, first.category, first.parent, first.inspection) == (
        "No light",
        "finding",
        "T1",
        "I1",
    )
    assert (first.leader, first.unit) == ("lead", "U1")
    assert (first.due.day, second.due.day) == ("2022-04-12", "2022-05-06"), "ten working days, or as given"
    rows = {
        "undertakings": found,
        "inspections": {"I1": row(ordered)},
        "monthly_reviews": {},
        "posts": fold(posts.VIEW, ordered.log.commits),
    }
    assert list(law.broken("2307", rows)) == []
    gone = {"T1": found["T1"]}
    lost = list(law.broken("2307", {**rows, "undertakings": gone}))
    assert ["became no undertaking" in one for one in lost] == [True, True]


def test_what_is_found_at_a_unit_is_with_the_post_that_answers_there(city: Given):
    city.and_(order(undertaking=None, unit="U2", area=COUNTY))
    city.when(report(findings=[{"text": "No light"}])).then(
        UndertakingSetUp, leader="street", unit="U2", parent=None
    )
    city.and_(order("I2", undertaking=None, unit="U2", area="2307"))
    city.when(report("I2", findings=[{"text": "No light"}])).then(UndertakingSetUp, leader="lead")


def test_where_nobody_answers_nothing_can_be_found():
    city = given(
        unit.establish(unit="U1", name="U1", area="2307"), order(undertaking=None, unit="U1", inspector=None)
    )
    city.when(report(findings=[{"text": "No light"}])).refused("inspection.nobody", "2307")
    city.when(report()).only(InspectionReported)


def test_what_was_done_is_inspected_too_and_a_finding_is_then_no_subtask(ordered: Given):
    ordered.and_(undertaking.withdraw(undertaking="T1", reason="R"))
    ordered.when(report(findings=[{"text": "No light"}])).then(UndertakingSetUp, parent=None, leader="lead")


def test_it_ends_once(ordered: Given):
    ordered.when(inspection.call_off(inspection="I1", reason="R"), at=t("-1 00:00")).refused(
        "inspection.not_yet", "I1"
    )
    ordered.when(report(), at=t("-1 00:00"), observed=True).anomaly("inspection.not_yet")
    ordered.when(report()).refused("inspection.ended", "reported")
    ordered.and_(order("I2"))
    ordered.when(inspection.call_off(inspection="I2", reason="R")).only(InspectionCalledOff)
    assert row(ordered, "I2").reason == "R"


def test_note_and_picture_can_be_erased(ordered: Given):
    ordered.and_(report(note="sealed:n", file="0" * 64, findings=[{"text": "No light"}]))
    ordered.when(inspection.erase(inspection="I1")).only(InspectionErased)
    ordered.when(inspection.erase(inspection="I1")).unchanged()
    assert (row(ordered).note, row(ordered).file, row(ordered).found) == (None, None, 1)


def test_it_can_be_read_as_of_any_instant(ordered: Given):
    ordered.and_(report(), now=t("+1 00:00"))
    found = row(ordered)
    assert inspections.at(found, t("-1 00:00")) is None
    then = inspections.at(found, t("0 12:00"))
    assert then is not None
    assert (then.state, then.place) == ("ordered", None)
    assert inspections.at(found, t("+2 00:00")) == found
