"""Teams: form, fill, activate, stand down."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec
from pydantic import Field

from events.base import Event, Happened
from events.team import (
    TeamActivated,
    TeamAmended,
    TeamFormed,
    TeamJoined,
    TeamLeaderAppointed,
    TeamLeft,
    TeamStoodDown,
)
from services.decisions import common
from services.decisions.assignment import release_all
from services.decisions.base import Ask, Command, changes, command, decides, evolves
from services.decisions.fields import (
    WHOLE,
    AreaCode,
    Code,
    IncidentConcerned,
    Label,
    TeamId,
    WorkerId,
    omitted,
)
from services.decisions.state import State, Team
from services.decisions.table import Table

Capacity = Annotated[
    int | None, Field(ge=1, le=1000, description="Live assignments at once; null = open-ended"), WHOLE
]

TEAMS = Table("teams", Team, kind="team", areas=lambda state, key, row: (row.area,))


@command("team.form")
class Form(Command):
    """Form a team. Members join in this order; with `activate` it can be sent at once."""

    team: TeamId | None = None
    name: Label
    kind: Code
    area: AreaCode
    organisation: Label | None = None
    incident: IncidentConcerned | None = None
    capacity: Capacity = None
    members: Annotated[tuple[WorkerId, ...], Field(max_length=500)] = ()
    leader: WorkerId | None = None
    activate: bool = False


@command("team.amend")
class Amend(Command):
    """Change what is known of a team; fields left out stay."""

    team: TeamId
    name: Label = omitted()
    area: AreaCode = omitted()
    organisation: Label | None = None
    capacity: Capacity = None


@command("team.join")
class Join(Command):
    """Become a member. A worker is in at most one active team."""

    team: TeamId
    worker: WorkerId


@command("team.leave")
class Leave(Command):
    """Stop being a member."""

    team: TeamId
    worker: WorkerId
    reason: Code | None = None


@command("team.appoint_leader")
class AppointLeader(Command):
    """A member leads from now on."""

    team: TeamId
    worker: WorkerId


@command("team.activate")
class Activate(Command):
    """The team can be sent; its members count in it."""

    team: TeamId


@command("team.stand_down")
class StandDown(Command):
    """The team is no more. With open assignments give `release` (the reason), which releases them."""

    team: TeamId
    reason: Code | None = None
    release: Code | None = None


# -- decide ------------------------------------------------------------------------------------------------


@decides(Form)
def _form(state: State, c: Form, ask: Ask) -> Iterator[Event]:
    key = c.team or ask.id
    known = state.teams.get(key)
    if known and ask.observed and (known.name, known.kind, known.area) == (c.name, c.kind, c.area):
        return
    common.fresh(known, "team.exists", team=key)
    common.open_area(state, c.area, ask)
    common.open_incident(state, c.incident, ask.at, ask)
    yield TeamFormed(
        team=key,
        name=c.name,
        kind=c.kind,
        area=c.area,
        organisation=c.organisation,
        incident=c.incident,
        capacity=c.capacity,
    )
    for worker in c.members:
        yield from _join(state, Join(team=key, worker=worker), ask)
    if c.leader:
        yield from _appoint(state, AppointLeader(team=key, worker=c.leader), ask)
    if c.activate:
        yield from _activate(state, Activate(team=key), ask)


@decides(Amend)
def _amend(state: State, c: Amend, ask: Ask) -> Iterable[Event]:
    known = common.team(state, c.team)
    given = changes(c, "team")
    if given.get("area"):
        common.open_area(state, given["area"], ask)
    new = {k: v for k, v in given.items() if getattr(known, k) != v}
    if new:
        yield TeamAmended(team=c.team, **new)


def _standing(state: State, key: str, ask: Ask) -> Team:
    known = common.team(state, key)
    ask.rule(known.state != "stood_down", "team.stood_down", team=key)
    return known


@decides(Join)
def _join(state: State, c: Join, ask: Ask) -> Iterator[Event]:
    known = _standing(state, c.team, ask)
    common.active_worker(state, c.worker, ask)
    if c.worker in known.members:
        return
    if known.state == "active":
        yield from _only_active(state, c.team, c.worker, ask)
    yield TeamJoined(team=c.team, worker=c.worker)


def _only_active(state: State, team: str, worker: str, ask: Ask) -> Iterator[Event]:
    """At most one active team; an observed fact moves them over."""
    other = state.active_team(state.workers[worker])
    if other and other != team:
        ask.rule(False, "worker.in_team", worker=worker, team=other)
        yield TeamLeft(team=other, worker=worker, reason="moved")


@decides(Leave)
def _leave(state: State, c: Leave, ask: Ask) -> Iterable[Event]:
    known = common.team(state, c.team)
    common.worker(state, c.worker)
    if c.worker in known.members:
        yield TeamLeft(team=c.team, worker=c.worker, reason=c.reason)


@decides(AppointLeader)
def _appoint(state: State, c: AppointLeader, ask: Ask) -> Iterator[Event]:
    known = _standing(state, c.team, ask)
    common.active_worker(state, c.worker, ask)
    if known.leader == c.worker:
        return
    if c.worker not in known.members:
        ask.rule(False, "team.not_member", worker=c.worker, team=c.team)
        yield from _join(state, Join(team=c.team, worker=c.worker), ask)
    yield TeamLeaderAppointed(team=c.team, worker=c.worker)


@decides(Activate)
def _activate(state: State, c: Activate, ask: Ask) -> Iterator[Event]:
    known = _standing(state, c.team, ask)
    if known.state == "active":
        return
    for worker in known.members:
        yield from _only_active(state, c.team, worker, ask)
    yield TeamActivated(team=c.team)


@decides(StandDown)
def _stand_down(state: State, c: StandDown, ask: Ask) -> Iterator[Event]:
    known = common.team(state, c.team)
    if known.state == "stood_down":
        return
    if known.live and c.release:
        yield from release_all(state, known.live, c.release)
    elif known.live:
        ask.rule(False, "team.has_assignments", team=c.team, live=known.live)
    yield from release_all(state, known.offers, "stood_down")
    yield TeamStoodDown(team=c.team, reason=c.reason)


# -- evolve ------------------------------------------------------------------------------------------------


def _replace(state: State, key: str, /, **fields: object) -> Team:
    new = msgspec.structs.replace(state.teams[key], **fields)
    state.put(state.teams, key, new)
    return new


def _belongs(state: State, worker: str, team: str, *, member: bool) -> None:
    known = state.workers[worker]
    teams = tuple(t for t in known.teams if t != team)
    state.put(
        state.workers, worker, msgspec.structs.replace(known, teams=(*teams, team) if member else teams)
    )


@evolves(TeamFormed)
def _formed(state: State, e: TeamFormed, h: Happened) -> None:
    new = Team(name=e.name, kind=e.kind, area=e.area, organisation=e.organisation, capacity=e.capacity)
    state.put(state.teams, e.team, new)


@evolves(TeamAmended)
def _amended(state: State, e: TeamAmended, h: Happened) -> None:
    fields = ("name", "area", "organisation", "capacity")
    given = {f: getattr(e, f) for f in fields if getattr(e, f) is not msgspec.UNSET}
    _replace(state, e.team, **given)


@evolves(TeamJoined)
def _joined(state: State, e: TeamJoined, h: Happened) -> None:
    known = state.teams[e.team]
    if e.worker not in known.members:
        _replace(state, e.team, members=(*known.members, e.worker))
    if known.state != "stood_down":
        _belongs(state, e.worker, e.team, member=True)


@evolves(TeamLeft)
def _left(state: State, e: TeamLeft, h: Happened) -> None:
    known = state.teams[e.team]
    members = tuple(m for m in known.members if m != e.worker)
    leader = None if known.leader == e.worker else known.leader
    _replace(state, e.team, members=members, leader=leader)
    _belongs(state, e.worker, e.team, member=False)


@evolves(TeamLeaderAppointed)
def _appointed(state: State, e: TeamLeaderAppointed, h: Happened) -> None:
    _replace(state, e.team, leader=e.worker)


@evolves(TeamActivated)
def _activated(state: State, e: TeamActivated, h: Happened) -> None:
    known = _replace(state, e.team, state="active")
    for worker in known.members:
        _belongs(state, worker, e.team, member=True)


@evolves(TeamStoodDown)
def _stood_down(state: State, e: TeamStoodDown, h: Happened) -> None:
    known = _replace(state, e.team, state="stood_down")
    for worker in known.members:
        _belongs(state, worker, e.team, member=False)
