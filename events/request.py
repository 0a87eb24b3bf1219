"""Requests: services that someone needs."""

from datetime import datetime

import msgspec

from events.base import Event, Personal, PersonalPhone, event
from events.refs import AreaRef, AssignmentRef, IncidentRef, RequestRef


@event("request.opened")
class RequestOpened(Event, frozen=True):
    """A request was received (at = when it was received)."""

    request: RequestRef
    category: str
    priority: int
    """1 life safety, 2 urgent, 3 needed, 4 comfort."""
    area: AreaRef
    incident: IncidentRef | None = None
    quantity: int = 1
    slots: int | None = 1
    """Assignees it needs; None = open-ended."""
    due_at: datetime | None = None
    entered_at: datetime | None = None
    """When it was typed into the system that received it, where that is known."""
    lon: float | None = None
    """WGS-84 degrees."""
    lat: float | None = None
    source: str | None = None
    contact_name: Personal | None = None
    contact_phone: PersonalPhone | None = None
    address: Personal | None = None
    text: Personal | None = None


@event("request.amended")
class RequestAmended(Event, frozen=True):
    """Some of what is known of a request changed; fields left out stay."""

    request: RequestRef
    category: str | msgspec.UnsetType = msgspec.UNSET
    priority: int | msgspec.UnsetType = msgspec.UNSET
    area: AreaRef | msgspec.UnsetType = msgspec.UNSET
    incident: IncidentRef | msgspec.UnsetType | None = msgspec.UNSET
    quantity: int | msgspec.UnsetType = msgspec.UNSET
    slots: int | msgspec.UnsetType | None = msgspec.UNSET
    due_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    lon: float | msgspec.UnsetType | None = msgspec.UNSET
    lat: float | msgspec.UnsetType | None = msgspec.UNSET
    contact_name: Personal | msgspec.UnsetType | None = msgspec.UNSET
    contact_phone: PersonalPhone | msgspec.UnsetType | None = msgspec.UNSET
    address: Personal | msgspec.UnsetType | None = msgspec.UNSET
    text: Personal | msgspec.UnsetType | None = msgspec.UNSET
    assignments: tuple[AssignmentRef, ...] = ()
    """Live assignments and offers, whose rows show the request's area and incident."""


@event("request.completed")
class RequestCompleted(Event, frozen=True):
    """Served."""

    request: RequestRef
    reason: str | None = None
    note: Personal | None = None


@event("request.cancelled")
class RequestCancelled(Event, frozen=True):
    """No longer needed."""

    request: RequestRef
    reason: str
    note: Personal | None = None


@event("request.failed")
class RequestFailed(Event, frozen=True):
    """Could not be served."""

    request: RequestRef
    reason: str
    note: Personal | None = None


@event("request.merged")
class RequestMerged(Event, frozen=True):
    """The same need as another request, which goes on; both stay received."""

    request: RequestRef
    into: RequestRef


@event("request.reopened")
class RequestReopened(Event, frozen=True):
    """Needed after all; what was done before no longer counts."""

    request: RequestRef
    reason: str | None = None


@event("request.erased")
class RequestErased(Event, frozen=True):
    """The request's key is destroyed: contact, address and texts can no longer be read by anybody."""

    request: RequestRef
