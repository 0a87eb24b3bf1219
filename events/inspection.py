"""Inspections 督查: written or on site. Each finding becomes an undertaking at once."""

from typing import Annotated, Literal

import msgspec

from events.base import Event, Personal, event
from events.refs import AreaRef, WorkerRef
from events.undertaking import InspectionRef, UndertakingRef
from events.unit import UnitRef

Manner = Literal["written", "on_site"]


class Finding(msgspec.Struct, frozen=True):
    """One finding 发现问题, and the undertaking that it became."""

    text: str
    undertaking: Annotated[str, msgspec.Meta(description="Id of the undertaking")]


class InspectionEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one inspection."""

    inspection: InspectionRef
    area: AreaRef


@event("inspection.ordered")
class InspectionOrdered(InspectionEvent, frozen=True, kw_only=True):
    """An inspection of an undertaking or a unit was ordered."""

    manner: Manner
    undertaking: UndertakingRef | None = None
    unit: UnitRef | None = None
    inspector: WorkerRef | None = None
    """Worker who inspects, and reports from their phone."""


@event("inspection.reported")
class InspectionReported(InspectionEvent, frozen=True, kw_only=True):
    """What was seen, where and when."""

    findings: tuple[Finding, ...] = ()
    place: str | None = None
    lat: float | None = None
    lon: float | None = None
    file: str | None = None
    """Name of a picture that was uploaded."""
    note: Personal | None = None


@event("inspection.called_off")
class InspectionCalledOff(InspectionEvent, frozen=True, kw_only=True):
    """The inspection was called off."""

    reason: str


@event("inspection.erased")
class InspectionErased(InspectionEvent, frozen=True, kw_only=True):
    """The key of the note and the picture was destroyed. The findings stay."""
