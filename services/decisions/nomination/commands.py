"""Nomination commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.nomination import DeedKind, Verdict
from events.refs import Ref
from services.decisions.activity.commands import ActivityConcerned
from services.decisions.base import Command, command
from services.decisions.fields import (
    NEW,
    AreaCode,
    AssignmentId,
    Code,
    Id,
    Instant,
    Label,
    PersonalLine,
    PersonalText,
    WorkerId,
)
from services.decisions.visit.commands import PostConcerned, VisitId

NominationId = Annotated[Id, Ref("nomination")]
Honour = Annotated[Code, Field(description="Of the list `honour`")]


@command("nomination.make", fact=True)
class Nominate(Command):
    """Nominate somebody for an honour. `area` defaults to their home area. The text is sealed."""

    nomination: Annotated[NominationId, NEW] | None = None
    worker: WorkerId
    honour: Honour
    post: PostConcerned | None = Field(default=None, description="Post that nominates; it does not review")
    text: PersonalText | None = Field(default=None, description="Why, in words")
    area: AreaCode | None = None


@command("nomination.add_deed", fact=True)
class AddDeed(Command):
    """Add a deed, linked to the log, which decides how much of it is shown; or marked as a claim."""

    nomination: NominationId
    deed: DeedKind
    since: Instant | None = Field(default=None, description="Of `hours`")
    until: Instant | None = Field(default=None, description="Of `hours`")
    assignment: AssignmentId | None = None
    visit: VisitId | None = None
    activity: ActivityConcerned | None = None
    note: PersonalLine | None = Field(default=None, description="What they did; required for a claim")


@command("nomination.review", fact=True)
class Review(Command):
    """Approve or reject a nomination, unless your own post made it. The log is read again."""

    nomination: NominationId
    verdict: Verdict
    reason: Label | None = Field(
        default=None, description="Required to reject, and to approve where the log shows no deed"
    )


@command("nomination.withdraw", fact=True)
class WithdrawNomination(Command):
    """Withdraw a nomination."""

    nomination: NominationId
    reason: Label


@command("nomination.erase", by="admin")
class EraseNomination(Command):
    """Destroy the key of a nomination: its text becomes permanently unreadable. It still counts."""

    nomination: NominationId
