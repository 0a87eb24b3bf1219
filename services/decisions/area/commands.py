"""Area commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from services.decisions.amending import BasedOn
from services.decisions.base import Command, command
from services.decisions.fields import AreaCode, Label, Lat, Lon
from services.decisions.saying import SaidBy


@command("area.define")
class DefineArea(Command):
    """Add an area. Its parent (by code prefix) must exist."""

    area: AreaCode
    name: Label
    lon: Lon | None = None
    lat: Lat | None = None
    said: SaidBy = None


@command("area.rename", amends="area.define")
class RenameArea(Command):
    """Rename an area."""

    area: AreaCode
    name: Label
    based_on: BasedOn = None
    said: SaidBy = None


@command("area.close")
class CloseArea(Command):
    """Close an area to check-ins and anything new."""

    area: AreaCode


Degrees = Annotated[
    tuple[float, ...],
    Field(min_length=2, max_length=2, description="Longitude, latitude; WGS-84 degrees"),
]


@command("area.bound")
class BoundArea(Command):
    """Set the boundary of an area. An empty list removes it."""

    area: AreaCode
    boundary: Annotated[
        tuple[tuple[tuple[Degrees, ...], ...], ...],
        Field(
            max_length=500,
            description="Coordinates of a GeoJSON MultiPolygon: polygons, each an outer ring and its holes",
        ),
    ]
