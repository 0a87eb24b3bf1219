"""Source lists of the Yichun scenario, compared with its ledger: every figure counted from the events."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from projections.catalog import views
from projections.comparison import ComparisonRow, CompletenessRow
from projections.fold import step
from services.demo.scenarios.yichun.days import LOCKDOWN
from services.demo.scenarios.yichun.institutions.enterprises import Enterprises
from services.demo.scenarios.yichun.institutions.lists import (
    CLOSED,
    DIFFERENT,
    FEBRUARY,
    MARCH,
    RENAMED,
    SAME,
    STAY_UNKNOWN,
    UNKNOWN,
    lists,
)
from services.demo.scenarios.yichun.institutions.reviews import CLOSES
from services.demo.scenarios.yichun.places import ROOT, Places
from services.demo.scenarios.yichun.world import World
from services.matching.asked import READ, compared_at
from services.matching.completeness import completeness
from services.verify.laws.source_lists import LAW
from tests.unit.test_scenario import Run

DAY = timedelta(days=1)
Views = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def run() -> Run:
    """Play the areas, the registrations and the lists alone."""
    places, world = Places(), World(1)
    found = Enterprises(World(1, "institutions"), places)

    def begin() -> None:
        world.send("jurisdiction.establish", {"name": "伊春市"}, "admin/city")
        for place in places.every:
            world.send("area.define", {"area": place.code, "name": place.name}, "admin/city")

    world.on(world.now, begin)
    for number, one in enumerate(found.all):
        when = world.now + timedelta(minutes=10) if number < 375 else FEBRUARY + DAY * 11
        world.on(when, lambda e=one: world.send("enterprise.register", e.body(), "dispatcher/registry"))
    items = sorted([*world.run(), *lists(1, found.all)], key=lambda one: one.received)
    return Run(1, items=items)


@pytest.fixture(scope="module")
def rows(run: Run) -> Views:
    found: Views = {name: {} for name in READ}
    for event in run.events:
        for name in READ:
            step(views[name], found[name], event)
    return found


def compared(rows: Views, when: datetime) -> dict[str, list[ComparisonRow]]:
    by: dict[str, list[ComparisonRow]] = {}
    for one in compared_at(ROOT, rows, when)[1]:
        by.setdefault(one.source_list, []).append(one)
    return by


def counted(rows: Views, when: datetime, key: str) -> tuple[int, ...]:
    """Return (entries, code, verdict, names, candidate, missing)."""
    issued, found = compared_at(ROOT, rows, when)
    row: CompletenessRow = completeness(ROOT, issued, found)[key]
    return row.entries, row.code, row.verdict, row.names, row.candidate, row.missing


def test_nothing_unforeseen_happens(run: Run):
    assert run.unforeseen == []


def test_the_enterprise_that_closes_is_not_in_the_second_export(rows: Views):
    assert 378 + CLOSES == CLOSED
    names = {one.entry for one in compared(rows, LOCKDOWN)["registry-export"]}
    assert f"R-{CLOSED + 1:03}" not in names


def test_the_first_export_lacks_three_that_register_later_and_six_unknown_firms(
    rows: Views,
):
    late, bad = 3, 21
    before = counted(rows, FEBRUARY + DAY, "registry-export/list")
    renamed = len(RENAMED)
    assert before == (378 + UNKNOWN, 378 - late - bad - renamed, 0, renamed, bad, late + UNKNOWN)
    missing = [
        one.name for one in compared(rows, FEBRUARY + DAY)["registry-export"] if one.state == "missing"
    ]
    assert sum("企业90" in name for name in missing) == UNKNOWN


def test_at_the_lockdown_most_are_judged(rows: Views):
    entries, code, verdict, names, candidate, missing = counted(rows, LOCKDOWN, "registry-export/list")
    assert (entries, code, names) == (377 + STAY_UNKNOWN, 377 - 21 - len(RENAMED), len(RENAMED))
    assert (verdict, missing) == (SAME, STAY_UNKNOWN + DIFFERENT - 1)
    assert candidate == entries - code - names - verdict - missing


def test_a_different_verdict_survives_the_second_export_until_it_is_taken_back(
    rows: Views,
):
    def state(when: datetime) -> str:
        (said,) = (
            one for one in rows["entries"].values() if any(s.match == f"match-{SAME}" for s in one.said)
        )
        return next(one.state for one in compared(rows, when)["registry-export"] if one.entry == said.entry)

    assert [state(when) for when in (FEBRUARY + DAY, MARCH + DAY, LOCKDOWN)] == [
        "candidate",
        "missing",
        "candidate",
    ]


def test_lists_without_codes_and_of_some_trades(rows: Views):
    assert counted(rows, LOCKDOWN, "platform-list/list") == (127, 0, 100, 0, 24, 3)
    entries, code, verdict, names, candidate, missing = counted(rows, LOCKDOWN, "tax-list/list")
    assert (entries, verdict, names, missing) == (173, 0, 0, 2)
    assert code + candidate == 171


def test_every_unmatched_name_has_its_own_enterprise_among_its_candidates(rows: Views):
    for some in compared(rows, LOCKDOWN).values():
        for one in some:
            if one.state == "candidate":
                assert [c.enterprise[-3:] for c in one.candidates] == [one.entry[-3:]]


def test_the_law_holds(rows: Views):
    assert list(LAW.broken(ROOT, rows)) == []
