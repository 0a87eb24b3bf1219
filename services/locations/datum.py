"""Convert between Chinese map datums and WGS-84. Pure.

GCJ-02 (AMap, Tencent, phones sold in China) shifts by some 500 m inside China; BD-09 (Baidu) shifts GCJ-02
again. Neither is published officially; the formulas are those of all public converters
(Krasovsky 1940 ellipsoid): GCJ-02 as in github.com/googollee/eviltransform, BD-09 as in
github.com/wandergis/coordtransform. The inverse is iterated to less than a millimetre. Outside China both are
WGS-84.
"""

from math import atan2, cos, pi, sin, sqrt
from typing import Final, Literal

Datum = Literal["WGS-84", "GCJ-02", "BD-09"]
Point = tuple[float, float]
"""(longitude, latitude) in degrees."""

_A: Final = 6378245.0
_EE: Final = 0.00669342162296594323
_X: Final = pi * 3000.0 / 180.0
_ROUNDS: Final = 12


def to_wgs84(lon: float, lat: float, datum: Datum) -> Point:
    """Convert a point from any of the three datums, rounded to 6 decimals (0.1 m)."""
    if datum == "BD-09":
        lon, lat = bd09_to_gcj02(lon, lat)
    if datum != "WGS-84":
        lon, lat = gcj02_to_wgs84(lon, lat)
    return round(lon, 6), round(lat, 6)


def outside_china(lon: float, lat: float) -> bool:
    """Return whether a point is outside the rectangle in which the shift applies."""
    return not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271)


def wgs84_to_gcj02(lon: float, lat: float) -> Point:
    """Shift a point as maps of China do."""
    if outside_china(lon, lat):
        return lon, lat
    x, y = lon - 105.0, lat - 35.0
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    angle = lat / 180.0 * pi
    magic = 1.0 - _EE * sin(angle) ** 2
    root = sqrt(magic)
    north = north * 180.0 / ((_A * (1.0 - _EE)) / (magic * root) * pi)
    east = east * 180.0 / (_A / root * cos(angle) * pi)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> Point:
    """Find the point that shifts to this one."""
    if outside_china(lon, lat):
        return lon, lat
    found_lon, found_lat = lon, lat
    for _ in range(_ROUNDS):
        there_lon, there_lat = wgs84_to_gcj02(found_lon, found_lat)
        found_lon, found_lat = found_lon + lon - there_lon, found_lat + lat - there_lat
    return found_lon, found_lat


def gcj02_to_bd09(lon: float, lat: float) -> Point:
    """Apply Baidu's additional shift."""
    if outside_china(lon, lat):
        return lon, lat
    z = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * _X)
    theta = atan2(lat, lon) + 0.000003 * cos(lon * _X)
    return z * cos(theta) + 0.0065, z * sin(theta) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> Point:
    """Find the point that shifts to this one."""
    if outside_china(lon, lat):
        return lon, lat
    found_lon, found_lat = lon - 0.0065, lat - 0.006
    for _ in range(_ROUNDS):
        there_lon, there_lat = gcj02_to_bd09(found_lon, found_lat)
        found_lon, found_lat = found_lon + lon - there_lon, found_lat + lat - there_lat
    return found_lon, found_lat
