"""Duty lists 职责清单: what a post has to do, with evidence that it was done, handed over with the post."""

from datetime import datetime
from typing import Annotated

from events.base import Event, event
from events.holder import HolderRef
from events.post import PostRef
from events.refs import AreaRef, Ref

DutyItemRef = Annotated[str, Ref("duty_item")]


class DutyItemEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one duty."""

    duty_item: DutyItemRef
    area: AreaRef
    post: PostRef


@event("duty_item.listed")
class DutyItemListed(DutyItemEvent, frozen=True, kw_only=True):
    """A duty was put on the list of a post."""

    title: str
    due: datetime | None = None


@event("duty_item.shown")
class DutyItemShown(DutyItemEvent, frozen=True, kw_only=True):
    """A file was added as evidence that the duty was done; `at` is when."""

    file: str
    """Name of the sealed file: its hash."""
    note: str | None = None


@event("duty_item.taken_over")
class DutyItemTakenOver(DutyItemEvent, frozen=True, kw_only=True):
    """The post's holder took the duty over from the one before."""

    holder: HolderRef


@event("duty_item.struck")
class DutyItemStruck(DutyItemEvent, frozen=True, kw_only=True):
    """The duty was struck off the list."""

    reason: str


@event("duty_item.erased")
class DutyItemErased(DutyItemEvent, frozen=True, kw_only=True):
    """The key of the files was destroyed: they are permanently unreadable. The duty stays."""
