"""Worker commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from events.refs import Ref
from services.decisions.amending import BasedOn
from services.decisions.base import Command, command
from services.decisions.fields import (
    NEW,
    WHOLE,
    AreaCode,
    CallSign,
    Code,
    Id,
    Instant,
    Label,
    PersonalLine,
    PersonalPhone,
    PersonalText,
    WorkerId,
    omitted,
)
from services.decisions.references import ARRIVES, IDENTITY, NAMED, PLAIN, plain_id
from services.decisions.saying import SaidBy

Skills = Annotated[tuple[Code, ...], Field(max_length=50)]


CommandId = Annotated[
    str, Field(min_length=1, max_length=64, description="Id of the command to take back"), PLAIN
]


SosId = Annotated[Id, Field(description="Id of the call for help"), Ref("sos")]


Capacity = Annotated[int, Field(ge=1, le=1000, description="Concurrent live assignments"), WHOLE]


@command("worker.register", gateway=True)
class Register(Command):
    """Add a person who can be dispatched. `worker` defaults to the command's id."""

    worker: Annotated[WorkerId, NEW] | None = None
    role: Code
    home_area: AreaCode | None = None
    organisation: Label | None = None
    skills: Skills = ()
    vehicle: Label | None = None
    capacity: Capacity = 1
    name: PersonalLine | None = None
    phone: PersonalPhone | None = None
    call_sign: CallSign | None = None
    said: SaidBy = None


@command("worker.amend", amends="worker.register")
class Amend(Command):
    """Change a worker's details; omitted fields stay unchanged."""

    worker: Annotated[WorkerId, IDENTITY]
    role: Code = omitted()
    home_area: AreaCode | None = None
    organisation: Label | None = None
    skills: Skills = omitted()
    vehicle: Label | None = None
    capacity: Capacity = omitted()
    name: PersonalLine | None = None
    phone: PersonalPhone | None = None
    call_sign: CallSign = omitted()
    based_on: BasedOn = None
    said: SaidBy = None


@command("worker.retire")
class Retire(Command):
    """Take a worker off the roster; refused while they have a live assignment of their own."""

    worker: Annotated[WorkerId, IDENTITY]
    reason: Code | None = None


@command("worker.report", fact=True, own=True)
class Report(Command):
    """Register once with the home community as available for service there; not a shift.

    Who reports to another community leaves the one before: there is one home at an instant.
    """

    worker: Annotated[WorkerId, ARRIVES]
    area: AreaCode


@command("worker.leave_home", fact=True, own=True)
class LeaveHome(Command):
    """Leave the home community again: from then on not available for service there."""

    worker: WorkerId


@command("worker.check_in", fact=True, own=True)
class CheckIn(Command):
    """Go on duty at an area, or move there. With walk_in an unknown worker is registered at once."""

    worker: Annotated[WorkerId, ARRIVES]
    area: AreaCode
    walk_in: bool = False
    role: Code = "volunteer"
    organisation: Label | None = None
    name: PersonalLine | None = None
    phone: PersonalPhone | None = None

    @model_validator(mode="after")
    def _new_ids_are_plain(self) -> Self:
        if self.walk_in:
            plain_id(self.worker)
        return self


@command("worker.set_presence", fact=True, own=True)
class SetPresence(Command):
    """Report being available or on a break."""

    worker: WorkerId
    presence: Literal["available", "on_break"]


@command("worker.check_out", fact=True, own=True)
class CheckOut(Command):
    """Go off duty. With a live assignment of your own, give `release` (the reason) to release it."""

    worker: WorkerId
    release: Code | None = None


@command("worker.take_back", own=True)
class TakeBack(Command):
    """Undo a mistap: void the worker's newest own fact, given by the id of the command that recorded it."""

    worker: WorkerId
    command: CommandId


@command("worker.correct_duty")
class CorrectDuty(Command):
    """Correct when, or for a check-in where, a fact of attendance happened. What was reported is kept."""

    worker: WorkerId
    fact: Annotated[
        str, Field(min_length=1, max_length=64, description="Id of the command that reported the fact"), PLAIN
    ]
    happened_at: Instant | None = None
    area: AreaCode | None = None
    reason: Code


@command("worker.erase", by="admin")
class Erase(Command):
    """Destroy the worker's key, making their personal data permanently unreadable. Also retires them."""

    worker: Annotated[WorkerId, IDENTITY]


@command("worker.check_welfare", fact=True, own=True)
class CheckWelfare(Command):
    """Say that a worker on duty is well, or that you are; begins the welfare timer again."""

    worker: WorkerId
    note: PersonalText | None = None


@command("worker.raise_sos", fact=True, own=True)
class RaiseSos(Command):
    """Call for help. `sos` defaults to the command's id, `area` to where the worker is on duty."""

    worker: WorkerId
    sos: Annotated[SosId, NEW] | None = None
    area: AreaCode | None = None
    place: PersonalLine | None = None


@command("worker.acknowledge_sos")
class AcknowledgeSos(Command):
    """Say that you have seen the call for help and look after it; the worker's phone shows it."""

    worker: Annotated[WorkerId, NAMED]
    sos: SosId


@command("worker.end_sos")
class EndSos(Command):
    """End a call for help, with the reason."""

    worker: Annotated[WorkerId, NAMED]
    sos: SosId
    reason: Code


@command("worker.cancel_sos", fact=True, own=True)
class CancelSos(Command):
    """Cancel your own call for help."""

    worker: WorkerId
    sos: SosId
