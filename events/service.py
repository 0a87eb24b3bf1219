"""Service 服务, planned or recorded by hand: what neither a duty nor a task shows, such as an activity."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from events.base import Event, event
from events.refs import AreaRef, Ref, WorkerRef

ServiceRef = Annotated[str, Ref("service")]
Source = Literal["duty", "activity", "task"]
"""duty: from check-in to check-out. activity: somebody was there, or it was
recorded by hand or from a sheet. task: from the first stage of
an assignment until it is done."""
DUTY: Final[Source] = "duty"
ACTIVITY: Final[Source] = "activity"
TASK: Final[Source] = "task"
SOURCES: Final[tuple[Source, ...]] = (DUTY, ACTIVITY, TASK)
"""What overlaps counts with the first of these."""


class ServiceLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Lengths that are taken without asking."""

    longest_hours: int = 16
    shortest_minutes: int = 1


class ServiceEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one service."""

    service: ServiceRef
    worker: WorkerRef
    area: AreaRef


@event("service.planned")
class ServicePlanned(ServiceEvent, frozen=True, kw_only=True):
    """Somebody was asked to serve, and it is agreed when."""

    since: datetime
    until: datetime
    what: str | None = None


@event("service.recorded")
class ServiceRecorded(ServiceEvent, frozen=True, kw_only=True):
    """Somebody served, from when until when."""

    since: datetime
    until: datetime
    what: str | None = None


@event("service.corrected")
class ServiceCorrected(ServiceEvent, frozen=True, kw_only=True):
    """What was recorded of a service was wrong: these times and this place count instead."""

    since: datetime
    until: datetime
    reason: str


@event("service.withdrawn")
class ServiceWithdrawn(ServiceEvent, frozen=True, kw_only=True):
    """A plan was cancelled, or what was recorded did not take place."""

    reason: str


@event("worker.service_confirmed")
class ServiceConfirmed(Event, frozen=True, kw_only=True):
    """A service of implausible length was right. Of other times than these it asks again."""

    worker: WorkerRef
    area: AreaRef
    source: Source
    shown_by: str
    """Position of the check-in, service or assignment."""
    since: datetime
    until: datetime


@event("service_limits.set")
class ServiceLimitsSet(Event, frozen=True, kw_only=True):
    """The lengths that are taken without asking were set, for service that begins at `at` or later."""

    limits: ServiceLimits
