"""Roster 花名册: every worker who can be dispatched, and where they count now."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope, Personal, WorkerStanding
from events.duty import HOME, OUT
from events.presence import OFF_DUTY
from events.worker import (
    WorkerAmended,
    WorkerDutyCorrected,
    WorkerErased,
    WorkerLeftHome,
    WorkerRegistered,
    WorkerReported,
    WorkerTakenBack,
    WorkerWelfareChecked,
)
from projections.base import Own, Row, View, amended


class RosterRow(Row, frozen=True, kw_only=True):
    """One worker. area, role, presence and team match the headcount."""

    worker: str
    call_sign: str | None = None
    """What they are called aloud; None for workers from before call signs."""
    area: str
    role: str
    presence: str
    changed: int = 0
    """Position of the last amendment, or of the first record: what an amendment is based on."""
    team: str | None = None
    since: datetime | None = None
    """When the current place began (`at` of the event that caused it)."""
    duty_since: datetime | None = None
    """When the current duty, or else the last one, began; moving to another area does not begin a new one."""
    welfare_at: datetime | None = None
    """When somebody last heard that they are well."""
    home_area: str | None = None
    reported_area: str | None = None
    organisation: str | None = None
    skills: tuple[str, ...] = ()
    vehicle: str | None = None
    capacity: int = 1
    registered_by: str | None = None
    """Actor of the last registration."""
    name: Personal | None = None
    phone: Personal | None = None


def keys(envelope: EventEnvelope) -> Iterable[str]:
    data = envelope.data
    if isinstance(data, _ABOUT):
        return dict.fromkeys((*(move.worker for move in data.moved), data.worker))
    return dict.fromkeys([move.worker for move in data.moved]) if data.moved else ()


_ABOUT = (WorkerAmended, WorkerErased, WorkerRegistered, WorkerWelfareChecked)
"""Events that tell something of a worker who need not have moved."""
_DESCRIBING = (*_ABOUT, WorkerReported, WorkerLeftHome, WorkerTakenBack, WorkerDutyCorrected)
"""Events that tell something of a worker besides their place."""


def evolve(row: RosterRow | None, envelope: EventEnvelope, key: str) -> RosterRow | None:
    if isinstance(envelope.data, _DESCRIBING):
        row = _described(row, envelope, key)
    for move in envelope.data.moved:
        if move.worker != key:
            continue
        if move.after is None:
            return None
        row = _placed(row, move.after, envelope, key)
    return row


def _placed(row: RosterRow | None, standing: WorkerStanding, envelope: EventEnvelope, key: str) -> RosterRow:
    before = row and (row.area, row.presence, row.team)
    stays = before == (standing.area, standing.presence, standing.team)
    return msgspec.structs.replace(
        row or RosterRow(worker=key, area=standing.area, role=standing.role, presence=standing.presence),
        area=standing.area,
        role=standing.role,
        presence=standing.presence,
        team=standing.team,
        since=row.since if row and stays else _happened(envelope),
        duty_since=_duty_since(row, standing, envelope),
    )


def _happened(envelope: EventEnvelope) -> datetime:
    """Return when the place began: for a correction, when the corrected fact happened."""
    return envelope.data.at if isinstance(envelope.data, WorkerDutyCorrected) else envelope.at


def _duty_since(row: RosterRow | None, standing: WorkerStanding, envelope: EventEnvelope) -> datetime | None:
    """Return when the duty began. A check-out that is taken back resumes the duty it had ended."""
    known = row.duty_since if row else None
    if isinstance(envelope.data, WorkerDutyCorrected):
        return known  # the event says it
    begins = standing.presence != OFF_DUTY and (row is None or row.presence == OFF_DUTY)
    resumed = isinstance(envelope.data, WorkerTakenBack) and envelope.data.kind == OUT
    return envelope.at if begins and not (resumed and known) else known


def _described(row: RosterRow | None, envelope: EventEnvelope, key: str) -> RosterRow | None:
    """Apply what is known about the worker apart from their place."""
    data = envelope.data
    if isinstance(data, WorkerRegistered) and data.worker == key:
        return _registered(row, data, envelope)
    if row is None:
        return None
    if isinstance(data, WorkerAmended) and data.worker == key:
        return amended(row, data, envelope)
    if isinstance(data, WorkerReported | WorkerLeftHome) and data.worker == key:
        return msgspec.structs.replace(row, reported_area=data.reported)
    if isinstance(data, WorkerTakenBack) and data.worker == key and data.kind in HOME:
        return msgspec.structs.replace(row, reported_area=data.reported)
    if isinstance(data, WorkerDutyCorrected) and data.worker == key:
        since = data.at if row.since == data.was_at else row.since
        return msgspec.structs.replace(row, since=since, duty_since=data.duty_since or row.duty_since)
    if isinstance(data, WorkerWelfareChecked) and data.worker == key:
        at = max(row.welfare_at or envelope.at, envelope.at)
        return msgspec.structs.replace(row, welfare_at=at)
    if isinstance(data, WorkerErased) and data.worker == key:
        return msgspec.structs.replace(row, name=None, phone=None)
    return row


def _registered(row: RosterRow | None, e: WorkerRegistered, envelope: EventEnvelope) -> RosterRow:
    """Return the row of who registers, or registers again."""
    new = row or RosterRow(
        worker=e.worker, area=envelope.jurisdiction, role=e.role, presence=OFF_DUTY, since=envelope.at
    )
    return msgspec.structs.replace(amended(new, e, envelope), registered_by=envelope.actor)


VIEW = View(
    name="roster",
    row=RosterRow,
    keys=keys,
    evolve=evolve,
    version=4,
    filters=(
        "worker",
        "call_sign",
        "area",
        "role",
        "presence",
        "team",
        "organisation",
        "home_area",
        "reported_area",
    ),
    sort="key",
    own=Own("worker"),
)
