"""Area commands; also the HTTP bodies and OpenAPI schemas."""

from services.decisions.base import Command, command
from services.decisions.fields import AreaCode, Label, Lat, Lon


@command("area.define")
class DefineArea(Command):
    """Add an area. Its parent (by code prefix) must exist."""

    area: AreaCode
    name: Label
    lon: Lon | None = None
    lat: Lat | None = None


@command("area.rename")
class RenameArea(Command):
    """Rename an area."""

    area: AreaCode
    name: Label


@command("area.close")
class CloseArea(Command):
    """Close an area to check-ins and anything new."""

    area: AreaCode
