"""Commands about requests: also the HTTP bodies and the OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from services.decisions.base import Command, command
from services.decisions.fields import (
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

Quantity = Annotated[int, Field(ge=1, le=1_000_000), WHOLE]


Slots = Annotated[
    int | None, Field(ge=1, le=10_000, description="Assignees it needs; null = open-ended"), WHOLE
]


@command("request.open", fact=True)
class Open(Command):
    """Receive a request; `at` is when it was received. Without `request` the command's id becomes its id."""

    request: RequestId | None = None
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


@command("request.amend")
class Amend(Command):
    """Change what is known of a request; fields left out stay."""

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


@command("request.complete")
class Complete(Command):
    """It was served. Ends its live assignments and offers too."""

    request: RequestId
    reason: Code | None = None
    note: PersonalText | None = None


@command("request.cancel")
class Cancel(Command):
    """It is no longer needed. Ends its live assignments and offers too."""

    request: RequestId
    reason: Code
    note: PersonalText | None = None


@command("request.fail")
class Fail(Command):
    """It could not be served. Ends its live assignments and offers too."""

    request: RequestId
    reason: Code
    note: PersonalText | None = None


@command("request.merge")
class Merge(Command):
    """It is the same need as another request, which goes on. Both stay received."""

    request: RequestId
    into: RequestId


@command("request.reopen")
class Reopen(Command):
    """It is needed after all; assignments done before no longer count."""

    request: RequestId
    reason: Code | None = None


@command("request.erase", by="admin")
class Erase(Command):
    """Destroy the request's key: contact, address and texts can never be read again."""

    request: RequestId
