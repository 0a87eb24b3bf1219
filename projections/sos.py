"""Calls for help 求助: who called, from where, and whether somebody looks after it."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope, Personal
from events.sos import SosEvent, WorkerSosAcknowledged, WorkerSosEnded, WorkerSosRaised
from projections.base import Own, Row, View


class SosRow(Row, frozen=True, kw_only=True):
    """One call for help."""

    sos: str
    worker: str
    team: str | None = None
    area: str
    place: Personal | None = None
    """Latitude, longitude and accuracy, as far as the phone knew."""
    state: str = "open"
    """open, acknowledged or ended."""
    raised_at: datetime
    recorded_at: datetime
    """When the call arrived; later than `raised_at` if the phone had no network."""
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    reason: str | None = None


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.sos,) if isinstance(e, SosEvent) else ()


def evolve(row: SosRow | None, envelope: EventEnvelope, key: str) -> SosRow | None:
    e, at, actor = envelope.data, envelope.at, envelope.actor
    if isinstance(e, WorkerSosRaised):
        return SosRow(
            sos=key,
            worker=e.worker,
            team=e.team,
            area=e.area,
            place=e.place,
            raised_at=at,
            recorded_at=envelope.recorded_at,
        )
    if row is None:
        return None
    match e:
        case WorkerSosAcknowledged():
            row = msgspec.structs.replace(row, acknowledged_at=at, acknowledged_by=actor)
        case WorkerSosEnded():
            row = msgspec.structs.replace(row, ended_at=at, ended_by=actor, reason=e.reason)
        case _:
            return row
    return msgspec.structs.replace(row, state="ended" if row.ended_at else "acknowledged")


VIEW = View(
    name="sos",
    row=SosRow,
    keys=keys,
    evolve=evolve,
    events=(SosEvent,),
    filters=("worker", "team", "area", "state", "raised_at"),
    sort="-raised_at",
    own=Own("worker"),
)
