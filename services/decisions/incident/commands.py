"""Incident commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from services.decisions.amending import BasedOn
from services.decisions.base import Command, command
from services.decisions.fields import NEW, WHOLE, AreaCode, Code, IncidentId, Instant, Label, omitted

Areas = Annotated[tuple[AreaCode, ...], Field(max_length=500)]


ExpectedDays = Annotated[
    int | None,
    Field(ge=1, le=3650, description="Expected duration in local days; null = unknown"),
    WHOLE,
]


@command("incident.declare")
class Declare(Command):
    """Declare an incident. Areas default to the whole jurisdiction, the start to now."""

    incident: Annotated[IncidentId, NEW] | None = None
    name: Label
    kind: Code = "general"
    areas: Areas = ()
    starts_at: Instant | None = None
    expected_days: ExpectedDays = None


@command("incident.amend")
class Amend(Command):
    """Change an incident's details; omitted fields stay unchanged."""

    incident: IncidentId
    name: Label = omitted()
    kind: Code = omitted()
    areas: Annotated[Areas, Field(min_length=1)] = omitted()
    starts_at: Instant = omitted()
    expected_days: ExpectedDays = None
    based_on: BasedOn = None


@command("incident.close")
class Close(Command):
    """End an incident; refused while any of its requests is unfinished."""

    incident: IncidentId
    ends_at: Instant | None = None


@command("incident.reopen")
class Reopen(Command):
    """Resume a closed incident."""

    incident: IncidentId
    reason: Code | None = None
