"""Handover notes 交接: left by one shift for the next."""

from events.base import Event, Personal, event
from events.refs import AreaRef, HandoverRef


@event("handover.written")
class HandoverWritten(Event, frozen=True):
    """A note was left for the next shift."""

    note: HandoverRef
    area: AreaRef
    """Area concerned; everyone who can see it can read the note."""
    priority: int
    """1 life safety, 2 urgent, 3 needed, 4 comfort."""
    text: Personal


@event("handover.acknowledged")
class HandoverAcknowledged(Event, frozen=True):
    """The actor has read the note and takes it on."""

    note: HandoverRef
    area: AreaRef


@event("handover.resolved")
class HandoverResolved(Event, frozen=True):
    """The note was settled."""

    note: HandoverRef
    area: AreaRef


@event("handover.erased")
class HandoverErased(Event, frozen=True):
    """The note's key was destroyed, so its text is permanently unreadable. Also resolves an open note."""

    note: HandoverRef
    area: AreaRef
