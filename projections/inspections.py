"""Inspections 督查: ordered, reported with place, time and picture, and what was found."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope, Personal
from events.inspection import (
    Finding,
    InspectionCalledOff,
    InspectionErased,
    InspectionEvent,
    InspectionOrdered,
    InspectionReported,
)
from projections.base import Own, Row, View

EVENTS = (InspectionOrdered, InspectionReported, InspectionCalledOff, InspectionErased)


class InspectionRow(Row, frozen=True, kw_only=True):
    """One inspection."""

    inspection: str
    area: str
    manner: str
    """written or on_site."""
    undertaking: str | None = None
    unit: str | None = None
    inspector: str | None = None
    state: str = "ordered"
    """ordered, reported or called_off."""
    ordered_at: datetime
    ended_at: datetime | None = None
    place: str | None = None
    lat: float | None = None
    lon: float | None = None
    file: str | None = None
    found: int = 0
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    note: Personal | None = None


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.inspection,) if isinstance(e, InspectionEvent) else ()


def evolve(row: InspectionRow | None, envelope: EventEnvelope, key: str) -> InspectionRow | None:
    e = envelope.data
    if isinstance(e, InspectionOrdered):
        return InspectionRow(
            inspection=key,
            area=e.area,
            manner=e.manner,
            undertaking=e.undertaking,
            unit=e.unit,
            inspector=e.inspector,
            ordered_at=envelope.at,
        )
    if row is None:
        return None
    match e:
        case InspectionReported():
            return msgspec.structs.replace(
                row,
                state="reported",
                ended_at=envelope.at,
                place=e.place,
                lat=e.lat,
                lon=e.lon,
                file=e.file,
                found=len(e.findings),
                findings=e.findings,
                note=e.note,
            )
        case InspectionCalledOff():
            return msgspec.structs.replace(row, state="called_off", ended_at=envelope.at, reason=e.reason)
        case InspectionErased():
            return msgspec.structs.replace(row, note=None, file=None)
        case _:
            return row


def at(row: InspectionRow, instant: datetime) -> InspectionRow | None:
    """Return the inspection as it was at an instant; None before it was ordered."""
    if row.ordered_at > instant:
        return None
    if row.ended_at is None or row.ended_at <= instant:
        return row
    return InspectionRow(
        inspection=row.inspection,
        area=row.area,
        manner=row.manner,
        undertaking=row.undertaking,
        unit=row.unit,
        inspector=row.inspector,
        ordered_at=row.ordered_at,
    )


VIEW = View(
    name="inspections",
    row=InspectionRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=(
        "inspection",
        "area",
        "manner",
        "undertaking",
        "unit",
        "inspector",
        "state",
        "ordered_at",
        "ended_at",
        "found",
    ),
    sort="-ordered_at",
    own=Own("inspector"),
    at=at,
)
