"""Handover notes 交接: what one shift leaves to the next."""

from events.base import Event, Personal, event
from events.refs import AreaRef, HandoverRef


@event("handover.written")
class HandoverWritten(Event, frozen=True):
    """A note was left for the next shift."""

    note: HandoverRef
    area: AreaRef
    """Whom it concerns: all who see this area."""
    priority: int
    """1 life safety, 2 urgent, 3 needed, 4 comfort."""
    text: Personal


@event("handover.acknowledged")
class HandoverAcknowledged(Event, frozen=True):
    """Who recorded this has read the note and takes it on."""

    note: HandoverRef
    area: AreaRef


@event("handover.resolved")
class HandoverResolved(Event, frozen=True):
    """What the note was about is settled."""

    note: HandoverRef
    area: AreaRef


@event("handover.erased")
class HandoverErased(Event, frozen=True):
    """The note's key is destroyed: nobody can read its text any more. An open note is resolved too."""

    note: HandoverRef
    area: AreaRef
