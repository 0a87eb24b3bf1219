"""The scenario's service at home before the lockdown: 238 reported, 114 person-times, each opens to its rows.

The figures are worked out a second time here, from events as they are exported and without Muster's folds.
"""

from collections import Counter
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from projections.catalog import views
from projections.fold import step
from projections.serving import READ, Asked, Book, book, reporting, sums
from services.demo.scenarios import SCENARIOS
from services.demo.scenarios.yichun.days import LOCKDOWN
from services.verify.laws import service as law
from tests.scale import LONG
from tests.unit.test_scenario import Run

REPORTED, PERSON_TIMES = 238, 114
BEFORE = Asked(zone=ZoneInfo("Asia/Shanghai"), root="2307")
DATES = [LOCKDOWN, LOCKDOWN - timedelta(days=10, hours=7), LOCKDOWN - timedelta(days=38)]
Time = tuple[str, str, datetime, datetime]
"""Person, area, since, until."""


@pytest.fixture(scope="module", params=[328, 2022] if LONG else [328])
def run(request: pytest.FixtureRequest) -> Run:
    items = takewhile(lambda one: one.received < LOCKDOWN, SCENARIOS["yichun"](request.param).timed)
    return Run(request.param, items=items)


@pytest.fixture(scope="module")
def exported(run: Run) -> list[dict[str, Any]]:
    """Return the events as lines of an export, in the order in which they happened."""
    lines = [
        {"at": one.at, "position": one.position, "name": one.name, **msgspec.to_builtins(one.data)}
        for one in run.events
    ]
    return sorted(lines, key=lambda line: (line["at"], line["position"]))


@pytest.fixture(scope="module")
def rows(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in (*READ, "jurisdictions"):
        found[name] = {}
        for event in run.events:
            step(views[name], found[name], event)
    return found


def by_hand(lines: list[dict[str, Any]], when: datetime) -> tuple[set[str], list[Time]]:
    """Return who had reported by then, and the time of each of them between a check-in and what ended it."""
    home: dict[str, str] = {}
    on: dict[str, tuple[str, datetime]] = {}
    times: list[Time] = []
    for line in lines:
        who = line.get("worker")
        if line["at"] > when or who is None:
            continue
        if line["name"] == "worker.reported":
            home[who] = line["area"]
        elif line["name"] in ("worker.checked_in", "worker.checked_out"):
            if who in on:
                times.append((who, *on.pop(who), line["at"]))
            if line["name"] == "worker.checked_in" and who in home:
                on[who] = line["area"], line["at"]
    return set(home), times + [(who, *since, when) for who, since in on.items()]


def test_238_reported_and_114_person_times_before_the_lockdown(
    rows: dict[str, Any], exported: list[dict[str, Any]]
):
    found = book(rows, LOCKDOWN)
    reported, times = by_hand(exported, LOCKDOWN)
    assert (len(reported), len(times)) == (REPORTED, PERSON_TIMES)
    people = reporting(found, BEFORE)
    assert {who for who, row in people.items() if row.state == "reported"} == reported
    assert sum(row.person_times for row in people.values()) == PERSON_TIMES
    (whole,) = sums(found, msgspec.structs.replace(BEFORE, level=0)).values()
    assert whole.person_times == PERSON_TIMES
    assert whole.people == len({who for who, *_ in times})


@pytest.mark.parametrize("when", DATES)
def test_each_figure_opens_to_its_rows_as_of_any_date(
    rows: dict[str, Any], exported: list[dict[str, Any]], when: datetime
):
    found = book(rows, when)
    reported, times = by_hand(exported, when)
    assert set(reporting(found, BEFORE)) == reported
    shown = [(row.worker, row.area, row.since, row.until) for row in found.rows.values()]
    assert sorted(shown) == sorted(times)
    assert {row.state for row in found.rows.values()} <= {"counted"}


@pytest.mark.parametrize("by", ["week", "month", "quarter"])
def test_periods_and_communities_add_up(rows: dict[str, Any], exported: list[dict[str, Any]], by: Any):
    found: Book = _then(rows)
    _, times = by_hand(exported, LOCKDOWN)
    counted = sums(found, msgspec.structs.replace(BEFORE, by=by)).values()
    assert sum(row.person_times for row in counted) == PERSON_TIMES
    assert Counter({row.area: 0 for row in counted}) | Counter(area for _, area, *_ in times) == _times(
        counted
    )
    length = sum((until - since for *_, since, until in times), timedelta())
    assert abs(sum(row.seconds for row in counted) - length.total_seconds()) < 1e-3


def _times(counted: Any) -> Counter[str]:
    found = Counter[str]()
    for row in counted:
        found[row.area] += row.person_times
    return found


def test_the_law_holds(rows: dict[str, Any]):
    assert list(law.broken("2307", rows)) == []


def _then(rows: dict[str, Any]) -> Book:
    return book(rows, LOCKDOWN)
