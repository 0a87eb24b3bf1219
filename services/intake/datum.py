"""Coordinates to WGS-84 from GCJ-02 (Chinese maps) and BD-09 (Baidu), by the public formulas."""

from math import atan2, cos, pi, sin, sqrt
from typing import Final

A: Final = 6378245.0
"""Semi-major axis of Krasovsky 1940, metres."""
EE: Final = 0.00669342162296594323
"""Its first eccentricity squared."""
X_PI: Final = pi * 3000.0 / 180.0


def to_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]:
    """Degrees in the named datum to degrees in WGS-84, rounded to 6 places (0.1 m)."""
    if datum == "BD-09":
        lon, lat = _bd_to_gcj(lon, lat)
    if datum in ("BD-09", "GCJ-02"):
        lon, lat = _gcj_to_wgs(lon, lat)
    return round(lon, 6), round(lat, 6)


def in_china(lon: float, lat: float) -> bool:
    """Where GCJ-02 differs from WGS-84 at all (a rough box)."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def wgs_to_gcj(lon: float, lat: float) -> tuple[float, float]:
    """WGS-84 to GCJ-02."""
    if not in_china(lon, lat):
        return lon, lat
    dlat, dlon = _shift_lat(lon - 105.0, lat - 35.0), _shift_lon(lon - 105.0, lat - 35.0)
    radians = lat / 180.0 * pi
    magic = 1 - EE * sin(radians) ** 2
    dlat = dlat * 180.0 / (A * (1 - EE) / (magic * sqrt(magic)) * pi)
    dlon = dlon * 180.0 / (A / sqrt(magic) * cos(radians) * pi)
    return lon + dlon, lat + dlat


def _gcj_to_wgs(lon: float, lat: float) -> tuple[float, float]:
    """By iteration: the forward shift is smooth, three steps reach centimetres."""
    guess = lon, lat
    for _ in range(3):
        seen = wgs_to_gcj(*guess)
        guess = guess[0] + lon - seen[0], guess[1] + lat - seen[1]
    return guess


def _bd_to_gcj(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 0.0065, lat - 0.006
    z = sqrt(x * x + y * y) - 0.00002 * sin(y * X_PI)
    theta = atan2(y, x) - 0.000003 * cos(x * X_PI)
    return z * cos(theta), z * sin(theta)


def _waves(value: float) -> float:
    return (20.0 * sin(6.0 * value * pi) + 20.0 * sin(2.0 * value * pi)) * 2.0 / 3.0


def _shift_lat(x: float, y: float) -> float:
    shift = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _waves(x)
    shift += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    return shift + (160.0 * sin(y / 12.0 * pi) + 320 * sin(y * pi / 30.0)) * 2.0 / 3.0


def _shift_lon(x: float, y: float) -> float:
    shift = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _waves(x)
    shift += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    return shift + (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
