"""Teams: formed on the first two mornings, changed when members fall ill, stood down at the end."""

from typing import Final

from services.demo.scenarios.yichun.days import DAYS, END, LOCKDOWN, hour
from services.demo.scenarios.yichun.people import People, Person, Team
from services.demo.scenarios.yichun.world import World

INCIDENT: Final = "lockdown-328"
CITY: Final = "dispatcher/city"
LATER_TEAMS: Final = 7
STEP_BY_STEP: Final = 8
"""Teams that members join one by one."""


def mobilise(world: World, people: People) -> None:
    """Declare the incident and form the teams; at the end, stand them down and close the incident."""
    world.on(LOCKDOWN, lambda: _declare(world))
    for number, team in enumerate(people.teams):
        later = number >= len(people.teams) - LATER_TEAMS
        morning = hour(1, 6) if later else hour(0, 4.5)
        world.on(morning, lambda t=team, n=number: world.later(60, 9000, lambda: _form(world, t, n)))
        world.on(hour(DAYS - 1, 22.6), lambda t=team: world.later(60, 1800, lambda: _stand_down(world, t)))
    world.on(END, lambda: _close(world, "accepted"))


def _declare(world: World) -> None:
    data = {
        "incident": INCIDENT,
        "name": "3·28疫情封控",
        "kind": "lockdown",
        "areas": ["2307"],
        "starts_at": LOCKDOWN.isoformat(),
        "expected_days": DAYS,
    }
    world.send("incident.declare", data, CITY)


def _form(world: World, team: Team, number: int) -> None:
    whole = number >= STEP_BY_STEP
    data = {
        "team": team.key,
        "name": team.name,
        "kind": team.kind,
        "area": team.county,
        "incident": INCIDENT,
        "capacity": team.capacity,
    }
    members = [one.key for one in team.members]
    if whole:
        world.send("team.form", data | {"members": members, "leader": members[0], "activate": True}, CITY)
        team.active = True
        return
    world.send("team.form", data, CITY)
    for one in members:
        world.later(30, 300, lambda w=one: world.send("team.join", {"team": team.key, "worker": w}, CITY))
    world.later(310, 400, lambda: _activate(world, team))


def _activate(world: World, team: Team) -> None:
    world.send("team.appoint_leader", {"team": team.key, "worker": team.members[0].key}, CITY)
    world.send("team.activate", {"team": team.key}, CITY)
    team.active = True


def _stand_down(world: World, team: Team) -> None:
    team.active = False
    world.send("team.stand_down", {"team": team.key, "reason": "lockdown_ended"}, CITY)


def _close(world: World, expect: str) -> None:
    world.send(
        "incident.close", {"incident": INCIDENT, "ends_at": world.now.isoformat()}, CITY, expect=expect
    )


def close_too_early(world: World) -> None:
    """Try to close the incident too early; it is refused because of unfinished requests."""
    _close(world, "incident.unfinished")


def replace(world: World, team: Team, ill: Person, new: Person) -> None:
    """Replace a sick member with a worker who is not in a team."""
    world.send("team.leave", {"team": team.key, "worker": ill.key, "reason": "sick"}, CITY)
    world.send("team.join", {"team": team.key, "worker": new.key}, CITY)
    team.members.remove(ill)
    team.members.append(new)
    ill.team, new.team = None, team
