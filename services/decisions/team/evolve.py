"""Apply events to teams."""

import msgspec

from events.amendment import present
from events.base import EventEnvelope
from events.team import (
    ACTIVE,
    STOOD_DOWN,
    TeamActivated,
    TeamAmended,
    TeamFormed,
    TeamJoined,
    TeamLeaderAppointed,
    TeamLeft,
    TeamStoodDown,
)
from services.decisions.amending import note_changes
from services.decisions.base import evolves
from services.decisions.signs import counted, hold_sign
from services.decisions.state import State
from services.decisions.team.table import TEAMS, Team
from services.decisions.worker.table import WORKERS


def _replace(state: State, key: str, /, **fields: object) -> Team:
    new = msgspec.structs.replace(state[TEAMS][key], **fields)
    state.put(state[TEAMS], key, new)
    return new


def _belongs(state: State, worker: str, team: str, *, member: bool) -> None:
    known = state[WORKERS][worker]
    teams = tuple(t for t in known.teams if t != team)
    state.put(
        state[WORKERS], worker, msgspec.structs.replace(known, teams=(*teams, team) if member else teams)
    )


@evolves(TeamFormed)
def _formed(state: State, e: TeamFormed, envelope: EventEnvelope) -> None:
    new = Team(
        name=e.name,
        kind=e.kind,
        area=e.area,
        organisation=e.organisation,
        incident=e.incident,
        capacity=e.capacity,
        call_sign=e.call_sign,
        formed_at=envelope.at,
    )
    state.put(state[TEAMS], e.team, new)
    counted(state, "team", e.number)
    hold_sign(state, f"team/{e.team}", None, e.call_sign)


@evolves(TeamAmended)
def _amended(state: State, e: TeamAmended, envelope: EventEnvelope) -> None:
    before = state[TEAMS][e.team].call_sign
    hold_sign(state, f"team/{e.team}", before, _replace(state, e.team, **present(e)).call_sign)
    note_changes(state, f"team/{e.team}", e, envelope)


@evolves(TeamJoined)
def _joined(state: State, e: TeamJoined, envelope: EventEnvelope) -> None:
    known = state[TEAMS][e.team]
    if e.worker not in known.members:
        _replace(state, e.team, members=(*known.members, e.worker))
    if known.state != STOOD_DOWN:
        _belongs(state, e.worker, e.team, member=True)


@evolves(TeamLeft)
def _left(state: State, e: TeamLeft, envelope: EventEnvelope) -> None:
    known = state[TEAMS][e.team]
    members = tuple(m for m in known.members if m != e.worker)
    leader = None if known.leader == e.worker else known.leader
    _replace(state, e.team, members=members, leader=leader)
    _belongs(state, e.worker, e.team, member=False)


@evolves(TeamLeaderAppointed)
def _appointed(state: State, e: TeamLeaderAppointed, envelope: EventEnvelope) -> None:
    _replace(state, e.team, leader=e.worker)


@evolves(TeamActivated)
def _activated(state: State, e: TeamActivated, envelope: EventEnvelope) -> None:
    known = _replace(state, e.team, state=ACTIVE)
    for worker in known.members:
        _belongs(state, worker, e.team, member=True)


@evolves(TeamStoodDown)
def _stood_down(state: State, e: TeamStoodDown, envelope: EventEnvelope) -> None:
    known = _replace(state, e.team, state=STOOD_DOWN)
    hold_sign(state, f"team/{e.team}", known.call_sign, None)
    for worker in known.members:
        _belongs(state, worker, e.team, member=False)
