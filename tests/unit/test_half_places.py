"""Longitude and latitude come together: half a place is refused, and a row with one is rejected."""

from pathlib import Path

import pytest
from intaking import Deciding, run, sums

from events.request import RequestAmended
from services.decisions.base import commands
from services.intake import parse_mapping, preview
from services.refusals import sentence
from tests.given import Aggregate, Given, area, given, incident, request, t

station, inspection, unit = Aggregate("station"), Aggregate("inspection"), Aggregate("unit")
PLACED = {
    "area.define": {"area": "230719", "name": "County 3"},
    "inspection.report": {"inspection": "I1"},
    "request.amend": {"request": "R1"},
    "request.open": {"category": "grocery", "area": "230717"},
    "station.amend": {"station": "S1"},
    "station.register": {"name": "Station 2", "kind": "youth"},
}
"""Each command that gives a place, and the rest of its body."""


@pytest.fixture(scope="module")
def town() -> Given:
    """Return a town in which nothing has a place yet."""
    return given(
        area.define(area="230717", name="County 1"),
        incident.declare(incident="F1", name="Fire"),
        request.open(request="R1", category="grocery", area="230717"),
        station.register(station="S1", name="Station 1", kind="youth"),
        unit.establish(unit="U1", name="Unit 1", duty="lead", area="2307"),
        inspection.order(inspection="I1", manner="written", unit="U1"),
    )


def test_every_command_with_a_place_is_looked_at() -> None:
    with_place = {name for name, one in commands.items() if {"lon", "lat"} & one.model_fields.keys()}
    assert with_place == PLACED.keys()


@pytest.mark.parametrize("name", PLACED)
@pytest.mark.parametrize(("given_", "word"), [("lon", "longitude"), ("lat", "latitude")])
@pytest.mark.parametrize("observed", [False, True])
def test_half_a_place_is_refused(town: Given, name: str, given_: str, word: str, observed: bool) -> None:
    for half in ({given_: 47.7}, {"lon": None, "lat": None, given_: 47.7}):
        told = town.when(commands[name](**PLACED[name], **half), at=t("00:00"), observed=observed)
        told.refused("place.half", f"only the {word} is given")
        assert told.refusal is not None
        assert told.refusal.values == {"given": given_}
        assert "同时填写经度和纬度" in sentence("place.half", told.refusal.values, "zh")


def test_an_amendment_may_correct_one_of_both_but_not_take_it_away() -> None:
    there = given(
        area.define(area="230717", name="County 1"),
        request.open(request="R1", category="grocery", area="230717", lon=128.9, lat=47.7),
    )
    there.when(request.amend(request="R1", lat=47.8)).then(RequestAmended, lat=47.8)
    there.when(request.amend(request="R1", lat=None)).refused("place.half")
    there.when(request.amend(request="R1", lat=None, lon=None)).then(RequestAmended, lat=None, lon=None)


SHEET = """
name = "needs"
[[source]]
name = "needs"
[[source.command]]
name = "request.open"
[source.command.data]
request = "{id}"
category = "food"
area = "{jurisdiction}"
lon = "{lon}"
lat = "{lat}"
"""


async def test_a_row_with_half_a_place_is_rejected_in_the_preview_and_in_the_import(tmp_path: Path) -> None:
    sink = Deciding()
    await sink.establish()
    table = "id,lon,lat\n1,128.9,47.7\n2,128.9,\n3,,47.7\n4,,\n"
    done = await run(tmp_path, SHEET, table, sink)
    assert sums(done) == (4, 2, 0, 2)
    shown = (await preview(tmp_path / "table.csv", parse_mapping(SHEET))).rows
    assert [(one.code, one.values.get("given")) for one in shown if one.code] == [
        ("place.half", "lon"),
        ("place.half", "lat"),
    ]
