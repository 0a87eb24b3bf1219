"""Incidents: what is being responded to."""

from datetime import datetime
from typing import Any

import msgspec

from events.amendment import Amendment
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
    """Expected duration in local days, counting the first as 1; None if unknown."""


@event("incident.amended", schema=3)
class IncidentAmended(Amendment, frozen=True):
    """An incident's details changed; omitted fields stay unchanged."""

    incident: IncidentRef
    name: str | msgspec.UnsetType = msgspec.UNSET
    kind: str | msgspec.UnsetType = msgspec.UNSET
    areas: tuple[AreaRef, ...] | msgspec.UnsetType = msgspec.UNSET
    starts_at: datetime | msgspec.UnsetType = msgspec.UNSET
    expected_days: int | msgspec.UnsetType | None = msgspec.UNSET
    """None means no longer known."""


@upcast("incident.declared", 1)
@upcast("incident.amended", 1)
def _nothing_expected(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, which had no expected duration."""
    return data


@upcast("incident.amended", 2)
def _all_in_the_present(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 2, by which the last amendment recorded counted, however early its time."""
    return data


@event("incident.closed")
class IncidentClosed(Event, frozen=True):
    """An incident ended."""

    incident: IncidentRef
    ends_at: datetime


@event("incident.reopened")
class IncidentReopened(Event, frozen=True):
    """An incident was reopened."""

    incident: IncidentRef
    reason: str | None = None
