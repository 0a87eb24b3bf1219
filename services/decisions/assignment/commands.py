"""Assignment commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.decisions.base import Command, command
from services.decisions.fields import (
    NEW,
    AssignmentId,
    Code,
    FileName,
    Instant,
    PersonalLine,
    PersonalText,
    RequestId,
    TeamId,
    WorkerId,
)
from services.decisions.references import SEALS, plain_id

Its = Annotated[RequestId, SEALS]
"""The assignment's own request, whose key seals what the command says about the door."""

Unattended = Annotated[
    Code | None, Field(description="Reason for sending to a team with nobody on duty, recorded")
]
Override = Annotated[Code | None, Field(description="Reason for exceeding the capacity, recorded")]


class _OneOf(Command):
    worker: WorkerId | None = None
    team: TeamId | None = None


@command("assignment.offer")
class Offer(_OneOf):
    """Ask a worker or team whether they will go. Uses neither a slot nor capacity."""

    assignment: Annotated[AssignmentId, NEW] | None = None
    request: RequestId
    expires_at: Instant | None = Field(default=None, description="Default: five minutes from now")
    unattended: Unattended = None


@command("assignment.accept", own=True)
class Accept(Command):
    """Accept an offer, using a slot and capacity; refused if there is none left."""

    assignment: AssignmentId
    override: Override = None


@command("assignment.decline", own=True)
class Decline(Command):
    """Decline an offer."""

    assignment: AssignmentId
    reason: Code


@command("assignment.expire")
class Expire(Command):
    """End an offer that was not answered in time. Sent by the service itself."""

    assignment: AssignmentId
    reason: Code = "no_answer"


@command("assignment.dispatch")
class Dispatch(Command):
    """Dispatch an accepted assignment, or create and dispatch a new one (with request and worker or team)."""

    assignment: AssignmentId | None = None
    request: RequestId | None = None
    worker: WorkerId | None = None
    team: TeamId | None = None
    override: Override = None
    unattended: Unattended = None

    @model_validator(mode="after")
    def _new_ids_are_plain(self) -> Self:
        if self.request and self.assignment:
            plain_id(self.assignment)
        return self


After = Annotated[
    Code | None,
    Field(description="Of a list, such as a row of a table: the stage that it has before this one"),
]


@command("assignment.progress", fact=True, own=True)
class Progress(Command):
    """Report a stage reached: en_route, on_scene, or one defined by your organisation."""

    assignment: AssignmentId
    stage: Code
    after: After = None


@command("assignment.done", fact=True, own=True)
class Done(Command):
    """Report the assignment done. The request completes by itself once all slots are done."""

    assignment: AssignmentId
    reason: Code | None = None
    after: After = None


@command("assignment.release")
class Release(Command):
    """End an assignment that is not done, freeing its slot and capacity."""

    assignment: AssignmentId
    reason: Code


class Reassignment(BaseModel):
    """One assignment to hand over. Without `new`, its id is derived from the command's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assignment: AssignmentId
    new: Annotated[AssignmentId, NEW] | None = None
    worker: WorkerId | None = None
    team: TeamId | None = None


@command("assignment.reassign")
class Reassign(Command):
    """Hand live assignments to others, in this order, all or none."""

    items: Annotated[tuple[Reassignment, ...], Field(min_length=1, max_length=500)]
    reason: Code
    override: Override = None
    unattended: Unattended = None


@command("assignment.give_back", fact=True, own=True, subject="request")
class GiveBack(Command):
    """Say that it could not be done, and why; frees slot and capacity, and the worker stays on duty."""

    assignment: AssignmentId
    request: Its
    reason: Code
    note: PersonalText | None = None


@command("assignment.attach_proof", fact=True, own=True, subject="request")
class AttachProof(Command):
    """Add a proof: a photo or a signature (a file uploaded before), or the code word that was given."""

    assignment: AssignmentId
    request: Its
    kind: Literal["photo", "signature", "code"]
    file: FileName | None = None
    code: PersonalLine | None = None
