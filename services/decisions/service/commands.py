"""Commands about service; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.refs import Ref
from events.service import Source
from services.decisions.base import Command, command
from services.decisions.fields import NEW, WHOLE, AreaCode, Code, Id, Instant, Label, WorkerId
from services.decisions.references import PLAIN
from services.decisions.saying import SaidBy

ServiceId = Annotated[Id, Ref("service")]


@command("service.plan")
class Plan(Command):
    """Agree with somebody who has reported home when they will serve. A plan is no service yet."""

    service: Annotated[ServiceId, NEW] | None = None
    worker: WorkerId
    area: AreaCode
    since: Instant
    until: Instant
    what: Label | None = None


@command("service.record")
class Record(Command):
    """Record service that no duty and no task shows, such as an activity.

    If it has the id of a plan, that plan took place.
    """

    service: Annotated[ServiceId, NEW] | None = None
    worker: WorkerId
    area: AreaCode
    since: Instant
    until: Instant
    what: Label | None = None
    said: SaidBy = None


@command("service.correct")
class Correct(Command):
    """Correct when or where a recorded service took place; omitted fields stay as they are."""

    service: ServiceId
    since: Instant | None = None
    until: Instant | None = None
    area: AreaCode | None = None
    reason: Code


@command("service.withdraw")
class Withdraw(Command):
    """Cancel a plan, or say that a recorded service did not take place."""

    service: ServiceId
    reason: Code


@command("worker.confirm_service")
class Confirm(Command):
    """Confirm a service of implausible length, by the times that the view `service` shows."""

    worker: WorkerId
    source: Source
    shown_by: Annotated[
        str, Field(pattern=r"^\w[\w.\-]{0,63}$", description="As in the view `service`"), PLAIN
    ]
    since: Instant
    until: Instant


@command("service_limits.set", fact=True, by="admin")
class SetLimits(Command):
    """Set which lengths of service are taken without asking, from `at` on."""

    longest_hours: Annotated[int, WHOLE] = Field(
        default=16, ge=1, le=168, description="Longer service asks for confirmation"
    )
    shortest_minutes: Annotated[int, WHOLE] = Field(
        default=1, ge=0, le=240, description="Shorter service asks for confirmation"
    )
