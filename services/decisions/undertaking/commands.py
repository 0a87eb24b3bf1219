"""Commands of undertakings; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from events.refs import Ref
from events.undertaking import Kind
from events.undertaking_history import MOST_STEPS
from services.decisions.base import Command, command
from services.decisions.fields import NEW, WHOLE, AreaCode, Id, Instant, Label
from services.decisions.references import CONCERNS, PLAIN
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
    """Put something on the ledger, with the post that leads it. `area` defaults to the parent's."""

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


@command("undertaking.reword", fact=True)
class Reword(Command):
    """Change what it is called, its goal and its measures, from that time on."""

    undertaking: UndertakingId
    title: Label
    goal: Label | None = None
    measures: Measures = ()


@command("undertaking.hand_over", fact=True)
class HandOver(Command):
    """Let another post lead it, or another unit be responsible."""

    undertaking: UndertakingId
    leader: PostConcerned
    unit: UnitConcerned | None = Field(default=None, description="Default: the unit of the post that leads")


@command("undertaking.reschedule", fact=True)
class Reschedule(Command):
    """Move its deadline, with a reason. Whoever leads it cannot."""

    undertaking: UndertakingId
    due: Deadline | None = None
    due_in: WorkingDays | None = None
    reason: Label


@command("undertaking.plan_step", fact=True)
class PlanStep(Command):
    """Plan a step. One of the same name gets a new deadline, with a reason, but not by whoever leads it."""

    undertaking: UndertakingId
    step: Label
    due: Deadline | None = None
    due_in: WorkingDays | None = None
    reason: Label | None = None


@command("undertaking.finish_step", fact=True)
class FinishStep(Command):
    """A step was done. Said by whoever leads it."""

    undertaking: UndertakingId
    step: Label
    note: Label | None = None


@command("undertaking.drop_step", fact=True)
class DropStep(Command):
    """A step is not needed any more, with a reason. Whoever leads it cannot say so."""

    undertaking: UndertakingId
    step: Label
    reason: Label


@command("undertaking.evidence", fact=True)
class AddEvidence(Command):
    """Say what shows that something was done, and where that is kept."""

    undertaking: UndertakingId
    evidence: Label
    digest: Digest | None = None
    step: Label | None = None


@command("undertaking.finish", fact=True)
class FinishIt(Command):
    """It was done. Said by whoever leads it; subtasks are done or withdrawn before."""

    undertaking: UndertakingId
    note: Label | None = None


@command("undertaking.withdraw", fact=True)
class WithdrawIt(Command):
    """Pursue it no longer, with a reason. Whoever leads it cannot."""

    undertaking: UndertakingId
    reason: Label


@command("undertaking.reopen", fact=True)
class ReopenIt(Command):
    """It is open again. At the time at which it was done, this corrects it: it was not done."""

    undertaking: UndertakingId
    reason: Label


@command("undertaking.confirm_days", by="service")
class ConfirmDays(Command):
    """Say when deadlines are over, now that their year was published. Sent by the service itself."""

    undertaking: UndertakingId


@command("undertaking.move_on", by="service")
class MoveOnIt(Command):
    """Remind its leader, or let it go up. Sent by the service itself."""

    undertaking: UndertakingId


@command("undertaking_waits.set", by="admin", fact=True)
class SetWaits(Command):
    """Choose the working days of each wait; replaces the earlier choice."""

    remind: Days | None = Field(default=None, description="Before a deadline, to remind whoever leads it")
    escalate: Days | None = Field(default=None, description="After a deadline, and again, until it goes up")
    finding: Days | None = Field(default=None, description="To mend what an inspection found")
