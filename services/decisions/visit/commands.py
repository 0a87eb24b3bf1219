"""Visit commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.enterprise.commands import EnterpriseId
from services.decisions.fields import NEW, AreaCode, Id, Label, PersonalText
from services.decisions.post.commands import PostId
from services.decisions.references import CONCERNS

VisitId = Annotated[Id, Ref("visit")]
PostConcerned = Annotated[PostId, CONCERNS]
"""A post that something is about; it may work for the whole city."""


@command("visit.record", fact=True)
class RecordVisit(Command):
    """Record a visit to an enterprise or a group. `area` defaults to the enterprise's, else the whole."""

    visit: Annotated[VisitId, NEW] | None = None
    enterprise: EnterpriseId | None = None
    group: Label | None = Field(
        default=None, description="Who was visited, if not an enterprise of the ledger"
    )
    area: AreaCode | None = None
    post: PostConcerned | None = Field(default=None, description="Post whose holder visited")
    heard: PersonalText | None = Field(default=None, description="What was heard")


@command("visit.erase", by="admin")
class EraseVisit(Command):
    """Destroy the visit's key, making what was heard permanently unreadable. The visit still counts."""

    visit: VisitId
