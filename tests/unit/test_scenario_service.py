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
from projections.difficulty_figures import figures
from projections.fold import step
from projections.serving import READ, Asked, Book, book, reporting, sums
from services.demo.scenarios import SCENARIOS
from services.demo.scenarios.yichun.days import LOCKDOWN
from services.verify.laws import difficulties as of_difficulties
from services.verify.laws import service as law
from services.verify.laws import stations as of_stations
from tests import by_hand as counting
from tests.scale import LONG
from tests.unit.test_scenario import Run

REPORTED, PERSON_TIMES = 238, 114
BEFORE = Asked(zone=ZoneInfo("Asia/Shanghai"), root="2307")
DATES = [LOCKDOWN, LOCKDOWN - timedelta(days=10, hours=7), LOCKDOWN - timedelta(days=38)]
LAWFUL = ("station_days", "needs", "posts")
"""Views that only the laws of stations and difficulties read."""
INSTITUTIONS = ("stations", "station_uses", "activities", "visits", "difficulties", "reliefs")
MIDNIGHTS = [LOCKDOWN - timedelta(days=n, microseconds=1) for n in range(0, 43, 1 if LONG else 7)]
"""The ends of local days from the first registration to the eve of the lockdown; in short, of each week."""
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
    for name in (*READ, "jurisdictions", *LAWFUL, *INSTITUTIONS):
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


@pytest.fixture(scope="module")
def lines(run: Run) -> list[counting.Line]:
    return counting.exported(run.events)


def _at(name: str, rows: dict[str, Any], when: datetime) -> dict[str, Any]:
    """Return the rows of a view as of a date."""
    at: Any = views[name].at
    return {key: then for key, row in rows[name].items() if (then := at(row, when))}


@pytest.mark.parametrize("when", MIDNIGHTS, ids=lambda when: f"{when:%m-%d}")
def test_the_founding_figures_are_those_of_the_events_at_any_date(
    rows: dict[str, Any], lines: list[counting.Line], when: datetime
):
    """121 stations, 113 on the map, 700 uses, 11 activities, 1,153 visits, 283 solved, 13 reliefs, 238, 114:
    each is the number of its rows as of the date, and what pencil and paper make of the exported events."""
    then = {name: _at(name, rows, when).values() for name in INSTITUTIONS}
    people = reporting(book(rows, when), BEFORE).values()
    total = figures(rows["difficulties"].values(), when)[-1]
    ended = total.solved + total.declined + total.withdrawn + total.closed
    assert total.raised == total.open + ended
    shown = {
        "R6.stations": len(then["stations"]),
        "R6.on_map": sum(row.on_map for row in then["stations"]),
        "R6.uses": len(then["station_uses"]),
        "R5.activities": sum(row.attended > 0 for row in then["activities"]),
        "R5.visits": len(then["visits"]),
        "R5.solved": total.solved,
        "R5.reliefs": len(then["reliefs"]),
        "R7.reported": sum(row.state == "reported" for row in people),
    }
    counted = counting.counted(lines, when)
    assert shown == {name: counted[name] for name in shown}
    assert sum(row.person_times for row in people) == counting.person_times(lines, when)


def test_the_laws_hold_at_all_their_dates(rows: dict[str, Any]):
    """Of stations with their days, uses and needs, and of difficulties with the posts that have them."""
    assert [*of_stations.LAW.broken("2307", rows), *of_difficulties.LAW.broken("2307", rows)] == []


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
