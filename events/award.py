"""Awards 表彰: an honour that was given for a nomination, and whether it is still valid."""

from typing import Annotated

from events.base import Event, event
from events.nomination import NominationRef
from events.post import PostRef
from events.refs import AreaRef, Ref, WorkerRef

AwardRef = Annotated[str, Ref("award")]


class AwardEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one award."""

    award: AwardRef
    area: AreaRef
    worker: WorkerRef
    nomination: NominationRef


@event("award.granted")
class AwardGranted(AwardEvent, frozen=True, kw_only=True):
    """An honour was given; `at` is when. The figures are what the log showed."""

    honour: str
    """Of the list `honour`."""
    title: str
    """Its title on the paper; must not contain a name."""
    post: PostRef | None = None
    """Post that gives it."""
    deeds: int = 0
    shown: int = 0
    """Deeds that the log shows in full."""
    person_times: int = 0
    seconds: int = 0


@event("award.revoked")
class AwardRevoked(AwardEvent, frozen=True, kw_only=True):
    """The award was revoked. Its number becomes public, the reason does not."""

    reason: str
