"""Commands about assignments: also the HTTP bodies and the OpenAPI schemas."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.decisions.base import Command, command
from services.decisions.fields import AssignmentId, Code, Instant, RequestId, TeamId, WorkerId

Override = Annotated[Code | None, Field(description="Reason for passing the capacity, recorded")]


class _OneOf(Command):
    worker: WorkerId | None = None
    team: TeamId | None = None


@command("assignment.offer")
class Offer(_OneOf):
    """Ask a worker or team whether they will go. Holds neither slot nor capacity."""

    assignment: AssignmentId | None = None
    request: RequestId
    expires_at: Instant | None = Field(default=None, description="Default: five minutes from now")


@command("assignment.accept", own=True)
class Accept(Command):
    """Take an offer: takes slot and capacity, or is refused."""

    assignment: AssignmentId
    override: Override = None


@command("assignment.decline", own=True)
class Decline(Command):
    """Do not take an offer."""

    assignment: AssignmentId
    reason: Code


@command("assignment.expire")
class Expire(Command):
    """The time to answer is over. The service sends this itself."""

    assignment: AssignmentId
    reason: Code = "no_answer"


@command("assignment.dispatch")
class Dispatch(Command):
    """Send: an accepted assignment, or at once a new one (then with request and worker or team)."""

    assignment: AssignmentId | None = None
    request: RequestId | None = None
    worker: WorkerId | None = None
    team: TeamId | None = None
    override: Override = None


@command("assignment.progress", fact=True, own=True)
class Progress(Command):
    """A stage was reached: en_route, on_scene, or one that your organisation names."""

    assignment: AssignmentId
    stage: Code


@command("assignment.done", fact=True, own=True)
class Done(Command):
    """Their part is done; the request itself ends by request.complete."""

    assignment: AssignmentId
    reason: Code | None = None


@command("assignment.release")
class Release(Command):
    """End without being done; frees slot and capacity."""

    assignment: AssignmentId
    reason: Code


class Reassignment(BaseModel):
    """One assignment that goes to somebody else. Without `new` its id is made from the command's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assignment: AssignmentId
    new: AssignmentId | None = None
    worker: WorkerId | None = None
    team: TeamId | None = None


@command("assignment.reassign")
class Reassign(Command):
    """Give live assignments to others, in this order, all or none."""

    items: Annotated[tuple[Reassignment, ...], Field(min_length=1, max_length=500)]
    reason: Code
    override: Override = None
