"""Decisions about teams."""

from collections.abc import Iterable, Iterator

from events.base import Event
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
from services.decisions.assignment.rules import release_all
from services.decisions.base import Ask, changes, decides
from services.decisions.membership import active_team
from services.decisions.state import State
from services.decisions.team.commands import Activate, Amend, AppointLeader, Form, Join, Leave, StandDown
from services.decisions.team.table import TEAMS, Team
from services.decisions.worker.table import WORKERS


@decides(Form)
def _form(state: State, c: Form, ask: Ask) -> Iterator[Event]:
    key = c.team or ask.id
    known = state[TEAMS].get(key)
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
    other = active_team(state, state[WORKERS][worker])
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
