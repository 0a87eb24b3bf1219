"""The nearest stations: the same as by measuring all of them, with little work."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.stations.nearest import Box, Nearest, Place, Wanted, distance

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 19, tzinfo=UTC)
"""03:00 in China."""
MANY = 20_000


def opens(begin: int, end: int) -> "list[tuple[datetime, datetime]]":
    day = datetime(2026, 3, 3, tzinfo=UTC)
    return [(day + timedelta(days=n, hours=begin), day + timedelta(days=n, hours=end)) for n in range(3)]


def place(
    key: str, lat: float, lon: float, *, services: int = 0, room: bool = False, hours: object = None
) -> Place:
    spans: list[tuple[datetime, datetime]] = opens(0, 24) if hours is None else hours  # pyright: ignore
    return Place(key, lat, lon, services, room, lambda a, b: [(s, e) for s, e in spans if s < b and a < e])


def by_measuring(all_: Iterable[Place], wanted: Wanted) -> list[str]:
    """Return the same in the simplest way."""
    measured = sorted(
        (distance(wanted.lat, wanted.lon, one.lat, one.lon), one.key) for one in all_ if wanted.fits(one.key)
    )
    return [key for metres, key in measured if metres <= wanted.within][: wanted.limit]


points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_a_distance_is_the_great_circles():
    assert round(distance(47.7275, 128.8409, 47.7275, 128.8409)) == 0
    assert round(distance(0, 0, 0, 1)) == 111_195
    assert round(distance(0, 179.5, 0, -179.5)) == 111_195
    assert round(distance(90, 0, -90, 0)) == 20_015_114


@given(
    points=st.lists(points, max_size=60),
    origin=points,
    within=st.floats(0, 20_100_000),
    limit=st.integers(1, 8),
)
def test_it_finds_what_measuring_all_finds(
    points: list[tuple[float, float]], origin: tuple[float, float], within: float, limit: int
):
    nearest, known = Nearest(), [place(f"S{n:03}", *one) for n, one in enumerate(points)]
    for one in known:
        nearest.put(one)
    wanted = Wanted(*origin, fits=lambda key: int(key[1:]) % 3 != 0, within=within, limit=limit)
    assert [one.key for one in nearest.search(wanted)] == by_measuring(known, wanted)


@given(point=points, corner=points, other=points)
def test_no_point_of_a_box_is_nearer_than_the_box(
    point: tuple[float, float], corner: tuple[float, float], other: tuple[float, float]
):
    (south, north), (west, east) = (sorted(pair) for pair in zip(corner, other, strict=True))
    metres = Box(south, west, north, east).metres(*point)
    for lat in (south, (south + north) / 2, north):
        for lon in (west, (west + east) / 2, east):
            assert metres <= distance(*point, lat, lon) + 0.5


def test_what_was_moved_or_removed_is_found_where_it_is():
    nearest = Nearest()
    for n in range(50):
        nearest.put(place(f"S{n}", 30 + n / 100, 110))
    nearest.put(place("S0", 40, 120))
    nearest.remove("S1")
    nearest.remove("S99")
    found = [one.key for one in nearest.search(Wanted(30, 110, fits=lambda key: True, limit=50))]
    assert (len(nearest), found[0], found[-1]) == (49, "S2", "S0")


def test_what_opens_or_gets_room_later_is_found_at_once():
    nearest, shut = Nearest(), opens(1, 9)
    for n in range(50):
        nearest.put(place(f"S{n}", 30 + n / 100, 110, hours=shut))
    at_night = Wanted(30, 110, fits=lambda key: key == "S7", at=NIGHT, room=True)
    assert nearest.search(at_night) == []
    nearest.put(place("S7", 30.07, 110, room=True))
    assert [one.key for one in nearest.search(at_night)] == ["S7"]
    nearest.put(place("S7", 30.07, 110, room=True, hours=shut))
    assert nearest.search(at_night) == []


def city(open_at_night: int) -> tuple[Nearest, set[str]]:
    """Many stations around one city, of which few are open at night."""
    random, nearest, shut = Random(1), Nearest(), opens(1, 9)
    night = {f"S{n}" for n in range(open_at_night)}
    for n in range(MANY):
        key = f"S{n}"
        where = 47 + random.gauss(0, 0.5), 128 + random.gauss(0, 0.8)
        nearest.put(place(key, *where, services=1 << (n % 5), hours=None if key in night else shut))
    return nearest, night


def test_little_is_looked_at_among_many_also_when_nearly_all_are_closed():
    nearest, night = city(MANY // 1000)
    random, worst = Random(2), 0
    for _ in range(50):
        lat, lon = 47 + random.gauss(0, 0.5), 128 + random.gauss(0, 0.8)
        for wanted in (
            Wanted(lat, lon, fits=lambda key: key in night, at=NIGHT, limit=10),
            Wanted(lat, lon, fits=lambda key: True, at=NOON, limit=10),
            Wanted(lat, lon, fits=lambda key: int(key[1:]) % 5 == 3, services=1 << 3, limit=10),
            Wanted(lat, lon, fits=lambda key: False, room=True, limit=10),
        ):
            nearest.search(wanted)
            worst = max(worst, nearest.looked_at)
    assert worst < MANY / 20


def test_a_day_that_was_not_asked_for_lately_is_forgotten():
    nearest = Nearest()
    nearest.put(place("S1", 47, 128))
    for n in range(20):
        nearest.search(Wanted(47, 128, fits=lambda key: True, at=NOON + timedelta(days=n)))
    assert not nearest.knows(NOON)
    assert nearest.knows(NOON + timedelta(days=19))
