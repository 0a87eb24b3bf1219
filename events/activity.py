"""Activities 活动 of the alliance: announced, with sign-up up to a capacity, and attendance."""

from datetime import datetime
from typing import Annotated

from events.base import Event, event
from events.post import PostRef
from events.refs import AreaRef, Ref, WorkerRef

ActivityRef = Annotated[str, Ref("activity")]


@event("activity.announced")
class ActivityAnnounced(Event, frozen=True):
    """An activity was announced."""

    activity: ActivityRef
    area: AreaRef
    title: str
    begins: datetime
    ends: datetime | None = None
    capacity: int | None = None
    """Most people; None = no limit."""
    owner: PostRef | None = None
    serves: bool = False
    """Whether who comes serves there: their time counts as service at home."""


@event("activity.signed_up")
class ActivitySignedUp(Event, frozen=True):
    """Somebody wants to come."""

    activity: ActivityRef
    area: AreaRef
    worker: WorkerRef


@event("activity.signed_off")
class ActivitySignedOff(Event, frozen=True):
    """They do not come after all."""

    activity: ActivityRef
    area: AreaRef
    worker: WorkerRef


@event("activity.attended")
class ActivityAttended(Event, frozen=True):
    """Somebody was there."""

    activity: ActivityRef
    area: AreaRef
    worker: WorkerRef


@event("activity.called_off")
class ActivityCalledOff(Event, frozen=True):
    """It does not take place."""

    activity: ActivityRef
    area: AreaRef
    reason: str | None = None
