"""Chapter commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.formation import Route
from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.enterprise.commands import EnterpriseId
from services.decisions.fields import NEW, AreaCode, Code, Id, Instant, Label, OfList

ChapterId = Annotated[Id, Ref("chapter")]
Ends = Annotated[Instant | None, Field(description="End of the term; null = not limited")]


@command("chapter.propose")
class Propose(Command):
    """Record the route by which an enterprise of the ledger gets a chapter, by the rule in force now."""

    chapter: Annotated[ChapterId, NEW] | None = None
    enterprise: EnterpriseId


@command("chapter.form", fact=True)
class Form(Command):
    """Form a chapter at `at`. Omitted = as proposed, or by the rule; another route needs a reason."""

    chapter: Annotated[ChapterId, NEW] | None = None
    name: Label
    route: Route | None = Field(default=None, description="own, joint (by trade) or community")
    enterprises: Annotated[tuple[EnterpriseId, ...], Field(max_length=500)] = ()
    area: AreaCode | None = None
    trade: Code | None = Field(default=None, description="Of the list `trade`; required for joint")
    ends: Ends = None
    reason: Annotated[Code, OfList("route")] | None = Field(default=None, description="Of the list `route`")


@command("chapter.renew", fact=True)
class Renew(Command):
    """Begin a new term at `at`."""

    chapter: ChapterId
    ends: Ends = None


@command("chapter.join", fact=True)
class Join(Command):
    """An enterprise joins a joint or community chapter."""

    chapter: ChapterId
    enterprise: EnterpriseId


@command("chapter.leave", fact=True)
class Leave(Command):
    """An enterprise leaves a chapter."""

    chapter: ChapterId
    enterprise: EnterpriseId


@command("chapter.merge", fact=True)
class Merge(Command):
    """End a chapter by merging it into another one, which takes over its enterprises."""

    chapter: ChapterId
    into: ChapterId


@command("chapter.dissolve", fact=True)
class Dissolve(Command):
    """Dissolve a chapter."""

    chapter: ChapterId
    reason: Annotated[Code, OfList("dissolve")] | None = Field(
        default=None, description="Of the list `dissolve`"
    )
