"""The stations of a jurisdiction at hand: the nearest, and what the public may know."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from events.area import inside
from events.station import UNITS
from events.station_facts import Live, Report, has_room, live_at
from events.terms import Names
from events.workdays import Calendar
from projections.stations import StationRow
from projections.terms import TermRow
from services.stations.hours import Answer, Interval, intervals, readable, state_at
from services.stations.nearest import Nearest, Place, Wanted, distance

KNOWN: Final = timedelta(days=7)
"""How far ahead opening is told."""
LISTS: Final = {"station_kind": "kind", "station_service": "service"}
"""Lists of which stations have entries."""
Point = tuple[float, float]
"""(latitude, longitude), WGS-84."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for."""

    point: Point
    at: datetime
    open: bool = False
    """Only those that are open then: as somebody said, else by their hours. Not what is unconfirmed."""
    offers: tuple[str, ...] = ()
    room: bool = False
    """Only those with a free place, as far as somebody said so."""
    kinds: tuple[str, ...] = ()
    within: float = 20_100_000.0
    """Metres."""
    limit: int = 20


class Near(msgspec.Struct, frozen=True, kw_only=True):
    """A station, how far it is, and how it is at the instant asked for."""

    row: StationRow
    metres: float
    hours_state: Answer
    live: Live
    room: bool | None
    open: bool


class Hours(msgspec.Struct, frozen=True):
    """How many stations have hours that can be read."""

    readable: int
    unreadable: int
    missing: int


class StationBoard:
    """All stations that were not withdrawn, by id, with an index of their places."""

    def __init__(self, zone: ZoneInfo, calendar: Calendar | None) -> None:
        self._zone, self._calendar, self.timezone = zone, calendar, zone.key
        self.changes = 0
        """Rows taken over so far."""
        self.made: dict[str, tuple[tuple[int, int], bytes]] = {}
        """Form of the public answer -> what it was made of, and the answer."""
        self.rows: dict[str, StationRow] = {}
        self.words: dict[str, Names] = {}
        """What the city calls kinds and services that it defined itself: `kind_X`, `service_X`."""
        self.nearest = Nearest()
        self._services: dict[str, int] = {}
        """Service -> its bit."""

    def take_term(self, key: str, row: TermRow | None) -> None:
        """Take over a term of the city's lists; None = there is none any more."""
        of, _, code = key.partition(".")
        if of in LISTS:
            self.changes += 1
            word = f"{LISTS[of]}_{code}"
            self.words.pop(word, None)
            if row is not None:
                self.words[word] = row.names

    def take(self, key: str, row: StationRow | None) -> None:
        """Take over a row; None = there is none any more."""
        self.changes += 1
        if row is None or row.state != "active":
            self.rows.pop(key, None)
            self.nearest.remove(key)
            return
        self.rows[key] = row
        if row.lat is None or row.lon is None:
            self.nearest.remove(key)
            return
        self.nearest.put(
            Place(
                key,
                row.lat,
                row.lon,
                self._bits(row.services),
                any(one.present is not None or has_free(one) for one in row.reports),
                lambda since, until: self._open_in(row, since, until),
            )
        )

    def _bits(self, services: Iterable[str]) -> int:
        found = 0
        for one in services:
            found |= 1 << self._services.setdefault(one, len(self._services))
        return found

    def _open_in(
        self, row: StationRow, since: datetime, until: datetime
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield when it is open for certain by its hours, and when somebody says that it is."""
        for one in self.intervals(row, since, until) or ():
            if one.sure:
                yield one.begin, one.end
        for report in row.reports:
            if report.status in ("open", "full") and report.at < until and since < report.until:
                yield max(report.at, since), min(report.until, until)

    def intervals(self, row: StationRow, since: datetime, until: datetime) -> list[Interval] | None:
        """Return when it is open by its hours; None if they are unknown."""
        return intervals(row.hours, since, until, self._zone, self._calendar)

    def near(self, asked: Asked, seen: Callable[[StationRow], bool]) -> list[Near]:
        """Return the nearest stations that fit and that the caller may see."""
        if any(one not in self._services for one in asked.offers):
            return []
        lat, lon = asked.point
        wanted = Wanted(
            lat,
            lon,
            fits=lambda key: self._fits(self.rows[key], asked, seen),
            services=self._bits(asked.offers),
            room=asked.room,
            at=asked.at if asked.open else None,
            within=asked.within,
            limit=asked.limit,
        )
        return [self.as_of(self.rows[one.key], asked.at, one.metres) for one in self.nearest.search(wanted)]

    def _fits(self, row: StationRow, asked: Asked, seen: Callable[[StationRow], bool]) -> bool:
        if not seen(row) or (asked.kinds and row.kind not in asked.kinds):
            return False
        if not asked.open and not asked.room:
            return True
        now = self.as_of(row, asked.at, 0)
        return (now.open or not asked.open) and (now.room is True or not asked.room)

    def as_of(self, row: StationRow, at: datetime, metres: float) -> Near:
        """Return how a station is at an instant."""
        hours = state_at(row.hours, at, self._zone, self._calendar)
        live = live_at(row.reports, capacity(row), at)
        is_open = live.status != "closed" if live.status else hours == "open"
        return Near(row=row, metres=metres, hours_state=hours, live=live, room=has_room(live), open=is_open)

    def middle(self, area: str, seen: Callable[[StationRow], bool]) -> Point | None:
        """Return the station in an area that is nearest to the middle of those that the caller may see."""
        there = [
            row for row in self.rows.values() if row.lat is not None and inside(row.area, area) and seen(row)
        ]
        points = [(row.lat, row.lon) for row in there if row.lat is not None and row.lon is not None]
        if not points:
            return None
        lat = sum(one[0] for one in points) / len(points)
        lon = sum(one[1] for one in points) / len(points)
        return min(points, key=lambda one: distance(lat, lon, *one))

    def published(self, at: datetime) -> list[StationRow]:
        """Return the stations that are on the public map at an instant, by id."""
        return [
            row
            for _, row in sorted(self.rows.items())
            if row.on_map_since is not None and row.on_map_since <= at
        ]

    def hours(self, rows: Sequence[StationRow]) -> Hours:
        """Count whose hours can be read."""
        missing = sum(row.hours is None for row in rows)
        can = sum(readable(row.hours) for row in rows)
        return Hours(can, len(rows) - missing - can, missing)

    def prepare(self, now: datetime) -> None:
        """Work out today's opening."""
        self.nearest.prepare(now.astimezone(UTC).date())


def has_free(report: Report) -> bool:
    """Whether a report says that there is a free place."""
    return any(getattr(report, unit) for unit in UNITS)


def capacity(row: StationRow) -> dict[str, int]:
    """Return how many places a station has, by unit."""
    return {unit: value for unit in UNITS if (value := getattr(row, unit)) is not None}
