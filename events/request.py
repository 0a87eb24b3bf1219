"""Requests: services that someone needs."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from events.amendment import Amendment
from events.base import Event, Personal, PersonalPhone, event, upcast
from events.refs import AreaRef, AssignmentRef, IncidentRef, RequestRef


@event("request.opened", schema=2)
class RequestOpened(Event, frozen=True):
    """A request was received; `at` is when."""

    request: RequestRef
    category: str
    priority: int
    """1 life safety, 2 urgent, 3 needed, 4 comfort."""
    area: AreaRef
    incident: IncidentRef | None = None
    quantity: int = 1
    slots: int | None = 1
    """Assignees needed; None means open-ended."""
    due_at: datetime | None = None
    entered_at: datetime | None = None
    """When it was entered into the receiving system, if known."""
    lon: float | None = None
    """WGS-84 degrees."""
    lat: float | None = None
    source: str | None = None
    contact_name: Personal | None = None
    contact_phone: PersonalPhone | None = None
    address: Personal | None = None
    text: Personal | None = None
    number: int | None = None
    """Short number given by the log, 1, 2, 3 ... in its order; shown as R-0421. None in older events."""


@upcast("request.opened", 1)
def _not_numbered(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, which gave no numbers."""
    return data


@event("request.acknowledged")
class RequestAcknowledged(Event, frozen=True):
    """A dispatcher has seen the request; it need not be announced any longer."""

    request: RequestRef


@event("request.amended", schema=2)
class RequestAmended(Amendment, frozen=True):
    """A request's details changed; omitted fields stay unchanged."""

    NOT_SET: ClassVar[frozenset[str]] = frozenset(("assignments",))

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


@upcast("request.amended", 1)
def _all_in_the_present(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, by which the last amendment recorded counted, however early its time."""
    return data


@event("request.completed", schema=2)
class RequestCompleted(Event, frozen=True):
    """The request was served."""

    request: RequestRef
    reason: str | None = None
    note: Personal | None = None
    automatic: bool = False
    """Recorded by the service itself, because all slots were done."""


@event("request.cancelled")
class RequestCancelled(Event, frozen=True):
    """The request is no longer needed."""

    request: RequestRef
    reason: str
    note: Personal | None = None


@event("request.failed")
class RequestFailed(Event, frozen=True):
    """The request could not be served."""

    request: RequestRef
    reason: str
    note: Personal | None = None


@event("request.merged")
class RequestMerged(Event, frozen=True):
    """Merged into another request for the same need, which continues; both still count as received."""

    request: RequestRef
    into: RequestRef


@event("request.reopened", schema=3)
class RequestReopened(Event, frozen=True):
    """Needed after all; what was done before no longer counts, unless this is automatic."""

    request: RequestRef
    reason: str | None = None
    automatic: bool = False
    """Recorded by the service itself: a done was taken back that had completed the request. The others' done
    still count."""
    out_of: RequestRef | None = None
    """The request that it had been merged into."""


@upcast("request.completed", 1)
@upcast("request.reopened", 1)
@upcast("request.reopened", 2)
def _by_somebody(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from when only people did it (1), and when it was not said out of which request (2)."""
    return data


@event("request.erased")
class RequestErased(Event, frozen=True):
    """The request's key was destroyed, so contact, address and texts are permanently unreadable."""

    request: RequestRef
