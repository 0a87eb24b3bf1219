"""Difficulties 困难诉求: raised on a visit, by an officer or from below; owned by a post until only the asker
calls them solved.

Who asked is never in an event. Those from below are known by a receipt, of which only the hash is recorded.
"""

from datetime import datetime
from typing import Annotated, Literal

from events.base import Event, Personal, event
from events.enterprise import EnterpriseRef
from events.post import PostRef
from events.refs import AreaRef, Ref
from events.visit import VisitRef

DifficultyRef = Annotated[str, Ref("difficulty")]
Channel = Literal["visit", "office", "below"]
"""visit: raised on a visit. office: entered by an officer. below: reported by those affected."""
Medium = Literal["photo", "voice"]


class DifficultyEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one difficulty."""

    difficulty: DifficultyRef
    area: AreaRef


@event("difficulty.raised")
class DifficultyRaised(DifficultyEvent, frozen=True, kw_only=True):
    """A difficulty is open from this time on."""

    category: str
    """Of the list `difficulty`."""
    channel: Channel
    owner: PostRef
    """Post that has it to solve. While that is vacant, it rises as all duties do."""
    due: datetime | None = None
    """When it goes up if nothing was done."""
    owner_area: AreaRef | None = None
    """Where that post works: who covers it may see the difficulty."""
    enterprise: EnterpriseRef | None = None
    """Enterprise that it is about."""
    group: str | None = None
    trade: str | None = None
    visit: VisitRef | None = None
    receipt: str | None = None
    """SHA-256 of the receipt by which the asker can read and answer."""
    text: Personal | None = None
    contact: Personal | None = None


@event("difficulty.offered")
class DifficultyOffered(DifficultyEvent, frozen=True, kw_only=True):
    """The owner asks another post to take it on. It stays the owner's until that accepts."""

    to: PostRef
    until: datetime | None = None
    """When it returns without an answer; None = never."""
    to_area: AreaRef | None = None
    """Where that post works."""
    note: str | None = None


@event("difficulty.taken")
class DifficultyTaken(DifficultyEvent, frozen=True, kw_only=True):
    """The other post accepted, and owns it from then on."""

    owner: PostRef
    owner_area: AreaRef | None = None
    due: datetime | None = None


@event("difficulty.returned")
class DifficultyReturned(DifficultyEvent, frozen=True, kw_only=True):
    """The other post does not take it on."""

    reason: str
    """Of the list `difficulty_end`."""
    note: str | None = None
    due: datetime | None = None


@event("difficulty.lapsed")
class DifficultyLapsed(DifficultyEvent, frozen=True, kw_only=True):
    """The other post did not answer in time. The first time it returns to its owner, then it goes up."""

    owner: PostRef
    owner_area: AreaRef | None = None
    level: int
    """How often it went up."""
    due: datetime | None = None


@event("difficulty.escalated")
class DifficultyEscalated(DifficultyEvent, frozen=True, kw_only=True):
    """Nothing was done in time: it goes up."""

    owner: PostRef
    owner_area: AreaRef | None = None
    level: int
    due: datetime | None = None


@event("difficulty.followed")
class DifficultyFollowed(DifficultyEvent, frozen=True, kw_only=True):
    """The difficulty follows a change of its post: moved, abolished, vacant or filled."""

    owner: PostRef
    """Post that has it: the next one above if its own was abolished."""
    post: PostRef
    """Post that answers: the owner, or the one that its duties rose to while it is vacant."""
    areas: tuple[AreaRef, ...] = ()
    """Where these two work."""
    to_areas: tuple[AreaRef, ...] = ()
    """Where the receiving post works, and the post to which its duties rose."""
    automatic: bool = False
    """Whether the service recorded it by itself."""


@event("difficulty.answered")
class DifficultyAnswered(DifficultyEvent, frozen=True, kw_only=True):
    """The owner considers it solved. It stays open until the asker agrees, or the window ends."""

    answer: Personal
    until: datetime | None = None
    """End of the window; None = only the asker's word counts."""


@event("difficulty.confirmed")
class DifficultyConfirmed(DifficultyEvent, frozen=True, kw_only=True):
    """An asker says that it is solved. It is solved once all its askers have."""

    asker: DifficultyRef
    """Whose word: this difficulty, or one that was merged into it."""


@event("difficulty.settled")
class DifficultySettled(DifficultyEvent, frozen=True, kw_only=True):
    """The window ended without an objection: it is solved."""


@event("difficulty.reopened")
class DifficultyReopened(DifficultyEvent, frozen=True, kw_only=True):
    """An asker says that it is not solved. It is with its owner again."""

    asker: DifficultyRef
    due: datetime | None = None
    text: Personal | None = None


@event("difficulty.declined")
class DifficultyDeclined(DifficultyEvent, frozen=True, kw_only=True):
    """The owner does not take it up, with a reason."""

    reason: str
    answer: Personal | None = None


@event("difficulty.closed")
class DifficultyClosed(DifficultyEvent, frozen=True, kw_only=True):
    """It was taken up and cannot be solved: closed, not solved."""

    reason: str
    answer: Personal | None = None


@event("difficulty.withdrawn")
class DifficultyWithdrawn(DifficultyEvent, frozen=True, kw_only=True):
    """The asker no longer asks."""


@event("difficulty.merged")
class DifficultyMerged(DifficultyEvent, frozen=True, kw_only=True):
    """It is the same as another one. It counts once, its askers are counted there."""

    into: DifficultyRef
    askers: tuple[DifficultyRef, ...]
    """Those that it brings: itself, and those merged into it before."""


@event("difficulty.attached")
class DifficultyAttached(DifficultyEvent, frozen=True, kw_only=True):
    """The asker added a photo or a recording, sealed under the difficulty."""

    medium: Medium
    file: str


@event("difficulty.erased")
class DifficultyErased(DifficultyEvent, frozen=True, kw_only=True):
    """The difficulty's key was destroyed: its texts are permanently unreadable. It still counts."""


@event("difficulty_waits.set")
class DifficultyWaitsSet(Event, frozen=True):
    """How many days each wait has, from this time on."""

    act: int | None = None
    """Until an open one without progress is escalated; None = never."""
    offer: int | None = None
    """Until an offer without an answer returns."""
    confirm: int | None = None
    """Until an answer counts without the asker's word."""
