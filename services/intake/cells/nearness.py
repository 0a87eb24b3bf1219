"""Places that cannot be meant: 0/0, and those too far from the jurisdiction."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from services.base.zones import seat
from services.dispatch.ranking import metres
from services.intake.errors import RowError
from services.intake.mapping import CommandMap, Mapping

NEAR_KM: Final = 500.0
"""How far a place may be from the jurisdiction's areas, unless the mapping says otherwise."""
ZONE_KM: Final = 5000.0
"""How far it may be from the town of a time zone: such zones are as wide as China."""
_NOWHERE: Final = 1e-3
"""Degrees from 0/0 that still mean no place."""
Point = tuple[float, float]
"""(longitude, latitude) in degrees."""


class Box(NamedTuple):
    """Where the places of a jurisdiction lie."""

    west: float
    south: float
    east: float
    north: float

    def km(self, lon: float, lat: float) -> float:
        """Return the distance to the nearest place of the box."""
        nearest = min(max(lon, self.west), self.east), min(max(lat, self.south), self.north)
        return metres((lon, lat), nearest) / 1000


def box_of(points: Iterable[Point]) -> Box | None:
    """Return the box around points."""
    found = list(points)
    if not found:
        return None
    lons, lats = [lon for lon, _ in found], [lat for _, lat in found]
    return Box(min(lons), min(lats), max(lons), max(lats))


class Nearness:
    """Checks places against the jurisdiction."""

    def __init__(self, mapping: Mapping, jurisdiction: str, box: Box | None, timezone: str | None) -> None:
        """`box` holds the known areas; without one, `timezone` says roughly where the jurisdiction is."""
        self._jurisdiction, self._most = jurisdiction, mapping.within_km or NEAR_KM
        if mapping.near is not None:
            lat, lon = map(float, mapping.near.split(","))
            box = box_of([(lon, lat)])
        elif box is None and (town := seat(timezone or mapping.timezone)):
            box, self._most = box_of([(town.lon, town.lat)]), mapping.within_km or ZONE_KM
        self._box = box

    def check(self, one: CommandMap, lon: float, lat: float) -> None:
        """Raise RowError for a place that cannot be meant, with a hint if it is near when swapped."""
        if abs(lon) < _NOWHERE and abs(lat) < _NOWHERE:
            raise RowError("misplaced", variant="nowhere", where=_where(one), text=_text(lon, lat))
        if self._box is None or (km := self._box.km(lon, lat)) <= self._most:
            return
        swapped = abs(lon) <= 90 and self._box.km(lat, lon) <= self._most
        raise RowError(
            "misplaced",
            variant="swapped" if swapped else "far",
            where=_where(one),
            text=_text(lon, lat),
            km=round(km),
            most=round(self._most),
            jurisdiction=self._jurisdiction,
        )


def _text(lon: float, lat: float) -> str:
    return f"{lat:g}, {lon:g}"


def _where(one: CommandMap) -> str:
    """Return the column, or both: the latitude's first, as in the text."""
    return ", ".join(dict.fromkeys(one.data[field].where for field in ("lat", "lon")))
