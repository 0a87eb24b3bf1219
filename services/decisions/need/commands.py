"""Need commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.need import Side
from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import NEW, WHOLE, Id, Label, Priority, omitted
from services.decisions.references import OPEN
from services.decisions.station.commands import StationId

NeedId = Annotated[Id, Ref("need")]
Quantity = Annotated[int, Field(ge=0, le=1_000_000_000), WHOLE]


@command("need.open", fact=True, own=True)
class Open(Command):
    """Say what a station is short of, or has too much of. `need` defaults to the command's id; one that was
    closed is opened again. The station decides whose it is."""

    need: Annotated[NeedId, NEW, OPEN] | None = None
    station: StationId
    item: Label
    side: Side = "short"
    priority: Priority = 3
    quantity: Quantity | None = None


@command("need.change", fact=True, own=True)
class Change(Command):
    """Change how urgent a need is, or how much it is; omitted fields stay unchanged."""

    need: NeedId
    priority: Priority = omitted()
    quantity: Quantity | None = None


@command("need.close", fact=True, own=True)
class Close(Command):
    """Say that a need is met, or no longer one. The end of one that nobody had reported is recorded with
    station and item, as an observation."""

    need: Annotated[NeedId, NEW]
    reason: Label | None = None
    station: StationId | None = None
    item: Label | None = None
