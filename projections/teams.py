"""Teams 队伍: leader, members and current assignments."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.assignment import LIVE, AssignmentEvent
from events.base import EventEnvelope
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
from projections.base import Own, Row, View, amended


class TeamRow(Row, frozen=True, kw_only=True):
    """One team. `live` lists its live assignments."""

    team: str
    call_sign: str | None = None
    """What it is called aloud; None for teams from before call signs."""
    name: str
    kind: str
    changed: int = 0
    """Position of the last amendment, or of the first record: what an amendment is based on."""
    area: str
    organisation: str | None = None
    incident: str | None = None
    state: str = FORMING
    leader: str | None = None
    members: tuple[str, ...] = ()
    member_count: int = 0
    capacity: int | None = None
    live: tuple[str, ...] = ()
    live_count: int = 0
    formed_at: datetime
    activated_at: datetime | None = None
    stood_down_at: datetime | None = None


EVENTS = (
    TeamFormed,
    TeamAmended,
    TeamJoined,
    TeamLeft,
    TeamLeaderAppointed,
    TeamActivated,
    TeamStoodDown,
    AssignmentEvent,
)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    team = getattr(envelope.data, "team", None)
    return (team,) if isinstance(team, str) else ()


def evolve(row: TeamRow | None, envelope: EventEnvelope, key: str) -> TeamRow | None:
    e = envelope.data
    if isinstance(e, TeamFormed):
        return TeamRow(
            team=key,
            name=e.name,
            kind=e.kind,
            area=e.area,
            organisation=e.organisation,
            incident=e.incident,
            capacity=e.capacity,
            call_sign=e.call_sign,
            changed=envelope.position,
            formed_at=envelope.at,
        )
    return _changed(row, envelope) if row else None


def _changed(row: TeamRow, envelope: EventEnvelope) -> TeamRow:
    match envelope.data:
        case TeamAmended() as e:
            return amended(row, e, envelope)
        case TeamJoined() as e:
            return _with_members(row, (*(m for m in row.members if m != e.worker), e.worker))
        case TeamLeft() as e:
            leader = None if row.leader == e.worker else row.leader
            members = tuple(m for m in row.members if m != e.worker)
            return _with_members(msgspec.structs.replace(row, leader=leader), members)
        case TeamLeaderAppointed() as e:
            return msgspec.structs.replace(row, leader=e.worker)
        case TeamActivated():
            return msgspec.structs.replace(row, state=ACTIVE, activated_at=envelope.at)
        case TeamStoodDown():
            return msgspec.structs.replace(row, state=STOOD_DOWN, stood_down_at=envelope.at)
        case AssignmentEvent() as e:
            return _with_live(row, e)
        case _:
            return row


def _with_members(row: TeamRow, members: tuple[str, ...]) -> TeamRow:
    return msgspec.structs.replace(row, members=members, member_count=len(members))


def _with_live(row: TeamRow, e: AssignmentEvent) -> TeamRow:
    rest = tuple(a for a in row.live if a != e.assignment)
    now = (*rest, e.assignment) if e.state in LIVE else rest
    return msgspec.structs.replace(row, live=now, live_count=len(now))


VIEW = View(
    name="teams",
    row=TeamRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    version=4,
    filters=(
        "team",
        "call_sign",
        "area",
        "kind",
        "state",
        "organisation",
        "incident",
        "leader",
        "live_count",
        "formed_at",
    ),
    own=Own("team", worker=False, team=True),
)
