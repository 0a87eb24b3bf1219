"""Commands of undertakings; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from events.refs import Ref
from events.undertaking import Kind
from events.undertaking_history import MOST_STEPS
from services.decisions.base import Command, command
from services.decisions.fields import NEW, WHOLE, AreaCode, FileName, Id, Instant, Label
from services.decisions.references import CONCERNS, PLAIN
from services.decisions.saying import SaidBy
from services.decisions.unit.commands import UnitId
from services.decisions.visit.commands import PostConcerned

UndertakingId = Annotated[Id, Ref("undertaking")]
UndertakingConcerned = Annotated[Id, Ref("undertaking"), CONCERNS]
"""What a subtask is part of; it may be the whole city's."""
UnitConcerned = Annotated[UnitId, CONCERNS]
Deadline = Annotated[
    Instant, Field(description="The local day is the deadline; midnight ends the day before")
]
WorkingDays = Annotated[
    int, Field(ge=1, le=500, description="Instead: so many working days from `at`"), WHOLE
]
Measures = Annotated[tuple[Label, ...], Field(max_length=30)]
Digest = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of a file that is kept elsewhere"), PLAIN
]
Days = Annotated[int, Field(ge=0, le=250, description="Working days; null = never"), WHOLE]


class PlannedStep(BaseModel):
    """A step with its deadline."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: Label
    due: Deadline


@command("undertaking.set_up", fact=True)
class SetUp(Command):
    """Put an undertaking on the ledger, with the post that leads it. `area` defaults to the parent's."""

    undertaking: Annotated[UndertakingId, NEW] | None = None
    title: Label
    category: Kind = "other"
    leader: PostConcerned
    unit: UnitConcerned | None = Field(default=None, description="Default: the unit of the post that leads")
    goal: Label | None = None
    measures: Measures = ()
    due: Deadline | None = None
    due_in: WorkingDays | None = None
    steps: Annotated[tuple[PlannedStep, ...], Field(max_length=MOST_STEPS)] = ()
    parent: UndertakingConcerned | None = Field(default=None, description="What this is a subtask of")
    area: AreaCode | None = None
    said: SaidBy = None


@command("undertaking.reword", fact=True)
class Reword(Command):
    """Change the title, goal and measures from that time on."""

    undertaking: UndertakingId
    title: Label
    goal: Label | None = None
    measures: Measures = ()


@command("undertaking.hand_over", fact=True)
class HandOver(Command):
    """Hand the undertaking over to another leading post or another responsible unit."""

    undertaking: UndertakingId
    leader: PostConcerned
    unit: UnitConcerned | None = Field(default=None, description="Default: the unit of the post that leads")


@command("undertaking.reschedule", fact=True)
class Reschedule(Command):
    """Move the deadline, with a reason. Its leader may not."""

    undertaking: UndertakingId
    due: Deadline | None = None
    due_in: WorkingDays | None = None
    reason: Label


@command("undertaking.plan_step", fact=True)
class PlanStep(Command):
    """Plan a step. An existing one gets a new deadline, with a reason; refused to the leader."""

    undertaking: UndertakingId
    step: Label
    due: Deadline | None = None
    due_in: WorkingDays | None = None
    reason: Label | None = None
    said: SaidBy = None


@command("undertaking.finish_step", fact=True)
class FinishStep(Command):
    """Report a step as done. Sent by the undertaking's leader."""

    undertaking: UndertakingId
    step: Label
    note: Label | None = None


@command("undertaking.drop_step", fact=True)
class DropStep(Command):
    """Drop a step that is no longer needed, with a reason. Refused to the leader."""

    undertaking: UndertakingId
    step: Label
    reason: Label


@command("undertaking.evidence", fact=True)
class AddEvidence(Command):
    """Add evidence of what was done: a file uploaded before, of which at most 40 are kept, or where it is."""

    undertaking: UndertakingId
    evidence: Label
    file: FileName | None = None
    digest: Digest | None = None
    step: Label | None = None


@command("undertaking.finish", fact=True)
class FinishIt(Command):
    """Report the undertaking as done. Sent by its leader, after all subtasks have ended."""

    undertaking: UndertakingId
    note: Label | None = None


@command("undertaking.withdraw", fact=True)
class WithdrawIt(Command):
    """Withdraw the undertaking, with a reason. Its leader may not."""

    undertaking: UndertakingId
    reason: Label


@command("undertaking.reopen", fact=True)
class ReopenIt(Command):
    """Reopen it. At the time of its end, this corrects a wrong report that it was done."""

    undertaking: UndertakingId
    reason: Label


@command("undertaking.erase", by="admin")
class EraseIt(Command):
    """Destroy the key of an undertaking's evidence files, making them permanently unreadable."""

    undertaking: UndertakingId


@command("undertaking.confirm_days", by="service")
class ConfirmDays(Command):
    """Confirm deadlines now that the holidays of their year are published. Sent by the service."""

    undertaking: UndertakingId


@command("undertaking.move_on", by="service")
class MoveOnIt(Command):
    """Remind the leader, or escalate. Sent by the service."""

    undertaking: UndertakingId


@command("undertaking_waits.set", by="admin", fact=True)
class SetWaits(Command):
    """Choose the working days of each wait; replaces the earlier choice."""

    remind: Days | None = Field(default=None, description="Before a deadline, to remind its leader")
    escalate: Days | None = Field(
        default=None, description="After a deadline, and again, until it is escalated"
    )
    finding: Days | None = Field(default=None, description="To correct what an inspection found")
