"""The nearest stations: great-circle distances, and a tree of boxes that know what is below them.

Each box knows which services are offered below it, whether anything may have room, and in which quarters of
an hour of a day anything is open. A search opens the nearest box first and skips those in which nothing fits,
so that it does little also at night, when few of many stations are open.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from heapq import heappop, heappush
from math import asin, atan2, cos, degrees, radians, sin, sqrt
from typing import Final

import msgspec

EARTH: Final = 6_371_008.8
"""Mean radius in metres."""
_FULL: Final = 12
"""Stations in a box before it is divided."""
_DEPTH: Final = 22
"""Divisions of the whole earth; a box is then ten metres wide."""
_QUARTER: Final = timedelta(minutes=15)
_DAY: Final = timedelta(days=1)
DAYS_KEPT: Final = 9
"""Days whose opening is kept."""

OpenIn = Callable[[datetime, datetime], Iterable[tuple[datetime, datetime]]]
"""When a station is or may be open between two instants."""


def distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the great-circle distance in metres."""
    a, b = radians(lat), radians(other_lat)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


class Place(msgspec.Struct, frozen=True, eq=False):
    """A station in the tree."""

    key: str
    lat: float
    lon: float
    services: int
    """A bit for each service that it offers."""
    may_have_room: bool
    open_in: OpenIn


class Found(msgspec.Struct, frozen=True):
    """A station, and how far it is."""

    key: str
    metres: float


class Wanted(msgspec.Struct, frozen=True):
    """What is looked for."""

    lat: float
    lon: float
    fits: Callable[[str], bool]
    """The exact check of one station."""
    services: int = 0
    room: bool = False
    at: datetime | None = None
    """It is to be open then; None = open or not."""
    within: float = 20_100_000.0
    """Metres; half way around the earth by default."""
    limit: int = 20


class Box:
    """Part of the earth, with its stations or its four parts."""

    __slots__ = ("east", "north", "open", "parts", "places", "room", "services", "south", "west")

    def __init__(self, south: float, west: float, north: float, east: float) -> None:
        self.south, self.west, self.north, self.east = south, west, north, east
        self.places: dict[str, Place] = {}
        self.parts: list[Box] = []
        self.services, self.room = 0, False
        self.open: dict[date, int] = {}

    def part(self, lat: float, lon: float) -> "Box":
        """Return the part that holds a point."""
        north = lat >= (self.south + self.north) / 2
        east = lon >= (self.west + self.east) / 2
        return self.parts[2 * north + east]

    def divide(self) -> None:
        """Divide into four parts."""
        lat, lon = (self.south + self.north) / 2, (self.west + self.east) / 2
        self.parts = [
            Box(self.south, self.west, lat, lon),
            Box(self.south, lon, lat, self.east),
            Box(lat, self.west, self.north, lon),
            Box(lat, lon, self.north, self.east),
        ]
        for one in self.places.values():
            self.part(one.lat, one.lon).places[one.key] = one
        self.places = {}

    def metres(self, lat: float, lon: float) -> float:
        """Return a distance that none of its stations is nearer than."""
        if self.west <= lon <= self.east:
            away = max(self.south - lat, 0.0, lat - self.north)
            return radians(away) * EARTH
        return min(self._edge(lat, lon, self.west), self._edge(lat, lon, self.east))

    def _edge(self, lat: float, lon: float, edge: float) -> float:
        """Return the distance to the nearest point of its western or eastern edge."""
        apart = cos(radians(edge - lon))
        foot = degrees(atan2(sin(radians(lat)), cos(radians(lat)) * apart)) if apart > 0 else lat
        nearest = min(max(foot, self.south), self.north)
        ends = (self.south, self.north) if apart <= 0 else (nearest,)
        return min(distance(lat, lon, one, edge) for one in ends)


