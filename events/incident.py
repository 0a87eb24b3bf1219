"""Incidents: what is being responded to."""

from datetime import datetime

import msgspec

from events.base import Event, event


@event("incident.declared")
class IncidentDeclared(Event, frozen=True):
    """An incident began."""

    incident: str
    name: str
    kind: str
    areas: tuple[str, ...]
    starts_at: datetime


@event("incident.amended")
class IncidentAmended(Event, frozen=True):
    """Some of what is known of an incident changed; fields left out stay."""

    incident: str
    name: str | msgspec.UnsetType = msgspec.UNSET
    kind: str | msgspec.UnsetType = msgspec.UNSET
    areas: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    starts_at: datetime | msgspec.UnsetType = msgspec.UNSET


@event("incident.closed")
class IncidentClosed(Event, frozen=True):
    """An incident ended."""

    incident: str
    ends_at: datetime


@event("incident.reopened")
class IncidentReopened(Event, frozen=True):
    """An incident goes on."""

    incident: str
    reason: str | None = None
