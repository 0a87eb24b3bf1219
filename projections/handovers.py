"""Handovers 交接: notes that one shift leaves for the next, and who took them on."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope, Personal
from events.handover import HandoverAcknowledged, HandoverErased, HandoverResolved, HandoverWritten
from projections.base import Row, View


class Acknowledgement(msgspec.Struct, frozen=True):
    """Who read the note and takes it on, and when."""

    by: str
    at: datetime


class HandoverRow(Row, frozen=True, kw_only=True):
    """One note, open until resolved."""

    note: str
    area: str
    priority: int
    state: str = "open"
    """`open` or `resolved`."""
    written_at: datetime
    written_by: str
    acknowledged: tuple[Acknowledgement, ...] = ()
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    text: Personal | None = None


EVENTS = (HandoverWritten, HandoverAcknowledged, HandoverResolved, HandoverErased)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.note,) if isinstance(e, EVENTS) else ()


def evolve(row: HandoverRow | None, envelope: EventEnvelope, key: str) -> HandoverRow | None:
    match envelope.data:
        case HandoverWritten() as e:
            return HandoverRow(
                note=key,
                area=e.area,
                priority=e.priority,
                written_at=envelope.at,
                written_by=envelope.actor,
                text=e.text,
            )
        case HandoverAcknowledged() if row:
            acknowledgement = Acknowledgement(envelope.actor, envelope.at)
            return msgspec.structs.replace(row, acknowledged=(*row.acknowledged, acknowledgement))
        case HandoverResolved() if row:
            return _resolved(row, envelope)
        case HandoverErased() if row:
            return msgspec.structs.replace(_resolved(row, envelope), text=None)
        case _:
            return row


def _resolved(row: HandoverRow, envelope: EventEnvelope) -> HandoverRow:
    """Resolve the note, keeping the first resolution."""
    if row.state == "resolved":
        return row
    return msgspec.structs.replace(row, state="resolved", resolved_at=envelope.at, resolved_by=envelope.actor)


VIEW = View(
    name="handovers",
    row=HandoverRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=("area", "state", "priority", "written_at", "written_by", "resolved_at"),
    sort="-written_at",
)
