"""Commands about published items; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.base import PERSONAL
from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import NEW, AreaCode, Code, Id, Label, PersonalLine, WorkerId
from services.decisions.references import PLAIN

PublicationId = Annotated[Id, Ref("publication")]
Link = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"^https?://[^\s\x00-\x1f\x7f<>\"']+$",
        json_schema_extra={PERSONAL: True},
    ),
    PLAIN,
]


@command("publication.publish", fact=True)
class Publish(Command):
    """Enter a published item; `at` is when it was published. It names a person only if they consent.

    `name`, `text` and `link` are sealed under a key of its own, which is destroyed when the consent ends.
    `topic` stays, so it must not name anybody.
    """

    publication: Annotated[PublicationId, NEW] | None = None
    topic: Annotated[Label, Field(description="What it is about, without names; it stays")]
    channel: Annotated[Code, Field(description="Of the list `channel`")]
    outlet: Label | None = Field(default=None, description="Which paper, station or account")
    honour: Annotated[Code, Field(description="Of the list `honour`")] | None = None
    trade: Annotated[Code, Field(description="Of the list `trade`")] | None = None
    worker: WorkerId | None = Field(
        default=None, description="The person it names; nothing recorded leads to them"
    )
    name: PersonalLine | None = Field(default=None, description="The name as published")
    text: PersonalLine | None = Field(default=None, description="The title as published")
    link: Link | None = None
    area: AreaCode | None = None


@command("publication.erase", fact=True)
class EraseName(Command):
    """Take the name, title and link out permanently. The item still counts."""

    publication: PublicationId


@command("publication.retract", fact=True)
class Retract(Command):
    """Retract an item that was entered by mistake or taken back by the channel: it no longer counts."""

    publication: PublicationId
    reason: Label
