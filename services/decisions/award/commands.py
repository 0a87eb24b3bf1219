"""Award commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import NEW, Code, Id, Label
from services.decisions.nomination.commands import NominationId
from services.decisions.visit.commands import PostConcerned

AwardId = Annotated[Id, Ref("award")]


@command("award.grant", fact=True)
class Grant(Command):
    """Give the honour of an approved nomination, as long as the log shows what it showed at the review."""

    award: Annotated[AwardId, NEW] | None = None
    nomination: NominationId
    title: Annotated[Label, Field(description="Its title on the paper; without names")]
    post: PostConcerned | None = Field(default=None, description="Post that gives it")


@command("award.revoke", fact=True)
class Revoke(Command):
    """Revoke an award. Its number becomes public, the reason does not."""

    award: AwardId
    reason: Code
