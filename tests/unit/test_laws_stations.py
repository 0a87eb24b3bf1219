"""The law of stations: each is what was recorded, at any date, and its sums are those of its rows."""

from typing import Any

import msgspec
import pytest

from projections import needs, station_days, station_uses, stations
from projections.fold import fold
from services.verify.laws.stations import LAW
from tests.given import Aggregate, J, area, given, t

station, need = Aggregate("station"), Aggregate("need")


@pytest.fixture
def rows() -> dict[str, dict[str, Any]]:
    """Return the rows of a station with a report, two uses and a need, told out of order."""
    city = given(
        area.define(area="230717", name="1"),
        station.register(station="S1", area="230717", name="Station 1", seats=4, lat=47.7, lon=128.8),
    )
    city.and_(station.publish(station="S1"), now=t("09:00"))
    city.and_(station.amend(station="S1", seats=5), now=t("10:00"), at=t("08:30"))
    city.and_(station.report(station="S1", status="open", present=2), now=t("10:00"), at=t("09:30"))
    city.and_(station.use(station="S1"), now=t("10:00"), at=t("09:40"))
    city.and_(station.use(station="S1", service="rest"), now=t("10:00"), at=t("09:20"))
    city.and_(need.open(need="N1", station="S1", item="Water"), need.close(need="N1"))
    views: tuple[Any, ...] = (stations.VIEW, station_days.VIEW, station_uses.VIEW, needs.VIEW)
    return {view.name: dict(fold(view, city.log.commits)) for view in views}


def broken(rows: dict[str, dict[str, Any]]) -> list[str]:
    return list(LAW.broken(J, rows))


def test_what_the_rules_let_happen_is_lawful(rows: dict[str, dict[str, Any]]):
    assert broken(rows) == []


@pytest.mark.parametrize(
    ("view", "key", "fields"),
    [
        ("stations", "S1", {"seats": 9}),
        ("stations", "S1", {"on_map": False}),
        ("stations", "S1", {"status": "full"}),
        ("station_days", "S1@2022-03-28", {"uses": 3}),
        ("station_days", "S1@2022-03-28", {"by_hour": {"17": 1}}),
        ("needs", "N1", {"state": "open"}),
    ],
)
def test_what_was_not_recorded_is_found(
    rows: dict[str, dict[str, Any]], view: str, key: str, fields: dict[str, Any]
):
    row = msgspec.structs.replace(rows[view][key], **fields)
    found = broken({**rows, view: {**rows[view], key: row}})
    assert len(found) == 1
    assert key in found[0]


def test_a_use_that_no_day_has_is_found(rows: dict[str, dict[str, Any]]):
    assert len(broken({**rows, "station_days": {}})) == 1