class Nearest:
    """All stations of a jurisdiction that have a place."""

    def __init__(self) -> None:
        self._root = Box(-90, -180, 90, 180)
        self._places: dict[str, Place] = {}
        self._days: dict[date, dict[str, int]] = {}
        """Day -> station -> its open quarters."""
        self.looked_at = 0
        """Boxes and stations that the last search looked at."""

    def __len__(self) -> int:
        return len(self._places)

    def put(self, place: Place) -> None:
        """Add a station, or replace it."""
        self.remove(place.key)
        self._places[place.key] = place
        path = self._path(place)
        path[-1].places[place.key] = place
        while len(path[-1].places) > _FULL and len(path) < _DEPTH:
            path[-1].divide()
            for part in path[-1].parts:
                self._sum(part)
            path.append(path[-1].part(place.lat, place.lon))
        for day, masks in self._days.items():
            masks[place.key] = quarters(place, day)
        self._sum_up(path)

    def remove(self, key: str) -> None:
        """Remove a station, if it is there."""
        place = self._places.pop(key, None)
        if place is None:
            return
        path = self._path(place)
        del path[-1].places[key]
        for masks in self._days.values():
            masks.pop(key, None)
        self._sum_up(path)

    def _path(self, place: Place) -> list[Box]:
        path = [self._root]
        while path[-1].parts:
            path.append(path[-1].part(place.lat, place.lon))
        return path

    def _sum_up(self, path: list[Box]) -> None:
        for box in reversed(path):
            self._sum(box)

    def _sum(self, box: Box) -> None:
        """Sum up what is below a box."""
        below: Iterable[Place | Box] = box.parts or box.places.values()
        box.services, box.room = 0, False
        for one in below:
            box.services |= one.services
            box.room = box.room or (one.may_have_room if isinstance(one, Place) else one.room)
        for day in self._days:
            self._sum_day(box, day)

    def _sum_day(self, box: Box, day: date) -> None:
        masks, found = self._days[day], 0
        for part in box.parts:
            found |= part.open.get(day, 0)
        for key in box.places:
            found |= masks.get(key, 0)
        box.open[day] = found

    def knows(self, at: datetime) -> bool:
        """Whether the opening of this day is at hand: else a search has to prepare it, which takes long."""
        return at.astimezone(UTC).date() in self._days

    def prepare(self, day: date) -> None:
        """Work out what is open in the quarters of a day of UTC."""
        if day in self._days:
            return
        while len(self._days) >= DAYS_KEPT:
            self._forget(next(iter(self._days)))
        self._days[day] = {key: quarters(place, day) for key, place in self._places.items()}
        for box in _upwards(self._root):
            self._sum_day(box, day)

    def _forget(self, day: date) -> None:
        del self._days[day]
        for box in _upwards(self._root):
            box.open.pop(day, None)

    def search(self, wanted: Wanted) -> list[Found]:
        """Return the nearest stations that fit, the nearest first; at equal distance by their id."""
        bit, day = 0, None
        if wanted.at is not None:
            at = wanted.at.astimezone(UTC)
            day = at.date()
            self.prepare(day)
            bit = 1 << int((at - _begin(day)) / _QUARTER)
        found: list[Found] = []
        heap: list[tuple[float, int, str, Box | None]] = [(0.0, 0, "", self._root)]
        self.looked_at, tie = 0, 0
        while heap and len(found) < wanted.limit:
            metres, _, key, box = heappop(heap)
            if metres > wanted.within:
                break
            if box is None:
                found.append(Found(key, metres))
                continue
            for part in box.parts:
                self.looked_at += 1
                if _may_hold(part, wanted, day, bit):
                    tie += 1
                    heappush(heap, (part.metres(wanted.lat, wanted.lon), -1, f"{tie:09}", part))
            for one in box.places.values():
                self.looked_at += 1
                if wanted.services & ~one.services == 0 and wanted.fits(one.key):
                    away = distance(wanted.lat, wanted.lon, one.lat, one.lon)
                    heappush(heap, (away, 0, one.key, None))
        return found


def _may_hold(box: Box, wanted: Wanted, day: date | None, bit: int) -> bool:
    if wanted.services & ~box.services or (wanted.room and not box.room):
        return False
    return (bool(box.parts) or bool(box.places)) and (day is None or bool(box.open.get(day, 0) & bit))


def _upwards(box: Box) -> Iterator[Box]:
    """Yield all boxes, each after those in it."""
    for part in box.parts:
        yield from _upwards(part)
    yield box


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def quarters(place: Place, day: date) -> int:
    """Return a bit for each quarter of an hour of a day of UTC in which a station is or may be open."""
    begin, found = _begin(day), 0
    for since, until in place.open_in(begin, begin + _DAY):
        first = max(0, int((since - begin) / _QUARTER))
        last = min(96, -int((begin - until) // _QUARTER))
        if first < last:
            found |= (1 << last) - (1 << first)
    return found
