"""Commands about duty lists; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import NEW, FileName, Id, Instant, Label
from services.decisions.post.commands import PostId

DutyItemId = Annotated[Id, Ref("duty_item")]


@command("duty_item.list", fact=True)
class ListItem(Command):
    """Put a duty on the list of a post."""

    duty_item: Annotated[DutyItemId, NEW] | None = None
    post: PostId
    title: Label
    due: Instant | None = None


@command("duty_item.show", fact=True)
class Show(Command):
    """Add evidence that a duty was done: a file uploaded before, of which at most 40 are kept."""

    duty_item: DutyItemId
    file: FileName
    note: Label | None = None


@command("duty_item.take_over", fact=True)
class TakeOver(Command):
    """Record that the post's holder at `at` took the duty over."""

    duty_item: DutyItemId


@command("duty_item.strike", fact=True)
class Strike(Command):
    """Strike a duty off the list, with a reason."""

    duty_item: DutyItemId
    reason: Label


@command("duty_item.erase", by="admin")
class Erase(Command):
    """Destroy the key of a duty's files, making them permanently unreadable."""

    duty_item: DutyItemId
