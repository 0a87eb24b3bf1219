"""Incidents: what is being responded to."""

from datetime import datetime
from typing import Any

import msgspec

from events.base import Event, event, upcast
from events.refs import AreaRef, IncidentRef


@event("incident.declared", schema=2)
class IncidentDeclared(Event, frozen=True):
    """An incident began."""

    incident: IncidentRef
    name: str
    kind: str
    areas: tuple[AreaRef, ...]
    starts_at: datetime
    expected_days: int | None = None
    """How many local days it is expected to last, the first counted as 1; None = not known."""


@event("incident.amended", schema=2)
class IncidentAmended(Event, frozen=True):
    """Some of what is known of an incident changed; fields left out stay."""

    incident: IncidentRef
    name: str | msgspec.UnsetType = msgspec.UNSET
    kind: str | msgspec.UnsetType = msgspec.UNSET
    areas: tuple[AreaRef, ...] | msgspec.UnsetType = msgspec.UNSET
    starts_at: datetime | msgspec.UnsetType = msgspec.UNSET
    expected_days: int | msgspec.UnsetType | None = msgspec.UNSET
    """None = no longer known."""


@upcast("incident.declared", 1)
@upcast("incident.amended", 1)
def _nothing_expected(data: dict[str, Any]) -> dict[str, Any]:
    """Before schema 2 nothing said how long an incident is expected to last; nor did a change of it."""
    return data


@event("incident.closed")
class IncidentClosed(Event, frozen=True):
    """An incident ended."""

    incident: IncidentRef
    ends_at: datetime


@event("incident.reopened")
class IncidentReopened(Event, frozen=True):
    """An incident goes on."""

    incident: IncidentRef
    reason: str | None = None
