"""Stations of the Yichun scenario: 121, 113 on the public map, 700 uses and more, from raw events."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from events.base import EventEnvelope
from events.station import StationPublished, StationRegistered, StationUsed
from projections import station_days, station_uses, stations
from projections.fold import step
from services.demo.scenarios.yichun.days import LOCKDOWN, REGISTRATION
from services.stations.hours import readable
from tests.scale import LONG
from tests.unit.test_scenario import Run
from tests.unit.test_scenario_ledger import played


@pytest.fixture(scope="module", params=[1, 7] if LONG else [1])
def run(request: pytest.FixtureRequest) -> Run:
    return played(request.param)


def folded(run: Run, view: Any) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for event in run.events:
        step(view, rows, event)
    return rows


def by_hand(events: list[EventEnvelope], when: datetime) -> tuple[int, int, int]:
    """Count stations, those on the map and uses, by nothing but what the events say."""
    happened = [event.data for event in events if event.at <= when]
    known = {e.station for e in happened if isinstance(e, StationRegistered)}
    on_map = {e.station for e in happened if isinstance(e, StationPublished)}
    uses = {e.use for e in happened if isinstance(e, StationUsed)}
    return len(known), len(on_map & known), len(uses)


def test_the_founding_figures_before_the_lockdown(run: Run) -> None:
    known, on_map, uses = by_hand(list(run.events), LOCKDOWN)
    assert (known, on_map) == (121, 113)
    assert uses > 700


def test_the_views_answer_the_same_at_any_date(run: Run) -> None:
    rows, uses = folded(run, stations.VIEW), folded(run, station_uses.VIEW)
    for when in (REGISTRATION, datetime.fromisoformat("2022-03-10T12:00:00+08:00"), LOCKDOWN):
        then = [row for one in rows.values() if (row := stations.at(one, when))]
        used = [one for one in uses.values() if station_uses.at(one, when)]
        figures = len(then), sum(row.on_map for row in then), len(used)
        assert figures == by_hand(list(run.events), when)


def test_each_figure_opens_to_its_rows(run: Run) -> None:
    uses, days = folded(run, station_uses.VIEW), folded(run, station_days.VIEW)
    by_day = Counter((row.station, row.day) for row in uses.values())
    assert {(row.station, row.day): row.uses for row in days.values() if row.uses} == by_day


def test_hours_that_nobody_can_read_are_among_them(run: Run) -> None:
    rows = folded(run, stations.VIEW).values()
    assert [row.station for row in rows if not readable(row.hours)] == [
        "station-040",
        "station-080",
        "station-120",
    ]
