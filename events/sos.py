"""Calls for help by a worker."""

from events.base import Event, Personal, event
from events.refs import AreaRef, TeamRef, WorkerRef

CANCELLED = "cancelled"
"""Reason of a call's end if the worker cancelled it."""


class SosEvent(Event, frozen=True, kw_only=True):
    """Base of the events about one call for help."""

    worker: WorkerRef
    sos: str
    """Id of the call."""
    area: AreaRef
    """Where the worker was on duty, or said to be, when calling."""
    team: TeamRef | None = None
    """Their active team when calling."""


@event("worker.sos_raised")
class WorkerSosRaised(SosEvent, frozen=True, kw_only=True):
    """A worker in danger calls for help."""

    place: Personal | None = None
    """Latitude, longitude and accuracy, as far as the phone knew."""


@event("worker.sos_acknowledged")
class WorkerSosAcknowledged(SosEvent, frozen=True, kw_only=True):
    """Somebody saw the call and looks after it."""


@event("worker.sos_ended")
class WorkerSosEnded(SosEvent, frozen=True, kw_only=True):
    """The call is over: helped, a false alarm, or cancelled by the worker."""

    reason: str
