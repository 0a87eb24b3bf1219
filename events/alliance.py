"""The alliance 联盟: its members, joint meetings, what was promised there or on the service list, relief.

All are facts with an own time. What is promised has a post that answers for it.
"""

from datetime import datetime
from typing import Annotated, Literal

from events.base import Event, event
from events.enterprise import EnterpriseRef
from events.post import PostRef
from events.refs import AreaRef, Ref

AllyRef = Annotated[str, Ref("ally")]
MeetingRef = Annotated[str, Ref("meeting")]
CommitmentRef = Annotated[str, Ref("commitment")]
ReliefRef = Annotated[str, Ref("relief")]
AllyKind = Literal["trade_chapter", "community_chapter", "unit", "enterprise"]
CommitmentKind = Literal["decision", "to_enterprises", "by_enterprises"]
"""decision 议定事项: of a joint meeting. to_enterprises, by_enterprises: the two directions of the service
list 双向服务清单."""


@event("ally.joined")
class AllyJoined(Event, frozen=True):
    """A chapter, unit or enterprise became a member of the alliance."""

    ally: AllyRef
    area: AreaRef
    name: str
    kind: AllyKind


@event("ally.left")
class AllyLeft(Event, frozen=True):
    """It is a member no longer."""

    ally: AllyRef
    area: AreaRef


@event("meeting.held")
class MeetingHeld(Event, frozen=True):
    """The alliance met; `at` is when."""

    meeting: MeetingRef
    area: AreaRef
    title: str
    allies: tuple[AllyRef, ...] = ()
    """Members who were there."""


@event("commitment.made")
class CommitmentMade(Event, frozen=True):
    """Somebody promised something: a decision of a meeting, or an entry of the service list."""

    commitment: CommitmentRef
    area: AreaRef
    kind: CommitmentKind
    title: str
    owner: PostRef
    """Post that answers for it."""
    delivers: PostRef | None = None
    """Post that delivers it on site, if another one."""
    due: datetime | None = None
    meeting: MeetingRef | None = None
    enterprise: EnterpriseRef | None = None
    """Enterprise that gets it, or gives it."""


@event("commitment.done")
class CommitmentDone(Event, frozen=True):
    """It was done; `at` is when."""

    commitment: CommitmentRef
    area: AreaRef
    note: str | None = None


@event("commitment.dropped")
class CommitmentDropped(Event, frozen=True):
    """It will not be done, with a reason."""

    commitment: CommitmentRef
    area: AreaRef
    reason: str


@event("commitment.rated")
class CommitmentRated(Event, frozen=True):
    """The enterprise said how well it was done."""

    commitment: CommitmentRef
    area: AreaRef
    enterprise: EnterpriseRef
    score: int
    """1 (bad) to 5 (good)."""


@event("relief.adopted")
class ReliefAdopted(Event, frozen=True):
    """A measure of relief 纾困 was adopted."""

    relief: ReliefRef
    area: AreaRef
    title: str
    owner: PostRef | None = None


@event("relief.granted")
class ReliefGranted(Event, frozen=True):
    """An enterprise received it."""

    relief: ReliefRef
    area: AreaRef
    enterprise: EnterpriseRef
    note: str | None = None


@event("relief.ended")
class ReliefEnded(Event, frozen=True):
    """It is granted no longer."""

    relief: ReliefRef
    area: AreaRef
