"""Enterprises: registered, amended, moved, merged, closed and reopened, each at its own time."""

from typing import Any

import pytest

from events.enterprise import (
    EnterpriseAmended,
    EnterpriseClosed,
    EnterpriseMerged,
    EnterpriseMoved,
    EnterpriseRegistered,
    EnterpriseReopened,
)
from projections import enterprises
from projections.enterprises import EnterpriseRow
from projections.fold import fold
from services.decisions.base import Command
from services.decisions.enterprise.table import ENTERPRISES, enterprise_at
from tests.given import Aggregate, Given, area, given, t

enterprise = Aggregate("enterprise")
COUNTY, OTHER = "230717", "230718"
GOOD = "91110000600037341L"


def register(key: str = "E1", **fields: Any) -> Command:
    return enterprise.register(**{"enterprise": key, "area": COUNTY, "name": f"Firm {key}", **fields})


@pytest.fixture
def city() -> Given:
    """Two counties with an enterprise in the first, known since 08:00."""
    return given(area.define(area=COUNTY, name="1"), area.define(area=OTHER, name="2"), register())


def rows(after: Given) -> dict[str, EnterpriseRow]:
    found: Any = fold(enterprises.VIEW, after.log.commits)
    return found


# -- registering -------------------------------------------------------------------------------------------


def test_it_is_registered_once(city: Given):
    city.when(register("E2", code=GOOD)).then(EnterpriseRegistered, code=GOOD)
    city.when(register(name="Other")).refused("enterprise.exists", "E1")


def test_registering_again_what_is_known_changes_nothing(city: Given):
    city.when(register(), observed=True).unchanged()


def test_without_an_area_it_lies_in_the_whole_jurisdiction(city: Given):
    city.when(register("E2", area=None)).then(EnterpriseRegistered, area="2307")
    city.when(register("E3", area="230799")).refused("area.unknown", "230799")


@pytest.mark.parametrize(
    ("code", "state"),
    [(GOOD, "good"), (None, "missing"), ("230702100012345", "old"), (f"{GOOD[:-1]}X", "failing")],
)
def test_a_wrong_code_never_blocks_and_is_flagged(city: Given, code: str | None, state: str):
    after = city.when(register("E2", code=code)).then(EnterpriseRegistered, code=code).and_given
    assert (rows(after)["E2"].code, rows(after)["E2"].code_state) == (code, state)


# -- amending ----------------------------------------------------------------------------------------------


def test_only_what_differs_is_amended(city: Given):
    city.when(enterprise.amend(enterprise="E1", employees=9, name="Firm E1")).then(
        EnterpriseAmended, employees=9
    )
    city.when(enterprise.amend(enterprise="E1", name="Firm E1")).unchanged()
    city.when(enterprise.amend(enterprise="E9", name="X")).refused("enterprise.unknown", "E9")


def test_two_people_do_not_overwrite_each_other(city: Given):
    city.and_(enterprise.amend(enterprise="E1", employees=9))
    city.when(enterprise.amend(enterprise="E1", employees=7, based_on=1)).refused("amend.conflict")


def test_nothing_happens_before_it_is_known(city: Given):
    city.and_(area.define(area="230719", name="3"), now=t("02:00"))
    early: dict[str, Any] = {"at": t("-1 10:00")}
    change = enterprise.amend(enterprise="E1", employees=9)
    city.when(change, **early).refused("enterprise.later", "E1")
    city.when(change, observed=True, **early).anomaly("enterprise.later")


def test_what_is_entered_late_takes_its_place(city: Given):
    city.and_(enterprise.amend(enterprise="E1", employees=20), now=t("05:00"))
    city.and_(enterprise.amend(enterprise="E1", employees=10), at=t("03:00"), now=t("06:00"))
    assert city.state[ENTERPRISES]["E1"].employees == 20
    row = rows(city)["E1"]
    assert row.employees == 20
    seen = [enterprises.at(row, t(clock)) for clock in ("02:00", "04:00", "05:00")]
    assert [one and one.employees for one in seen] == [None, 10, 20]
    assert enterprises.at(row, t("-1 00:00")) is None


# -- moving, merging, closing -------------------------------------------------------------------------------


def test_it_moves_within_the_city_or_away(city: Given):
    city.when(enterprise.move(enterprise="E1", area=OTHER)).then(EnterpriseMoved, area=OTHER)
    city.when(enterprise.move(enterprise="E1", area=OTHER)).unchanged()
    city.when(enterprise.move(enterprise="E1", to="Harbin")).then(EnterpriseMoved, area=OTHER, to="Harbin")
    assert city.state[ENTERPRISES]["E1"].state == "away"


@pytest.mark.parametrize("where", [{}, {"area": OTHER, "to": "Harbin"}])
def test_a_move_says_one_place(city: Given, where: dict[str, str]):
    city.when(enterprise.move(enterprise="E1", **where)).refused("enterprise.where", "E1")


def test_it_merges_into_another_one_that_is_open(city: Given):
    city.and_(register("E2"))
    city.when(enterprise.merge(enterprise="E1", into="E1")).refused("enterprise.into_itself", "E1")
    city.when(enterprise.merge(enterprise="E1", into="E9")).refused("enterprise.unknown", "E9")
    city.when(enterprise.merge(enterprise="E1", into="E2")).then(EnterpriseMerged, into="E2")
    city.when(enterprise.merge(enterprise="E2", into="E1")).refused("enterprise.ended", "E1", "merged")


