"""Commands about areas: also the HTTP bodies and the OpenAPI schemas."""

from services.decisions.base import Command, command
from services.decisions.fields import AreaCode, Label, Lat, Lon


@command("area.define")
class DefineArea(Command):
    """Add an area. Its parent, by code prefix, must be defined."""

    area: AreaCode
    name: Label
    lon: Lon | None = None
    lat: Lat | None = None


@command("area.rename")
class RenameArea(Command):
    """Give an area another name."""

    area: AreaCode
    name: Label


@command("area.close")
class CloseArea(Command):
    """Nobody checks in and nothing is opened there any more."""

    area: AreaCode
