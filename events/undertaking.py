"""Undertakings 攻坚任务: the ledger of supervision, each with a leader, a goal, steps and deadlines.

They are not the tasks of couriers (assignments). Deadlines are days; the calendar of working days says when
one is over.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from events.base import Event, event
from events.post import PostRef
from events.refs import AreaRef, Ref
from events.unit import UnitRef

UndertakingRef = Annotated[str, Ref("undertaking")]
InspectionRef = Annotated[str, Ref("inspection")]
Kind = Literal["field", "measure", "campaign", "plan", "finding", "other"]
"""field 领域: a field of work. measure 举措. campaign 攻坚行动. plan 计划: of one or more years.
finding 整改: what an inspection found."""


class Due(msgspec.Struct, frozen=True, gc=False):
    """A deadline."""

    day: str
    """YYYY-MM-DD, as it was set."""
    ends: datetime
    """When it is over: the end of that day, or of the next working day after a day off."""
    confirmed: bool = True
    """Whether the calendar says what kind of day it is. If not, the day counts as it was set."""
    calendar: str = ""
    """Version of the calendar; empty if none is known for the time zone."""


class StepDue(msgspec.Struct, frozen=True):
    """A step and its deadline."""

    step: str
    due: Due


class UndertakingEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one undertaking."""

    undertaking: UndertakingRef
    area: AreaRef


@event("undertaking.set_up")
class UndertakingSetUp(UndertakingEvent, frozen=True, kw_only=True):
    """The undertaking was put on the ledger, and is open."""

    title: str
    category: Kind
    leader: PostRef
    """Post that leads it. While that is vacant, it rises as all duties do."""
    unit: UnitRef
    """Unit that is responsible."""
    goal: str | None = None
    measures: tuple[str, ...] = ()
    due: Due | None = None
    parent: UndertakingRef | None = None
    """Of a subtask: what it is part of."""
    inspection: InspectionRef | None = None
    """Inspection that found it."""


@event("undertaking.reworded")
class UndertakingReworded(UndertakingEvent, frozen=True, kw_only=True):
    """Its title, goal and measures from this time on."""

    title: str
    goal: str | None = None
    measures: tuple[str, ...] = ()


@event("undertaking.handed_over")
class UndertakingHandedOver(UndertakingEvent, frozen=True, kw_only=True):
    """Another post leads it, or another unit is responsible, from this time on."""

    leader: PostRef
    unit: UnitRef


@event("undertaking.rescheduled")
class UndertakingRescheduled(UndertakingEvent, frozen=True, kw_only=True):
    """Its deadline was moved, with a reason."""

    due: Due
    reason: str


@event("undertaking.step_planned")
class UndertakingStepPlanned(UndertakingEvent, frozen=True, kw_only=True):
    """A step with a deadline, or a new deadline of a step, which then has a reason."""

    step: str
    due: Due
    reason: str | None = None


@event("undertaking.step_done")
class UndertakingStepDone(UndertakingEvent, frozen=True, kw_only=True):
    """A step was done."""

    step: str
    note: str | None = None


@event("undertaking.step_dropped")
class UndertakingStepDropped(UndertakingEvent, frozen=True, kw_only=True):
    """A step is no longer needed."""

    step: str
    reason: str


@event("undertaking.evidenced")
class UndertakingEvidenced(UndertakingEvent, frozen=True, kw_only=True):
    """Evidence of what was done was added."""

    evidence: str
    """What the evidence is, and where it is kept."""
    digest: str | None = None
    """SHA-256 of a file kept elsewhere, to check that it is the same."""
    step: str | None = None
    file: str | None = None
    """Name of the sealed file: its hash."""


@event("undertaking.done")
class UndertakingDone(UndertakingEvent, frozen=True, kw_only=True):
    """The undertaking was done."""

    note: str | None = None


@event("undertaking.withdrawn")
class UndertakingWithdrawn(UndertakingEvent, frozen=True, kw_only=True):
    """The undertaking was withdrawn, with a reason."""

    reason: str


@event("undertaking.reopened")
class UndertakingReopened(UndertakingEvent, frozen=True, kw_only=True):
    """The undertaking is open again. At the time of its end, this corrects that it was done."""

    reason: str


@event("undertaking.days_confirmed")
class UndertakingDaysConfirmed(UndertakingEvent, frozen=True, kw_only=True):
    """The holidays of a year were published, and unconfirmed deadlines in it are now certain."""

    due: Due | None = None
    """None if its own was confirmed before."""
    steps: tuple[StepDue, ...] = ()


@event("undertaking.reminded")
class UndertakingReminded(UndertakingEvent, frozen=True, kw_only=True):
    """The leader was reminded of the next deadline."""

    ends: datetime
    post: PostRef
    """Post that was reminded."""


@event("undertaking.escalated")
class UndertakingEscalated(UndertakingEvent, frozen=True, kw_only=True):
    """A deadline passed with nothing done, and the undertaking went up to the next post."""

    ends: datetime
    post: PostRef
    """Post that is asked now. The leader stays the leader."""
    level: int
    """How often it went up."""
    top: bool = False
    """Whether there is no post above that one."""


@event("undertaking.erased")
class UndertakingErased(UndertakingEvent, frozen=True, kw_only=True):
    """The key of the evidence files was destroyed: they are permanently unreadable. The undertaking stays."""


@event("undertaking_waits.set")
class UndertakingWaitsSet(Event, frozen=True):
    """Working days: before a deadline, to remind; after it, to escalate; and to correct a finding."""

    remind: int | None = None
    """None = never."""
    escalate: int | None = None
    finding: int | None = None
    """Working days to correct a finding, unless the inspection says otherwise; None = no deadline."""
