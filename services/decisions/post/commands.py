"""Post commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.post import Task
from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import NEW, AreaCode, Code, Id, Instant, Label, PersonalLine, omitted
from services.decisions.holder.commands import HolderId
from services.decisions.references import CONCERNS
from services.decisions.saying import SaidBy
from services.decisions.unit.commands import UnitId

PostId = Annotated[Id, Ref("post")]
PostAbove = Annotated[
    Id,
    Ref("post"),
    CONCERNS,
    Field(description="Its duties rise to this post while it is vacant; null = the first-responsible post"),
]
First = Annotated[bool, Field(description="Whether its holder is the first-responsible person")]
Trade = Annotated[Code, Field(description="Code of a trade; null = all trades")]
ActsAs = Annotated[Label, Field(description="Name of the access token with which the holder acts here")]


@command("post.create", fact=True)
class Create(Command):
    """Create a vacant post in a unit. One post at a time is first-responsible."""

    post: Annotated[PostId, NEW] | None = None
    name: Label
    unit: UnitId
    area: AreaCode
    parent: PostAbove | None = None
    first: First = False
    said: SaidBy = None


@command("post.rename", fact=True)
class RenamePost(Command):
    """Rename a post. Questions about earlier dates are answered with the earlier name."""

    post: PostId
    name: Label


@command("post.move", fact=True)
class MovePost(Command):
    """Put a post into another unit or area, or under another post; omitted fields stay unchanged."""

    post: PostId
    unit: UnitId = omitted()
    area: AreaCode = omitted()
    parent: PostAbove | None = None
    first: First = omitted()


@command("post.charge", fact=True)
class ChargePost(Command):
    """Let a post answer for a task in an area, of one trade or of all. Only one post answers for the same."""

    post: PostId
    task: Task
    area: AreaCode
    trade: Trade | None = None
    said: SaidBy = None


@command("post.relieve", fact=True)
class Relieve(Command):
    """Relieve a post of a task, in the area and trade that it was charged with."""

    post: PostId
    task: Task
    area: AreaCode
    trade: Trade | None = None


@command("post.appoint", fact=True, subject="holder")
class Appoint(Command):
    """Appoint somebody to a vacant post, until the end of the term or for as long as they stay."""

    post: PostId
    holder: Annotated[HolderId, NEW]
    holder_name: PersonalLine
    until: Instant | None = None
    acts_as: ActsAs | None = None
    said: SaidBy = None


@command("post.vacate", fact=True)
class Vacate(Command):
    """Say that the holder left. The post's duties rise to the post above until it is filled."""

    post: PostId
    reason: Code | None = None


@command("post.lapse", by="service", fact=True)
class Lapse(Command):
    """Record that a term is over. Sent by the service itself once the planned end has come."""

    post: PostId


@command("post.abolish", fact=True)
class Abolish(Command):
    """Abolish a post, after it was relieved of its tasks and the posts under it were moved."""

    post: PostId
    reason: Code | None = None
