"""Stations: 121 before the lockdown, 113 of them on the public map, and more than 700 uses.

Places are synthetic, as the scenario has no coordinates: each county is a patch of a grid around the city.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.days import LOCAL, LOCKDOWN, REGISTRATION
from services.demo.scenarios.yichun.institutions.records import Records
from services.demo.scenarios.yichun.places import Places
from services.demo.scenarios.yichun.world import World

STATIONS: Final = 121
ON_MAP: Final = 113
USES: Final = 736
FIRST: Final = datetime(2021, 5, 10, 9, tzinfo=LOCAL)
"""The first station opened."""
MAPPED: Final = datetime(2022, 3, 1, 9, tzinfo=LOCAL)
"""The first station was put on the public map."""
_CENTRE: Final = (47.72, 128.85)
_KINDS: Final = (
    ("youth", "青年驿站", ("rest", "drinking_water", "charging", "wifi"), "08:00-20:00"),
    ("red", "红色驿站", ("rest", "drinking_water", "charging", "microwave"), "Mo-Fr 08:30-17:30; PH off"),
    ("service_centre", "党群服务中心", ("rest", "legal_advice", "reading"), "Mo-Sa 08:30-17:30; PH off"),
    ("talent", "人才驿站", ("rest", "counselling", "wifi"), "Mo-Su,PH 09:00-18:00"),
    ("warming", "取暖点", ("rest", "drinking_water", "toilet"), "24/7"),
    ("rest", "歇脚点", ("rest", "drinking_water", "first_aid"), "07:00-22:00"),
)
_UNREADABLE: Final = "全天开放"
"""What somebody wrote instead of hours; it counts as unknown."""
_NEEDS: Final = ("water", "power_banks", "masks", "blankets")


def stations(seed: int, places: Places) -> Iterator[Timed]:
    """Return the timed commands of all stations."""
    world = World(seed, "stations")
    _Stations(world, places).plan()
    return world.run()


class _Stations:
    def __init__(self, world: World, places: Places) -> None:
        self._world, self._places, self._records = world, places, Records(world, "stations")
        self._offers: dict[str, tuple[str, ...]] = {}

    def plan(self) -> None:
        """Plan all of it."""
        for number in range(STATIONS):
            self._opened(number)
        for number in range(ON_MAP):
            at = MAPPED + timedelta(hours=4 * number)
            self._records.fact("station.publish", at, station=_key(number))
        for number in range(USES):
            self._used(number)
        for number in range(0, STATIONS, 5):
            self._said(number)

    def _opened(self, number: int) -> None:
        random = self._world.random
        county = self._places.county(random)
        place = self._places.community(random, county)
        kind, name, services, hours = _KINDS[number % len(_KINDS)]
        self._offers[_key(number)] = services
        self._records.fact(
            "station.register",
            FIRST + timedelta(days=2 * number, minutes=random.randrange(240)),
            station=_key(number),
            name=f"{name} {number + 1:03}",
            area=place.code,
            kind=kind,
            services=list(services),
            seats=6 + random.randrange(18),
            charging_points=random.randrange(2, 9),
            hours=_UNREADABLE if number % 40 == 39 else hours,
            **_somewhere(self._world, [one.code for one in self._places.counties].index(county)),
        )

    def _used(self, number: int) -> None:
        """Plan a use by day, most of them around noon and in the evening."""
        random = self._world.random
        key = _key(random.randrange(STATIONS))
        days = (LOCKDOWN - REGISTRATION).days - 1
        day = REGISTRATION.replace(hour=0) + timedelta(days=1 + random.randrange(days))
        at = day + timedelta(
            hours=random.choice((8, 11, 12, 12, 13, 15, 18, 18, 19)), minutes=random.randrange(60)
        )
        service = random.choice(self._offers[key])
        self._records.fact("station.use", at, station=key, service=service, via="keeper")

    def _said(self, number: int) -> None:
        """Let a station say how it is the day before the lockdown, and what it is short of."""
        random, at = self._world.random, LOCKDOWN - timedelta(hours=10)
        present = random.randrange(8)
        status = random.choice(("open", "open", "open", "full", "closed"))
        body: dict[str, Any] = {"station": _key(number), "status": status, "present": present}
        self._records.fact("station.report", at, source="office", **body)
        item, priority = random.choice(_NEEDS), random.randrange(2, 5)
        need = {"need": f"need-{number + 1:03}", "station": _key(number), "item": item, "priority": priority}
        self._records.fact("need.open", at, quantity=10 * random.randrange(1, 9), **need)


def _key(number: int) -> str:
    return f"station-{number + 1:03}"


def _somewhere(world: World, patch: int) -> dict[str, float]:
    """Return a synthetic place in a patch of the grid."""
    row, column = divmod(patch, 4)
    lat = _CENTRE[0] + 0.25 * (row - 1) + world.random.uniform(-0.08, 0.08)
    lon = _CENTRE[1] + 0.3 * (column - 1.5) + world.random.uniform(-0.1, 0.1)
    return {"lat": round(lat, 6), "lon": round(lon, 6)}
