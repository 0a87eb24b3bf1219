"""Commands of inspections; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from events.inspection import Manner
from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import (
    NEW,
    AreaCode,
    FileName,
    Id,
    Instant,
    Label,
    Lat,
    Lon,
    PersonalText,
    WorkerId,
)
from services.decisions.undertaking.commands import UndertakingConcerned, UnitConcerned

InspectionId = Annotated[Id, Ref("inspection")]


class FindingSeen(BaseModel):
    """What was found, and by when it must be corrected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Label
    due: Instant | None = Field(default=None, description="Default: the working days that findings have")


@command("inspection.order", fact=True)
class Order(Command):
    """Order an inspection of an undertaking or a unit. `area` defaults to the undertaking's."""

    inspection: Annotated[InspectionId, NEW] | None = None
    manner: Manner = "on_site"
    undertaking: UndertakingConcerned | None = None
    unit: UnitConcerned | None = None
    inspector: WorkerId | None = Field(default=None, description="Who reports from their phone")
    area: AreaCode | None = None


@command("inspection.report", fact=True, own=True)
class ReportInspection(Command):
    """Report what was seen. Each finding becomes an undertaking of the leader of what was inspected."""

    inspection: InspectionId
    findings: Annotated[tuple[FindingSeen, ...], Field(max_length=20)] = ()
    place: Label | None = None
    lat: Lat | None = None
    lon: Lon | None = None
    file: FileName | None = None
    note: PersonalText | None = None


@command("inspection.call_off", fact=True)
class CallOffInspection(Command):
    """Call an inspection off, with a reason."""

    inspection: InspectionId
    reason: Label


@command("inspection.erase", by="admin")
class EraseInspection(Command):
    """Destroy the key of an inspection's note and picture. The findings stay."""

    inspection: InspectionId
