"""Station commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from events.refs import Ref
from events.station import Source, Status
from services.decisions.amending import BasedOn
from services.decisions.base import Command, command
from services.decisions.fields import (
    LINE,
    NEW,
    WHOLE,
    AreaCode,
    Code,
    Id,
    Instant,
    Label,
    Lat,
    Lon,
    WorkerId,
    omitted,
)
from services.decisions.holder.commands import HolderId
from services.decisions.references import OPEN, PLAIN
from services.decisions.saying import SaidBy

StationId = Annotated[Id, Ref("station")]
Places = Annotated[int, Field(ge=0, le=1_000_000), WHOLE]
Kind = Annotated[Code, Field(description="Of the list `station_kind`")]
Service = Annotated[Code, Field(description="Of the list `station_service`")]
Services = Annotated[
    tuple[Service, ...],
    Field(max_length=50, description="What it offers, of the list `station_service`"),
    AfterValidator(lambda given: tuple(dict.fromkeys(given))),
]
Hours = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=LINE,
        description="Opening hours as OSM writes them, such as `Mo-Fr 09:00-18:00; PH off`; kept as given",
    ),
    PLAIN,
]
Counted = Annotated[Literal["keeper", "import"], Field(description="Counted by the keeper, or from a sheet")]


@command("station.register", fact=True)
class Register(Command):
    """Enter a station. `station` defaults to the command's id, `area` to the whole jurisdiction."""

    station: Annotated[StationId, NEW] | None = None
    name: Label
    area: AreaCode | None = None
    kind: Kind = "other"
    address: Label | None = None
    lat: Lat | None = None
    lon: Lon | None = None
    services: Services = ()
    seats: Places | None = None
    charging_points: Places | None = None
    beds: Places | None = None
    rooms: Places | None = None
    hours: Hours | None = None
    said: SaidBy = None


@command("station.amend", fact=True, amends="station.register")
class Amend(Command):
    """Change a station's details; omitted fields stay unchanged. `station.move` changes its area."""

    station: StationId
    name: Label = omitted()
    kind: Kind = omitted()
    address: Label | None = None
    lat: Lat | None = None
    lon: Lon | None = None
    services: Services = omitted()
    seats: Places | None = None
    charging_points: Places | None = None
    beds: Places | None = None
    rooms: Places | None = None
    hours: Hours | None = None
    based_on: BasedOn = None
    said: SaidBy = None


@command("station.move", fact=True)
class Move(Command):
    """Put a station into another area, with its needs."""

    station: StationId
    area: AreaCode


@command("station.entrust", fact=True)
class Entrust(Command):
    """Name a station's keeper: a worker, or the holder of a post. Without either, it has no keeper."""

    station: StationId
    worker: WorkerId | None = None
    holder: HolderId | None = None


@command("station.publish", fact=True)
class Publish(Command):
    """Put a station on the public map."""

    station: StationId


@command("station.unpublish", fact=True)
class Unpublish(Command):
    """Take a station off the public map."""

    station: StationId


@command("station.withdraw", fact=True)
class Withdraw(Command):
    """Say that it is no station any more."""

    station: StationId
    reason: Label | None = None


@command("station.restore", fact=True)
class Restore(Command):
    """Restore a withdrawn station."""

    station: StationId
    reason: Label | None = None


@command("station.report", fact=True, own=True)
class ReportStatus(Command):
    """Say how it is at a station: open, closed or full, people there, free places. Each thing said counts
    until it is said again, or until `until`: four hours later if omitted, at most 31 days."""

    station: StationId
    status: Status | None = None
    present: Places | None = Field(default=None, description="People there")
    free_seats: Places | None = None
    free_charging_points: Places | None = None
    free_beds: Places | None = None
    free_rooms: Places | None = None
    until: Instant | None = None
    source: Source | None = Field(default=None, description="Of a worker's token, always keeper")


@command("station.use", fact=True, own=True)
class Use(Command):
    """Record one use of a station. Its id is the command's, so that it counts once however often it is sent.
    Who used it is no part of it."""

    station: StationId
    service: Service | None = None
    via: Counted = "keeper"


@command("station.scan", fact=True, own=True)
class Scan(Command):
    """Record one use by a worker who scanned the code at the door. Its id is the command's. The worker is
    named so that their phone may send it; the use does not say who it was."""

    worker: WorkerId
    station: Annotated[StationId, OPEN]
    service: Service | None = None