@pytest.mark.parametrize(
    "change",
    [
        enterprise.amend(enterprise="E1", employees=9),
        enterprise.move(enterprise="E1", area=OTHER),
        enterprise.merge(enterprise="E1", into="E2"),
    ],
)
def test_what_has_ended_changes_no_more_but_what_was_before_is_entered_late(city: Given, change: Command):
    city.and_(register("E2"))
    city.and_(enterprise.close(enterprise="E1", reason="Stopped"), now=t("05:00"))
    city.when(change, now=t("06:00")).refused("enterprise.ended", "E1", "closed")
    city.when(change, at=t("04:00")).anomaly()


def test_what_is_observed_after_the_end_is_noted(city: Given):
    city.and_(enterprise.close(enterprise="E1"), now=t("05:00"))
    change = enterprise.amend(enterprise="E1", employees=9)
    city.when(change, observed=True, now=t("06:00")).anomaly("enterprise.ended")


@pytest.mark.parametrize(
    "end",
    [
        enterprise.close(enterprise="E1"),
        enterprise.move(enterprise="E1", to="Harbin"),
        enterprise.merge(enterprise="E1", into="E2"),
    ],
)
def test_an_end_told_late_contradicts_nothing_that_came_after(city: Given, end: Command):
    city.and_(register("E2"))
    city.and_(enterprise.amend(enterprise="E1", employees=9), now=t("05:00"))
    city.when(end, at=t("04:00"), now=t("06:00")).refused("enterprise.goes_on", "E1", "05:00")
    city.when(end, at=t("05:00")).anomaly()
    later = given(area.define(area=COUNTY, name="1"), register(), register("E2"))
    later.and_(enterprise.amend(enterprise="E1", employees=9), now=t("05:00"))
    later.when(end, at=t("04:00"), observed=True, now=t("06:00")).anomaly("enterprise.goes_on")


def test_another_one_merges_only_into_one_that_is_there(city: Given):
    city.and_(register("E2"))
    city.and_(enterprise.merge(enterprise="E2", into="E1"), now=t("05:00"))
    late: dict[str, Any] = {"at": t("04:00"), "now": t("06:00")}
    city.when(enterprise.close(enterprise="E1"), **late).refused("enterprise.named", "E2", "E1", "05:00")
    city.when(enterprise.close(enterprise="E1"), observed=True, **late).anomaly("enterprise.named")


def test_of_two_ends_the_first_one_counts(city: Given):
    city.and_(enterprise.close(enterprise="E1"), now=t("05:00"))
    city.and_(enterprise.move(enterprise="E1", to="Harbin"), at=t("03:00"), now=t("06:00"))
    row = rows(city)["E1"]
    assert (row.state, row.closed_at) == ("away", t("03:00"))


def test_a_value_told_late_is_news_even_if_it_was_so_already(city: Given):
    """What is told later of a time between ends there."""
    same = enterprise.amend(enterprise="E1", employees=10)
    city.and_(same, now=t("02:00")).and_(same, at=t("04:00"), now=t("05:00"))
    city.when(same, at=t("04:00")).unchanged()
    city.and_(enterprise.amend(enterprise="E1", employees=20), at=t("03:00"))
    seen = [enterprises.at(rows(city)["E1"], t(clock)) for clock in ("02:30", "03:30", "04:00", "05:00")]
    assert [one and one.employees for one in seen] == [10, 20, 10, 10]
    assert city.state[ENTERPRISES]["E1"].employees == 10


def test_it_closes_and_reopens(city: Given):
    city.when(enterprise.reopen(enterprise="E1")).unchanged()
    city.when(enterprise.close(enterprise="E1", reason="Stopped")).then(EnterpriseClosed, reason="Stopped")
    city.when(enterprise.close(enterprise="E1")).unchanged()
    city.when(enterprise.reopen(enterprise="E1")).then(EnterpriseReopened, area=COUNTY)
    assert city.state[ENTERPRISES]["E1"].closed_at is None


# -- history -----------------------------------------------------------------------------------------------


def test_the_state_and_the_view_are_one_fold_at_every_instant(city: Given):
    city.and_(enterprise.close(enterprise="E1"), now=t("05:00"))
    city.and_(enterprise.move(enterprise="E1", area=OTHER), at=t("03:00"), now=t("06:00"))
    city.and_(enterprise.reopen(enterprise="E1"), now=t("07:00"))
    row = rows(city)["E1"]
    for clock in ("00:00", "03:00", "04:59", "05:00", "06:30", "07:00"):
        then, seen = enterprise_at(city.state, "E1", t(clock)), enterprises.at(row, t(clock))
        assert seen
        assert then
        assert (seen.area, seen.state, seen.closed_at, seen.history) == (
            then.area,
            then.state,
            then.closed_at,
            then.facts,
        )
    assert [fact.what for fact in row.history] == [
        "enterprise.registered",
        "enterprise.moved",
        "enterprise.closed",
        "enterprise.reopened",
    ]


def test_a_sheet_has_a_memory_of_enterprises(city: Given):
    says = {"sheet": "registry/enterprises"}
    city.and_(register("E2", employees=5, said=says))
    city.when(register("E2", employees=5, said=says)).unchanged()
    city.when(register("E2", employees=6, said=says)).then(EnterpriseAmended, employees=6)
    city.and_(enterprise.amend(enterprise="E2", employees=8))
    city.when(register("E2", employees=6, said=says)).refused("sheet.differs")
    city.when(register("E2", employees=6, said={**says, "accept": True})).then(EnterpriseAmended, employees=6)
