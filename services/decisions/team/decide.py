"""Decisions about teams."""

from collections.abc import Iterable, Iterator
from typing import Any

from events.base import Event
from events.signs import TEAM
from events.standing import active_team
from events.team import (
    ACTIVE,
    FORMING,
    STOOD_DOWN,
    TeamActivated,
    TeamAmended,
    TeamFormed,
    TeamJoined,
    TeamLeaderAppointed,
    TeamLeft,
    TeamStoodDown,
)
from services.decisions import lookups
from services.decisions.amending import in_the_present, news, not_changed_since, subject
from services.decisions.assignment.rules import release_all
from services.decisions.authorise import covers
from services.decisions.base import Context, Refused, changes, decides
from services.decisions.lookups import says_again
from services.decisions.signs import free_sign, next_sign
from services.decisions.state import State
from services.decisions.team.commands import Activate, Amend, AppointLeader, Form, Join, Leave, StandDown
from services.decisions.team.table import TEAMS, Team
from services.decisions.worker.table import WORKERS


@decides(Form)
def _form(state: State, c: Form, ctx: Context) -> Iterator[Event]:
    key = c.team or ctx.id
    known = state[TEAMS].get(key)
    if known and ctx.observed and _same(known, c):
        return
    lookups.fresh(known, "team.exists", team=key)
    lookups.open_area(state, c.area, ctx)
    lookups.open_incident(state, c.incident, ctx.at, ctx)
    yield TeamFormed(
        team=key,
        name=c.name,
        kind=c.kind,
        area=c.area,
        organisation=c.organisation,
        incident=c.incident,
        capacity=c.capacity,
        **_signed(state, key, c.call_sign, ctx),
    )
    for worker in c.members:
        yield from _join(state, Join(team=key, worker=worker), ctx)
    if c.leader:
        yield from _appoint(state, AppointLeader(team=key, worker=c.leader), ctx)
    if c.activate:
        yield from _activate(state, Activate(team=key), ctx)


def _same(known: Team, c: Form) -> bool:
    """Whether a command says again what is known of a team, its members and its leader."""
    joined = set(c.members) <= set(known.members) and c.leader in (None, known.leader)
    active = not c.activate or known.state != FORMING
    return joined and active and says_again(known, c, "team", "members", "leader", "activate")


def _signed(state: State, key: str, wanted: str | None, ctx: Context) -> dict[str, Any]:
    """Return the call sign of a new team: as wished, else the log's next."""
    if wanted:
        free_sign(state, wanted, f"team/{key}", ctx)
        return {"call_sign": wanted}
    number, call_sign = next_sign(state, "team", TEAM)
    return {"call_sign": call_sign, "number": number}


@decides(Amend)
def _amend(state: State, c: Amend, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, TEAMS, c.team)
    given = changes(c, "team")
    if given.get("area"):
        lookups.open_area(state, given["area"], ctx)
    about = subject(f"team/{c.team}", known, known.formed_at)
    new = news(state, about, given, ctx)
    if call_sign := in_the_present(new).get("call_sign"):
        free_sign(state, call_sign, about.key, ctx)
    not_changed_since(state, about, c, new, ctx)
    if new:
        yield TeamAmended(team=c.team, **new)


def _standing(state: State, key: str, ctx: Context) -> Team:
    known = lookups.known(state, TEAMS, key)
    ctx.rule(known.state != STOOD_DOWN, "team.stood_down", team=key)
    return known


@decides(Join)
def _join(state: State, c: Join, ctx: Context) -> Iterator[Event]:
    known = _standing(state, c.team, ctx)
    lookups.active_worker(state, c.worker, ctx)
    if c.worker in known.members:
        return
    if known.state == ACTIVE:
        yield from _only_active(state, c.team, c.worker, ctx)
    yield TeamJoined(team=c.team, worker=c.worker)


def _only_active(state: State, team: str, worker: str, ctx: Context) -> Iterator[Event]:
    """Keep a worker in at most one active team; observed facts move them over."""
    other = active_team(state[WORKERS][worker].teams, state[TEAMS])
    if other and other != team:
        ctx.rule(False, "worker.in_team", worker=worker, team=other)
        if not covers(state, "team", other, ctx.scope):
            raise Refused("worker.in_team", worker=worker, team=other)
        yield TeamLeft(team=other, worker=worker, reason="moved")


@decides(Leave)
def _leave(state: State, c: Leave, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, TEAMS, c.team)
    lookups.known(state, WORKERS, c.worker)
    if c.worker in known.members:
        yield TeamLeft(team=c.team, worker=c.worker, reason=c.reason)


@decides(AppointLeader)
def _appoint(state: State, c: AppointLeader, ctx: Context) -> Iterator[Event]:
    known = _standing(state, c.team, ctx)
    lookups.active_worker(state, c.worker, ctx)
    if known.leader == c.worker:
        return
    if c.worker not in known.members:
        ctx.rule(False, "team.not_member", worker=c.worker, team=c.team)
        yield from _join(state, Join(team=c.team, worker=c.worker), ctx)
    yield TeamLeaderAppointed(team=c.team, worker=c.worker)


@decides(Activate)
def _activate(state: State, c: Activate, ctx: Context) -> Iterator[Event]:
    known = _standing(state, c.team, ctx)
    if known.state == ACTIVE:
        return
    for worker in known.members:
        yield from _only_active(state, c.team, worker, ctx)
    yield TeamActivated(team=c.team)


@decides(StandDown)
def _stand_down(state: State, c: StandDown, ctx: Context) -> Iterator[Event]:
    known = lookups.known(state, TEAMS, c.team)
    if known.state == STOOD_DOWN:
        return
    if known.live and c.release:
        yield from release_all(state, known.live, c.release)
    elif known.live:
        ctx.rule(False, "team.has_assignments", team=c.team, live=known.live)
    yield from release_all(state, known.offers, "stood_down")
    yield TeamStoodDown(team=c.team, reason=c.reason)
