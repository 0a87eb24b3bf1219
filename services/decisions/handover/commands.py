"""Handover commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from services.decisions.base import Command, command
from services.decisions.fields import NEW, AreaCode, HandoverId, PersonalText, Priority


@command("handover.write")
class Write(Command):
    """Leave a note for the next shift. Without an area it concerns the whole jurisdiction."""

    note: Annotated[HandoverId, NEW] | None = None
    area: AreaCode | None = None
    priority: Priority = 3
    text: PersonalText


@command("handover.acknowledge")
class Acknowledge(Command):
    """Confirm that you have read a note and take it on. Recorded once per person."""

    note: HandoverId


@command("handover.resolve")
class Resolve(Command):
    """Mark a note as settled."""

    note: HandoverId


@command("handover.erase", by="admin")
class Erase(Command):
    """Destroy the note's key, making its text permanently unreadable. Also resolves an open note."""

    note: HandoverId
