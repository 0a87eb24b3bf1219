"""Commands about handover notes: also the HTTP bodies and the OpenAPI schemas."""

from services.decisions.base import Command, command
from services.decisions.fields import AreaCode, HandoverId, PersonalText, Priority


@command("handover.write")
class Write(Command):
    """Leave a note for the next shift. Without an area it concerns the whole jurisdiction."""

    note: HandoverId | None = None
    area: AreaCode | None = None
    priority: Priority = 3
    text: PersonalText


@command("handover.acknowledge")
class Acknowledge(Command):
    """Say that you have read a note and take it on. Each may say so once."""

    note: HandoverId


@command("handover.resolve")
class Resolve(Command):
    """What the note was about is settled."""

    note: HandoverId


@command("handover.erase", by="admin")
class Erase(Command):
    """Destroy the note's key: its text can never be read again. An open note is resolved too."""

    note: HandoverId
