"""Notices 公告: what the command centre tells everybody in an area."""

from typing import Annotated

from events.base import Event, Personal, event
from events.refs import AreaRef, Ref, WorkerRef

NoticeRef = Annotated[str, Ref("notice")]


@event("notice.posted")
class NoticePosted(Event, frozen=True):
    """A notice was put up."""

    notice: NoticeRef
    area: AreaRef
    """Whom it concerns: all who see this area."""
    title: str
    contact: Personal | None = None
    """Whom to ask."""


@event("notice.confirmed")
class NoticeConfirmed(Event, frozen=True):
    """A worker said that they have read it."""

    notice: NoticeRef
    worker: WorkerRef
    area: AreaRef


@event("notice.withdrawn")
class NoticeWithdrawn(Event, frozen=True):
    """It no longer holds."""

    notice: NoticeRef
    area: AreaRef


@event("notice.erased")
class NoticeErased(Event, frozen=True):
    """The notice's key is destroyed: nobody can read its contact any more."""

    notice: NoticeRef
    area: AreaRef
