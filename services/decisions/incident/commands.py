"""Commands about incidents: also the HTTP bodies and the OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from services.decisions.base import Command, command
from services.decisions.fields import WHOLE, AreaCode, Code, IncidentId, Instant, Label, omitted

Areas = Annotated[tuple[AreaCode, ...], Field(max_length=500)]


ExpectedDays = Annotated[
    int | None,
    Field(ge=1, le=3650, description="Local days it is expected to last; null = not known"),
    WHOLE,
]


@command("incident.declare")
class Declare(Command):
    """Begin an incident. Without areas it concerns the whole jurisdiction; without a start it starts now."""

    incident: IncidentId | None = None
    name: Label
    kind: Code = "general"
    areas: Areas = ()
    starts_at: Instant | None = None
    expected_days: ExpectedDays = None


@command("incident.amend")
class Amend(Command):
    """Change what is known of an incident; fields left out stay."""

    incident: IncidentId
    name: Label = omitted()
    kind: Code = omitted()
    areas: Annotated[Areas, Field(min_length=1)] = omitted()
    starts_at: Instant = omitted()
    expected_days: ExpectedDays = None


@command("incident.close")
class Close(Command):
    """End an incident; refused while a request of it is unfinished."""

    incident: IncidentId
    ends_at: Instant | None = None


@command("incident.reopen")
class Reopen(Command):
    """The incident goes on."""

    incident: IncidentId
    reason: Code | None = None
