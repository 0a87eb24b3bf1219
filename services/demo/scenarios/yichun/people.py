"""Synthetic workers and teams, numbered, with phone numbers that cannot be dialled."""

from datetime import datetime, timedelta
from typing import Any, Final

from services.demo.scenarios.yichun.phones import Phone
from services.demo.scenarios.yichun.places import Place, Places
from services.demo.scenarios.yichun.world import World

REPORTED: Final = 238
FIRMS: Final = 18
STAFF: Final = 396
TEAMS: Final = 67
IN_TEAMS: Final = 200
"""Workers of the 238 who are in teams; the others are dispatched individually."""
VEHICLE_TEAMS: Final = 29
ROLES: Final = {"courier": "快递员", "rider": "骑手", "driver": "司机", "property_staff": "物业员"}
EMPLOYERS: Final = {"courier": ("快递企业", 6), "rider": ("外卖平台", 3), "driver": ("出行平台", 3)}
VEHICLES: Final = {"courier": "三轮车", "rider": "电动车", "driver": "轿车"}


class Person:
    """A worker as known to the scenario."""

    def __init__(
        self, key: str, number: int, role: str, home: Place, organisation: str, phone: Phone
    ) -> None:
        self.key, self.number, self.role, self.home, self.phone = key, number, role, home, phone
        self.organisation = organisation
        self.on = False
        """Whether the worker is on duty, as known to the service."""
        self.until: datetime | None = None
        """When today's shift ends."""
        self.sick = False
        self.team: Team | None = None
        self.busy = 0
        """Tasks reported by their phone; they check out only when there are none."""
        self.load = 0
        """Number of personal tasks and offers."""
        self.live = 0
        """Number of live personal assignments, as known to the service."""

    @property
    def fields(self) -> dict[str, str]:
        """The unit as the subject of an assignment."""
        return {"worker": self.key}

    @property
    def capacity(self) -> int:
        return 1

    @property
    def county(self) -> str:
        return self.home.county

    def stays(self, now: datetime) -> bool:
        """Return whether they are on duty and well for another 75 minutes."""
        return self.on and not self.sick and self.until is not None and self.until - now > _ENOUGH

    def voice(self, now: datetime) -> "Person | None":
        """Return who reports for them: themselves, or None."""
        return self if self.stays(now) else None


_ENOUGH: Final = timedelta(minutes=75)


class Team:
    """A team as known to the scenario."""

    def __init__(self, number: int, kind: str, county: str, members: list[Person]) -> None:
        self.number = number
        self.key, self.kind, self.county, self.members = f"team-{number:02}", kind, county, members
        self.name = f"{'爱心车队' if kind == 'vehicle' else '代购小队'}{number:02}号"
        self.capacity = 3 if kind == "vehicle" else 4
        self.active = False
        self.load = self.live = 0

    @property
    def fields(self) -> dict[str, str]:
        """The unit as the subject of an assignment."""
        return {"team": self.key}

    def voice(self, now: datetime) -> Person | None:
        """Return the member who reports for the team: the leader, or the next member on duty."""
        if not self.active:
            return None
        return next((one for one in self.members if one.stays(now)), None)


class People:
    """All workers: 238 who reported, 200 of them in 67 teams; 396 property staff of 18 firms."""

    def __init__(self, world: World, places: Places) -> None:
        self._world, self._places, self._counts = world, places, dict.fromkeys(ROLES, 0)
        self._employers = {r: [f"{n}{i:02}" for i in range(1, k + 1)] for r, (n, k) in EMPLOYERS.items()}
        self.teams = [self._team(number, county, size) for number, county, size in self._sizes()]
        members = [person for team in self.teams for person in team.members]
        self.single = [self._fleet(places.county(world.random)) for _ in range(REPORTED - len(members))]
        self.fleet = [*members, *self.single]
        self.staff = self._firms()

    def _sizes(self) -> list[tuple[int, str, int]]:
        """Form the teams: two in every county, the rest by the weight of the counties."""
        random, counties = self._world.random, [c.code for c in self._places.counties]
        where = [*counties, *counties, *(self._places.county(random) for _ in range(TEAMS - 20))]
        random.shuffle(where)
        sizes = [2] * TEAMS
        while sum(sizes) < IN_TEAMS:
            chosen = random.randrange(TEAMS)
            sizes[chosen] += sizes[chosen] < 5
        return list(zip(range(1, TEAMS + 1), where, sizes, strict=True))

    def _team(self, number: int, county: str, size: int) -> Team:
        vehicle = number <= VEHICLE_TEAMS
        leader = self._fleet(county, "driver" if vehicle else None)
        team = Team(
            number,
            "vehicle" if vehicle else "courier",
            county,
            [leader, *(self._fleet(county) for _ in range(size - 1))],
        )
        for one in team.members:
            one.team = team
        return team

    def _fleet(self, county: str, role: str | None = None) -> Person:
        random = self._world.random
        role = role or random.choices(("courier", "rider", "driver"), (9, 9, 2))[0]
        home = self._places.community(random, county)
        return self._person(role, home, random.choice(self._employers[role]))

    def _firms(self) -> list[Person]:
        """Create the firms' staff; each firm serves a few communities of one county."""
        random, sizes = self._world.random, [8] * FIRMS
        while sum(sizes) < STAFF:
            chosen = random.randrange(FIRMS)
            sizes[chosen] += sizes[chosen] < 36
        staff: list[Person] = []
        for number, size in enumerate(sizes, 1):
            county = self._places.county(random)
            homes = [self._places.community(random, county) for _ in range(max(1, size // 8))]
            staff += [
                self._person("property_staff", random.choice(homes), f"物业企业{number:02}")
                for _ in range(size)
            ]
        return staff

    def _person(self, role: str, home: Place, organisation: str) -> Person:
        self._counts[role] += 1
        key = f"{'property' if role == 'property_staff' else role}-{self._counts[role]:03}"
        random = self._world.random
        error = timedelta(seconds=random.choice((-1, 1)) * random.randrange(45, 900))
        phone = Phone(
            self._world,
            key,
            bad=random.random() < 1 / 3,
            error=error if random.random() < 0.08 else timedelta(0),
        )
        return Person(key, self._counts[role], role, home, organisation, phone)


def registration(person: Person) -> dict[str, Any]:
    """Return the data of worker.register."""
    line = list(ROLES).index(person.role) + 1
    data = {
        "worker": person.key,
        "role": person.role,
        "home_area": person.home.code,
        "organisation": person.organisation,
        "name": f"{ROLES[person.role]}{person.number:03}号",
        "phone": f"0000{line}{person.number:06}",
    }
    return data | ({"vehicle": VEHICLES[person.role]} if person.role in VEHICLES else {})
