"""Request commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from services.decisions.amending import BasedOn
from services.decisions.base import Command, command
from services.decisions.fields import (
    NEW,
    WHOLE,
    AreaCode,
    Code,
    IncidentConcerned,
    Instant,
    Label,
    Lat,
    Lon,
    PersonalLine,
    PersonalPhone,
    PersonalText,
    Priority,
    RequestId,
    omitted,
)
from services.decisions.saying import SaidBy

Quantity = Annotated[int, Field(ge=0, le=1_000_000), WHOLE]


Slots = Annotated[
    int | None, Field(ge=1, le=10_000, description="Assignees needed; null = open-ended"), WHOLE
]


@command("request.open", fact=True)
class Open(Command):
    """Record a request; `at` is when it was received. `request` defaults to the command's id."""

    request: Annotated[RequestId, NEW] | None = None
    category: Code
    priority: Priority = 3
    area: AreaCode
    incident: IncidentConcerned | None = None
    quantity: Quantity = 1
    slots: Slots = 1
    due_at: Instant | None = None
    entered_at: Instant | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    source: Label | None = None
    contact_name: PersonalLine | None = None
    contact_phone: PersonalPhone | None = None
    address: PersonalLine | None = None
    text: PersonalText | None = None
    said: SaidBy = None


@command("request.acknowledge")
class Acknowledge(Command):
    """Say that a new request has been seen, so that it is no longer announced."""

    request: RequestId


@command("request.amend", amends="request.open")
class Amend(Command):
    """Change a request's details; omitted fields stay unchanged."""

    request: RequestId
    category: Code = omitted()
    priority: Priority = omitted()
    area: AreaCode = omitted()
    incident: IncidentConcerned | None = None
    quantity: Quantity = omitted()
    slots: Slots = None
    due_at: Instant | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    contact_name: PersonalLine | None = None
    contact_phone: PersonalPhone | None = None
    address: PersonalLine | None = None
    text: PersonalText | None = None
    based_on: BasedOn = None
    said: SaidBy = None


@command("request.complete")
class Complete(Command):
    """Mark a request as served. Also ends its live assignments and offers."""

    request: RequestId
    reason: Code | None = None
    note: PersonalText | None = None


@command("request.cancel")
class Cancel(Command):
    """Cancel a request that is no longer needed. Also ends its live assignments and offers."""

    request: RequestId
    reason: Code
    note: PersonalText | None = None


@command("request.fail")
class Fail(Command):
    """Mark a request as impossible to serve. Also ends its live assignments and offers."""

    request: RequestId
    reason: Code
    note: PersonalText | None = None


@command("request.merge")
class Merge(Command):
    """Merge a duplicate into another request, which continues. Both still count as received."""

    request: RequestId
    into: RequestId


@command("request.reopen")
class Reopen(Command):
    """Reopen a request that is needed after all; assignments already done no longer count."""

    request: RequestId
    reason: Code | None = None


@command("request.erase", by="admin")
class Erase(Command):
    """Destroy the request's key, making contact, address and texts permanently unreadable."""

    request: RequestId
