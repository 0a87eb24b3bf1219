"""Chinese map datums: the published shift, and an inverse within half a metre everywhere."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.locations.datum import (
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    outside_china,
    to_wgs84,
    wgs84_to_gcj02,
)

CHINA = st.tuples(st.floats(75, 134), st.floats(19, 53))


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance between two close points."""
    east = (one[0] - other[0]) * 111_320 * cos(radians(one[1]))
    return hypot(east, (one[1] - other[1]) * 110_540)


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
        ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    ],
    ids=["Shanghai", "Shenzhen", "Beijing", "Beijing, coordtransform"],
)
def test_the_shift_is_the_published_one(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    """Test points of eviltransform and coordtransform."""
    assert wgs84_to_gcj02(*wgs) == pytest.approx(gcj, abs=1e-9)
    assert to_wgs84(*gcj, "GCJ-02") == pytest.approx(wgs, abs=1e-6)


def test_baidu_shifts_once_more_as_published() -> None:
    """A test point of coordtransform, whose inverse is not iterated and so some decimetres off."""
    assert gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)
    assert bd09_to_gcj02(116.404, 39.915) == pytest.approx((116.39762729119315, 39.90865673957631), abs=1e-5)


@given(CHINA)
def test_there_and_back_is_the_same_place(point: tuple[float, float]) -> None:
    gcj = wgs84_to_gcj02(*point)
    assert metres(gcj02_to_wgs84(*gcj), point) < 0.01
    bd = gcj02_to_bd09(*gcj)
    assert metres(bd09_to_gcj02(*bd), gcj) < 0.01
    assert metres(to_wgs84(*bd, "BD-09"), point) < 0.5
    assert metres(to_wgs84(*gcj, "GCJ-02"), point) < 0.5


def test_elsewhere_and_in_wgs84_nothing_is_shifted() -> None:
    assert outside_china(-122.4, 37.8)
    for datum in ("WGS-84", "GCJ-02", "BD-09"):
        assert to_wgs84(-122.4, 37.8, datum) == (-122.4, 37.8)
    assert to_wgs84(128.9, 47.7, "WGS-84") == (128.9, 47.7)
