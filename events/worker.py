"""Workers: people who can be sent."""

from datetime import datetime

import msgspec

from events.base import Event, Personal, PersonalPhone, event
from events.refs import AreaRef, AssignmentRef, RequestRef, WorkerRef


@event("worker.registered")
class WorkerRegistered(Event, frozen=True):
    """A person can be sent from now on (again, where they had retired)."""

    worker: WorkerRef
    role: str
    home_area: AreaRef | None = None
    organisation: str | None = None
    skills: tuple[str, ...] = ()
    vehicle: str | None = None
    capacity: int = 1
    name: Personal | None = None
    phone: PersonalPhone | None = None
    walk_in: bool = False


@event("worker.amended")
class WorkerAmended(Event, frozen=True):
    """Some of what is known of a worker changed; fields left out stay."""

    worker: WorkerRef
    role: str | msgspec.UnsetType = msgspec.UNSET
    home_area: AreaRef | msgspec.UnsetType | None = msgspec.UNSET
    organisation: str | msgspec.UnsetType | None = msgspec.UNSET
    skills: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    vehicle: str | msgspec.UnsetType | None = msgspec.UNSET
    capacity: int | msgspec.UnsetType = msgspec.UNSET
    name: Personal | msgspec.UnsetType | None = msgspec.UNSET
    phone: PersonalPhone | msgspec.UnsetType | None = msgspec.UNSET


@event("worker.retired")
class WorkerRetired(Event, frozen=True):
    """A person can no longer be sent; they leave roster and headcount."""

    worker: WorkerRef
    reason: str | None = None


@event("worker.reported")
class WorkerReported(Event, frozen=True):
    """A worker registered with the home community as available for service there; not a shift."""

    worker: WorkerRef
    area: AreaRef
    reported: AreaRef | None = None
    """The home community that counts after this: another one where this is old news."""


@event("worker.checked_in")
class WorkerCheckedIn(Event, frozen=True):
    """A worker went on duty at an area, or moved there."""

    worker: WorkerRef
    area: AreaRef


@event("worker.presence_set")
class WorkerPresenceSet(Event, frozen=True):
    """A worker on duty said: available, or on_break."""

    worker: WorkerRef
    presence: str


@event("worker.checked_out")
class WorkerCheckedOut(Event, frozen=True):
    """A worker went off duty."""

    worker: WorkerRef


@event("worker.taken_back")
class WorkerTakenBack(Event, frozen=True):
    """A mistap: the fact that this command recorded at this position is void."""

    worker: WorkerRef
    taken: str
    """Id of the command whose fact is void."""
    position: int
    kind: str
    """in, out, break, available, act or report (events.duty)."""
    assignment: AssignmentRef | None = None
    request: RequestRef | None = None
    """The assignment's."""
    state: str = ""
    """The assignment's, after this."""
    stage: str | None = None
    at: datetime | None = None
    """When the void fact happened."""
    reported: AreaRef | None = None
    """Where the void fact is a report: the home community that counts after this."""


@event("worker.erased")
class WorkerErased(Event, frozen=True):
    """The worker's key is destroyed: name, phone and texts can no longer be read by anybody."""

    worker: WorkerRef
