"""Workers: people who can be dispatched."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from events.amendment import Amendment
from events.base import Event, Personal, PersonalPhone, event, upcast
from events.refs import AreaRef, AssignmentRef, RequestRef, WorkerRef


@event("worker.registered", schema=3)
class WorkerRegistered(Amendment, frozen=True):
    """A person was registered and can be dispatched (again, if they had retired)."""

    NOT_SET: ClassVar[frozenset[str]] = frozenset(("walk_in", "number"))

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
    call_sign: str | None = None
    """What they are called aloud, unique among active workers and teams. None in older events."""
    number: int | None = None
    """Given if the log made the call sign: C-0001 is worker number 1."""


@event("worker.amended", schema=3)
class WorkerAmended(Amendment, frozen=True):
    """A worker's details changed; omitted fields stay unchanged."""

    worker: WorkerRef
    role: str | msgspec.UnsetType = msgspec.UNSET
    home_area: AreaRef | msgspec.UnsetType | None = msgspec.UNSET
    organisation: str | msgspec.UnsetType | None = msgspec.UNSET
    skills: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    vehicle: str | msgspec.UnsetType | None = msgspec.UNSET
    capacity: int | msgspec.UnsetType = msgspec.UNSET
    name: Personal | msgspec.UnsetType | None = msgspec.UNSET
    phone: PersonalPhone | msgspec.UnsetType | None = msgspec.UNSET
    call_sign: str | msgspec.UnsetType = msgspec.UNSET


@upcast("worker.registered", 1)
@upcast("worker.amended", 1)
def _no_call_sign(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, which had no call signs."""
    return data


@upcast("worker.registered", 2)
@upcast("worker.amended", 2)
def _all_in_the_present(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 2, by which the last change recorded counted, however early its time."""
    return data


@event("worker.retired")
class WorkerRetired(Event, frozen=True):
    """A person can no longer be dispatched and leaves the roster and headcount."""

    worker: WorkerRef
    reason: str | None = None


@event("worker.reported")
class WorkerReported(Event, frozen=True):
    """A worker registered with the home community as available for service there; not a shift."""

    worker: WorkerRef
    area: AreaRef
    reported: AreaRef | None = None
    """Home community after this event; a different one if this is a late report."""


@event("worker.left_home")
class WorkerLeftHome(Event, frozen=True):
    """A worker is no longer available for service at the home community; `at` is when."""

    worker: WorkerRef
    area: AreaRef
    """The home community that they left."""
    reported: AreaRef | None = None
    """Home community after this event, if they have reported since."""


@event("worker.checked_in")
class WorkerCheckedIn(Event, frozen=True):
    """A worker went on duty at an area, or moved there."""

    worker: WorkerRef
    area: AreaRef


@event("worker.presence_set")
class WorkerPresenceSet(Event, frozen=True):
    """A worker on duty reported being available or on_break."""

    worker: WorkerRef
    presence: str


@event("worker.checked_out")
class WorkerCheckedOut(Event, frozen=True):
    """A worker went off duty."""

    worker: WorkerRef


@event("worker.taken_back")
class WorkerTakenBack(Event, frozen=True):
    """A mistap was undone: the fact recorded by this command at this position is void."""

    worker: WorkerRef
    taken: str
    """Id of the command whose fact is void."""
    position: int
    kind: str
    """in, out, break, available, act, report or leave (events.duty)."""
    assignment: AssignmentRef | None = None
    request: RequestRef | None = None
    """The assignment's request."""
    state: str = ""
    """The assignment's state after this."""
    stage: str | None = None
    at: datetime | None = None
    """When the void fact happened."""
    reported: AreaRef | None = None
    """If the void fact is a report or a leaving: the home community after this event."""


@event("worker.duty_corrected")
class WorkerDutyCorrected(Event, frozen=True):
    """A reported time or area of attendance was wrong: the fact at this position counts as corrected."""

    worker: WorkerRef
    fact: str
    """Id of the command that reported the fact."""
    position: int
    kind: str
    """in, out, break or available (events.duty)."""
    was_at: datetime
    """When it counted until now."""
    at: datetime
    """When it happened."""
    reason: str
    was_area: AreaRef | None = None
    area: AreaRef | None = None
    duty_since: datetime | None = None
    """When the present duty began, after this; null = off duty."""


@event("worker.welfare_checked")
class WorkerWelfareChecked(Event, frozen=True):
    """Somebody heard that a worker is well, or the worker said so; changes neither duty nor presence."""

    worker: WorkerRef
    area: AreaRef
    """Where the worker counted."""
    note: Personal | None = None


@event("worker.erased")
class WorkerErased(Event, frozen=True):
    """The worker's key was destroyed, so name, phone and texts are permanently unreadable."""

    worker: WorkerRef
