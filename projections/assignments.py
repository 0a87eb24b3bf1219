"""Assignments 派单: one worker or team on one request, with the time of every stage."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.amendment import present
from events.assignment import (
    DONE,
    GIVEN_BACK,
    LIVE,
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentDispatched,
    AssignmentDone,
    AssignmentEvent,
    AssignmentExpired,
    AssignmentGivenBack,
    AssignmentOffered,
    AssignmentProgressed,
    AssignmentProofAttached,
    AssignmentReleased,
)
from events.base import EventEnvelope, Personal
from events.request import RequestAmended
from events.stages import STAGES
from events.worker import WorkerTakenBack
from projections.base import Own, Row, View


class Stage(msgspec.Struct, frozen=True):
    """A stage reached: en_route, on_scene, or one defined by the organisation."""

    stage: str
    at: datetime
    recorded_at: datetime
    position: int


class Proof(msgspec.Struct, frozen=True):
    """A proof of what was done."""

    kind: str
    """photo, signature or code."""
    file: str | None
    """Name of the picture; read it at `/files/NAME`."""
    at: datetime
    position: int


class AssignmentRow(Row, frozen=True, kw_only=True):
    """One assignment. No `ended_at` means it was never released."""

    assignment: str
    request: str
    unit: str
    """The worker or team."""
    worker: str | None = None
    team: str | None = None
    area: str
    """The request's area."""
    incident: str | None = None
    state: str
    live: bool = False
    offered_at: datetime | None = None
    expires_at: datetime | None = None
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    stages: tuple[Stage, ...] = ()
    ended_at: datetime | None = None
    reason: str | None = None
    override: str | None = None
    unattended: str | None = None
    """Why it was sent, though nobody of the team was on duty."""
    given_back: str | None = None
    """Why the worker or team could not do it, in their own words' code."""
    note: Personal | None = None
    """What they said about it."""
    proofs: tuple[Proof, ...] = ()
    code: Personal | None = None
    """The code word that was given, if one was."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    match e:
        case RequestAmended():
            return e.assignments
        case WorkerTakenBack():
            return (e.assignment,) if e.assignment else ()
        case AssignmentEvent():
            return (e.assignment,)
        case _:
            return ()


def evolve(row: AssignmentRow | None, envelope: EventEnvelope, key: str) -> AssignmentRow | None:
    e = envelope.data
    if row is None:
        if not isinstance(e, AssignmentOffered | AssignmentDispatched):
            return None
        row = AssignmentRow(
            assignment=key,
            request=e.request,
            unit=e.unit,
            worker=e.worker,
            team=e.team,
            area=e.area,
            incident=e.incident,
            state=e.state,
        )
    return _changed(row, envelope)


def _changed(row: AssignmentRow, envelope: EventEnvelope) -> AssignmentRow:
    e, at = envelope.data, envelope.at
    match e:
        case RequestAmended():
            place = {name: value for name, value in present(e).items() if name in ("area", "incident")}
            return msgspec.structs.replace(row, **place)
        case WorkerTakenBack():
            return _taken_back(row, e)
        case AssignmentOffered():
            row = msgspec.structs.replace(
                row, offered_at=at, expires_at=e.expires_at, unattended=e.unattended
            )
        case AssignmentAccepted():
            row = msgspec.structs.replace(
                row, accepted_at=row.accepted_at or at, override=e.override or row.override
            )
        case AssignmentDispatched():
            row = msgspec.structs.replace(
                row,
                dispatched_at=row.dispatched_at or at,
                override=e.override or row.override,
                unattended=e.unattended or row.unattended,
            )
        case AssignmentProgressed():
            stages = (*row.stages, Stage(e.stage, at, envelope.recorded_at, envelope.position))
            row = _timed(msgspec.structs.replace(row, stages=stages))
        case AssignmentDone() | AssignmentReleased() | AssignmentDeclined() | AssignmentExpired():
            if row.ended_at is None:
                row = msgspec.structs.replace(row, ended_at=at, reason=e.reason)
            if isinstance(e, AssignmentGivenBack):
                row = msgspec.structs.replace(row, given_back=e.reason, note=e.note)
        case AssignmentProofAttached():
            proofs = (*row.proofs, Proof(e.kind, e.file, at, envelope.position))
            row = msgspec.structs.replace(row, proofs=proofs, code=e.code or row.code)
        case _:
            return row
    state = e.state
    return msgspec.structs.replace(row, state=state, live=state in LIVE)


def _taken_back(row: AssignmentRow, e: WorkerTakenBack) -> AssignmentRow:
    if e.stage == DONE:
        row = msgspec.structs.replace(row, ended_at=None, reason=None)
    elif e.stage == GIVEN_BACK:
        row = msgspec.structs.replace(row, given_back=None, note=None)
        row = msgspec.structs.replace(row, ended_at=None, reason=None) if e.state in LIVE else row
    else:
        stages = tuple(s for s in row.stages if s.position != e.position)
        row = _timed(msgspec.structs.replace(row, stages=stages))
    return msgspec.structs.replace(row, state=e.state, live=e.state in LIVE)


def _timed(row: AssignmentRow) -> AssignmentRow:
    """Set the first en_route and on_scene times, by when they happened."""
    first = {
        f"{stage}_at": min((s.at for s in row.stages if s.stage == stage), default=None) for stage in STAGES
    }
    return msgspec.structs.replace(row, **first)


VIEW = View(
    name="assignments",
    version=2,
    row=AssignmentRow,
    keys=keys,
    evolve=evolve,
    events=(AssignmentEvent, WorkerTakenBack, RequestAmended),
    filters=(
        "request",
        "unit",
        "worker",
        "team",
        "area",
        "incident",
        "state",
        "live",
        "offered_at",
        "dispatched_at",
        "ended_at",
    ),
    own=Own("unit", team=True),
)
