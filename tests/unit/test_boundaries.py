"""Boundaries of areas: the file, its datum, its names, and what is left of its points."""

import json
from math import cos, pi, sin
from typing import Any

import pytest

from events.boundary import Boundary
from services.intake import FileError
from services.intake.boundaries import planned
from services.intake.boundaries.simplifying import simplified
from services.locations.datum import wgs84_to_gcj02

SQUARE = ((((128.9, 47.7), (128.91, 47.7), (128.91, 47.71), (128.9, 47.71), (128.9, 47.7)),),)
NAMES = {"2307": "伊春市", "230717": "伊美区", "230717001": "旭日街道", "230718": "南岔", "230719": "南 岔"}
AREAS = list(NAMES.items())
SWAPPED = [[[47.7, 128.9], [47.8, 128.9], [47.7, 129]]]


def feature(coordinates: Any = SQUARE, kind: str = "MultiPolygon", **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def file(*features: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def only(content: bytes) -> Boundary:
    (boundary,) = planned(content, "a.geojson", AREAS).wanted.values()
    return boundary


def circle(points: int, metres: float = 5000.0) -> list[list[list[float]]]:
    turns = [2 * pi * i / points for i in range(points)] + [0.0]
    degree = metres / 111_320
    ring = [[128.9 + degree * cos(t) / cos(47.7 * pi / 180), 47.7 + degree * sin(t)] for t in turns]
    return [ring]


@pytest.mark.parametrize(
    ("properties", "matched"),
    [
        ({"code": "230717"}, "230717"),
        ({"ADCODE": 230717}, "230717"),
        ({"adcode": "230717000000"}, "230717"),
        ({"name": "旭日街道"}, "230717001"),
        ({"名称": " 伊 美 区 "}, "230717"),
        ({"code": "unknown", "name": "伊美区"}, "230717"),
    ],
)
def test_a_feature_is_matched_by_code_or_else_by_name(properties: dict[str, Any], matched: str) -> None:
    assert list(planned(file(feature(**properties)), "a", AREAS).wanted) == [matched]


@pytest.mark.parametrize(
    ("one", "code", "names"),
    [
        (feature(name="旭日街"), "boundary.no_area", ("旭日街道 (230717001)",)),
        (feature(name="Elsewhere"), "boundary.no_area", None),
        (feature(name="南岔"), "boundary.ambiguous", ("230718", "230719")),
        (feature(), "boundary.unnamed", None),
        (feature([128.9, 47.7], "Point", code="230717"), "boundary.no_polygon", None),
        (
            feature(SWAPPED, "Polygon", code="230717"),
            "boundary.no_polygon",
            None,
        ),
    ],
)
def test_what_cannot_be_matched_is_listed_with_the_nearest_names(
    one: dict[str, Any], code: str, names: tuple[str, ...] | None
) -> None:
    account = planned(file(one, feature(code="230717001")), "a", AREAS).account
    (rejected,) = [item for item in account.items if item.outcome == "rejected"]
    assert (rejected.feature, rejected.code, account.rejected, account.features) == (1, code, 1, 2)
    assert rejected.values.get("near", rejected.values.get("areas")) == names
    assert rejected.reason


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
def test_a_file_is_read_in_the_encoding_that_its_first_bytes_tell(encoding: str) -> None:
    content = file(feature(名称="伊美区")).decode().encode(encoding)
    assert list(planned(content, "a", AREAS).wanted) == ["230717"]


def test_names_are_told_without_the_controls_that_turn_text_around() -> None:
    account = planned(file(feature(name="A\u202eB")), "a", AREAS).account
    assert [one.name for one in account.items] == ["A[U+202E]B"]


def test_points_in_gcj_02_are_converted() -> None:
    ring = SQUARE[0][0]
    shifted = [[[list(wgs84_to_gcj02(*point)) for point in ring]]]
    boundary = only(file(feature(shifted, code="230717"), datum="GCJ-02"))
    for (lon, lat), (true_lon, true_lat) in zip(boundary[0][0], ring, strict=True):
        assert abs(lon - true_lon) < 2e-5
        assert abs(lat - true_lat) < 2e-5


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_a_declared_wgs_84_is_kept(crs: str) -> None:
    assert only(file(feature(code="230717"), crs={"properties": {"name": crs}})) == SQUARE


@pytest.mark.parametrize(
    ("content", "variant"),
    [
        (b"name,code", "json"),
        (b'{"type": "FeatureCollection"}', "no_features"),
        (file(feature(), crs={"properties": {"name": "EPSG:4547"}}), "crs"),
        (file(*[feature()] * 5001), "features"),
    ],
)
def test_what_is_no_file_of_boundaries_says_why(content: bytes, variant: str) -> None:
    with pytest.raises(FileError) as raised:
        planned(content, "a.geojson", AREAS)
    assert raised.value.values["variant"] == variant


def test_a_long_line_keeps_its_shape_in_few_points() -> None:
    (boundary,) = only(file(feature(circle(20_000), "Polygon", code="230717")))
    (ring,) = boundary
    assert 40 < len(ring) <= 800
    assert ring[0] == ring[-1]
    off = [
        abs(((x - 128.9) * cos(47.7 * pi / 180)) ** 2 + (y - 47.7) ** 2 - (5000 / 111_320) ** 2)
        for x, y in ring
    ]
    assert max(off) < 1e-5


def test_a_square_a_metre_wide_is_left_when_it_is_all_there_is() -> None:
    tiny = [[(128.9, 47.7), (128.90001, 47.7), (128.90001, 47.70001), (128.9, 47.7)]]
    assert simplified([tiny]) == [tiny]
    large = [[(128.9, 47.7), (129.0, 47.7), (129.0, 47.8), (128.9, 47.7)]]
    assert simplified([large, tiny]) == [large]


def test_features_of_one_area_are_its_parts() -> None:
    other = [[[[lon + 0.1, lat] for lon, lat in SQUARE[0][0]]]]
    boundary = only(file(feature(code="230717"), feature(other, code="230717")))
    assert len(boundary) == 2


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "GeometryCollection", "geometries": 5},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [[[10**400, 1], [1, 1], [1, 2]]]},
        {"type": ["Polygon"], "coordinates": []},
    ],
)
def test_a_geometry_that_cannot_be_read_is_rejected(geometry: dict[str, Any]) -> None:
    broken = {"type": "Feature", "properties": {"code": "230717"}, "geometry": geometry}
    for crs in (None, 1, {"properties": [1]}):
        account = planned(file(broken, crs=crs), "a.geojson", AREAS).account
        assert [one.code for one in account.items] == ["boundary.no_polygon"]


def test_a_file_of_too_many_points_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(FileError) as raised:
        planned(b'{"features": [' + b"[" * 1_000_001, "a.geojson", AREAS)
    assert raised.value.values["variant"] == "vertices"


def test_a_line_made_to_be_slow_takes_no_longer_than_others() -> None:
    points = 8000
    teeth = [[128 + i % 2 * 0.001 * (1 - i / points), 47 + i * 1e-6] for i in range(points)]
    assert 4 <= len(only(file(feature([teeth], "Polygon", code="230717")))[0][0]) <= 800


def test_nearest_names_are_looked_for_only_so_often() -> None:
    unknown = [feature(name=f"旭日街{number}") for number in range(300)]
    items = planned(file(*unknown), "a.geojson", AREAS).account.items
    assert ["near" in one.values for one in items] == [True] * 200 + [False] * 100
