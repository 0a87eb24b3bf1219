"""Before the lockdown: areas, registration, reports to home communities, 114 person-times of service."""

from datetime import datetime, timedelta
from typing import Final

from services.demo.scenarios.yichun.days import LOCKDOWN, REGISTRATION, SERVICE, ZONE
from services.demo.scenarios.yichun.people import People, Person, registration
from services.demo.scenarios.yichun.places import Place, Places
from services.demo.scenarios.yichun.world import World

PERSON_TIMES: Final = 114
MOVES: Final = 2
"""Services continued in a second community: one person, two person-times."""
OFFICE: Final = "admin/city"


def prepare(world: World, places: Places, people: People) -> None:
    """Plan everything before the lockdown."""
    world.on(REGISTRATION, lambda: _areas(world, places))
    _registrations(world, people)
    _services(world, places, people)


def _areas(world: World, places: Places) -> None:
    world.send("jurisdiction.establish", {"name": "伊春市", "timezone": ZONE}, OFFICE)
    for place in places.every:
        world.send("area.define", {"area": place.code, "name": place.name}, OFFICE)


def _registrations(world: World, people: People) -> None:
    """Register the fleet in February, reporting within days, and property staff just before the lockdown."""
    for number, person in enumerate(people.fleet):
        day, slot = divmod(number, 60)
        joined = REGISTRATION + timedelta(days=1 + day, minutes=5 * slot)
        world.on(joined, lambda p=person: _register(world, p))
        reports = joined + timedelta(hours=world.random.randrange(2, 40), minutes=world.random.randrange(60))
        world.on(reports, lambda p=person: _report(p))
    for number, person in enumerate(people.staff):
        eve = LOCKDOWN - timedelta(hours=7) + timedelta(minutes=number // 3)
        world.on(eve, lambda p=person: _register(world, p))


def _register(world: World, person: Person) -> None:
    world.send("worker.register", registration(person), OFFICE)


def _report(person: Person) -> None:
    if person.phone.bad:
        person.phone.lose_signal()
    person.phone.tap("worker.report", {"worker": person.key, "area": person.home.code}, again=False)


def _services(world: World, places: Places, people: People) -> None:
    """Plan each service on a separate day, so that no two services of a person touch."""
    days = (LOCKDOWN - SERVICE).days - 1
    free = [(person, day) for person in people.fleet for day in range(days)]
    for number, (person, day) in enumerate(world.random.sample(free, PERSON_TIMES - MOVES)):
        start = SERVICE + timedelta(days=day, minutes=world.random.randrange(8 * 60, 15 * 60))
        hours = world.random.uniform(1.5, 4)
        second = _another(world, places, person.home) if number < MOVES else None
        _serve(world, person, start, hours, second)


def _another(world: World, places: Places, home: Place) -> Place:
    return world.random.choice([p for p in places.communities if p.county == home.county and p != home])


def _serve(world: World, person: Person, start: datetime, hours: float, second: Place | None) -> None:
    half = timedelta(seconds=round(hours * 1800))
    world.on(start, lambda: _tap(person, "worker.check_in", person.home))
    if second:
        world.on(start + half, lambda: _tap(person, "worker.check_in", second))
    world.on(start + 2 * half, lambda: _tap(person, "worker.check_out", None))


def _tap(person: Person, name: str, place: Place | None) -> None:
    if person.phone.bad:
        person.phone.lose_signal()
    person.phone.tap(name, {"worker": person.key} | ({"area": place.code} if place else {}))
