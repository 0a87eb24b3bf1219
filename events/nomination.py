"""Nominations 推荐 for an honour, with deeds 事迹 that link to the log, and their review.

A deed names what the log shows: hours between two instants, a task, a visit, an activity. What nothing shows
is a claim, and is marked as one.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from events.activity import ActivityRef
from events.base import Event, Personal, event
from events.post import PostRef
from events.refs import AreaRef, AssignmentRef, Ref, WorkerRef
from events.visit import VisitRef

NominationRef = Annotated[str, Ref("nomination")]
DeedKind = Literal["hours", "task", "visit", "activity", "claim"]
Shown = Literal["shown", "part", "claim"]
"""shown 有记录: the log shows that this person did it. part 部分有记录: the log shows that it took place, not
who took part. claim 无记录: nothing in the log shows it."""
Verdict = Literal["approve", "reject"]


class Evidence(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What the log showed of one deed."""

    number: int
    """Of the deed, from 1."""
    shown: Shown
    person_times: int = 0
    seconds: int = 0


class NominationEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one nomination."""

    nomination: NominationRef
    area: AreaRef


@event("nomination.made")
class NominationMade(NominationEvent, frozen=True, kw_only=True):
    """Somebody was nominated; `at` is when."""

    worker: WorkerRef
    honour: str
    """Of the list `honour`."""
    post: PostRef | None = None
    """Post that nominates."""
    text: Personal | None = None
    """Why, in words."""


@event("nomination.deed_added")
class DeedAdded(NominationEvent, frozen=True, kw_only=True):
    """A deed was added, with what the log shows of it."""

    deed: DeedKind
    evidence: Evidence
    since: datetime | None = None
    until: datetime | None = None
    """Of `hours`."""
    assignment: AssignmentRef | None = None
    visit: VisitRef | None = None
    activity: ActivityRef | None = None
    note: Personal | None = None
    """What they did, in words."""


@event("nomination.reviewed")
class NominationReviewed(NominationEvent, frozen=True, kw_only=True):
    """The nomination was reviewed, by somebody who had no part in it."""

    verdict: Verdict
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    """What the log showed of each deed then."""


@event("nomination.withdrawn")
class NominationWithdrawn(NominationEvent, frozen=True, kw_only=True):
    """The nomination was withdrawn."""

    reason: str


@event("nomination.erased")
class NominationErased(NominationEvent, frozen=True, kw_only=True):
    """The key of the nomination was destroyed: its text is permanently unreadable. It still counts."""

    automatic: bool = False
    """Whether it followed from the erasure of the person."""
