"""Visits 走访: who of the alliance went to which enterprise or group, when, and what was heard there."""

from typing import Annotated

from events.base import Event, Personal, event
from events.enterprise import EnterpriseRef
from events.post import PostRef
from events.refs import AreaRef, Ref

VisitRef = Annotated[str, Ref("visit")]


@event("visit.recorded")
class VisitRecorded(Event, frozen=True):
    """Somebody visited an enterprise or a group; `at` is when."""

    visit: VisitRef
    area: AreaRef
    enterprise: EnterpriseRef | None = None
    group: str | None = None
    """Who was visited, if it is no enterprise of the ledger."""
    post: PostRef | None = None
    """Post whose holder visited."""
    heard: Personal | None = None
    """What was heard, in words."""


@event("visit.erased")
class VisitErased(Event, frozen=True):
    """The visit's key was destroyed: what was heard is permanently unreadable. The visit still counts."""

    visit: VisitRef
    area: AreaRef
