"""Incidents 事件: what is being responded to, and the state of its requests."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope, RequestStanding
from events.incident import IncidentAmended, IncidentClosed, IncidentDeclared, IncidentReopened
from events.team import TeamFormed
from projections import requests
from projections.base import EVERYBODY, Row, View, amended


class IncidentRow(Row, frozen=True, kw_only=True):
    """One incident, with its requests counted by state over all areas and days."""

    incident: str
    name: str
    kind: str
    changed: int = 0
    """Position of the last amendment, or of the first record: what an amendment is based on."""
    areas: tuple[str, ...]
    state: str = "open"
    """`open` or `closed`."""
    starts_at: datetime
    ends_at: datetime | None = None
    expected_days: int | None = None
    """Expected duration in local days, counting the first as 1; None if unknown."""
    teams: int = 0
    received: int = 0
    open: int = 0
    assigned: int = 0
    in_progress: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    merged: int = 0


_OWN = IncidentDeclared | IncidentAmended | IncidentClosed | IncidentReopened | TeamFormed


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    found: dict[str, None] = {}
    if isinstance(e, _OWN) and e.incident:
        found[e.incident] = None
    for move in e.requests_moved:
        for standing in (move.before, move.after):
            if standing and standing.incident:
                found[standing.incident] = None
    return found


def evolve(row: IncidentRow | None, envelope: EventEnvelope, key: str) -> IncidentRow | None:
    e = envelope.data
    if isinstance(e, IncidentDeclared):
        return IncidentRow(
            incident=key,
            name=e.name,
            kind=e.kind,
            areas=e.areas,
            starts_at=e.starts_at,
            expected_days=e.expected_days,
            changed=envelope.position,
        )
    if row is None:
        return None
    match e:
        case IncidentAmended():
            row = amended(row, e, envelope)
        case IncidentClosed():
            row = msgspec.structs.replace(row, state="closed", ends_at=e.ends_at)
        case IncidentReopened():
            row = msgspec.structs.replace(row, state="open", ends_at=None)
        case TeamFormed():
            row = msgspec.structs.replace(row, teams=row.teams + 1)
        case _:
            pass
    for move in e.requests_moved:
        row = _plus(_plus(row, move.before, key, -1), move.after, key, 1)
    return row


def _plus(row: IncidentRow, standing: RequestStanding | None, key: str, by: int) -> IncidentRow:
    if standing is None or standing.incident != key:
        return row
    count = getattr(row, standing.state) + by
    return msgspec.structs.replace(row, received=row.received + by, **{standing.state: count})


VIEW = View(
    name="incidents",
    version=3,
    row=IncidentRow,
    keys=keys,
    evolve=evolve,
    events=(
        IncidentDeclared,
        IncidentAmended,
        IncidentClosed,
        IncidentReopened,
        TeamFormed,
        *requests.VIEW.events,
    ),
    filters=("kind", "state", "starts_at", "ends_at"),
    own=EVERYBODY,
)
