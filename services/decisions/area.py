"""Areas: define, rename, close."""

from collections.abc import Iterable

import msgspec

from events.area import AreaClosed, AreaDefined, AreaRenamed, parents
from events.base import Event, Happened
from services.decisions import common
from services.decisions.base import Ask, Command, Refused, command, decides, evolves
from services.decisions.fields import AreaCode, Label, Lat, Lon
from services.decisions.state import Area, State
from services.decisions.table import Table

AREAS = Table(
    "areas",
    Area,
    kind="area",
    areas=lambda state, key, row: (key,),
    own=lambda state, key, worker: True,  # any area may be where a worker checks in
)


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


@decides(DefineArea)
def _define(state: State, c: DefineArea, ask: Ask) -> Iterable[Event]:
    known = state.areas.get(c.area)
    if known and not known.closed_at and (known.name, known.lon, known.lat) == (c.name, c.lon, c.lat):
        return
    common.fresh(known or c.area == state.jurisdiction, "area.exists", area=c.area)
    above = parents(c.area)
    if state.jurisdiction not in above:
        raise Refused("area.outside", area=c.area, jurisdiction=state.jurisdiction)
    if not state.area_exists(above[0]):
        raise Refused("area.no_parent", area=c.area, parent=above[0])
    yield AreaDefined(area=c.area, name=c.name, parent=above[0], lon=c.lon, lat=c.lat)


@decides(RenameArea)
def _rename(state: State, c: RenameArea, ask: Ask) -> Iterable[Event]:
    known = state.areas.get(common.area(state, c.area))
    if known is None:
        raise Refused("area.root", area=c.area)
    if known.name != c.name:
        yield AreaRenamed(area=c.area, name=c.name)


@decides(CloseArea)
def _close(state: State, c: CloseArea, ask: Ask) -> Iterable[Event]:
    known = state.areas.get(common.area(state, c.area))
    if known is None:
        raise Refused("area.root", area=c.area)
    if not known.closed_at:
        yield AreaClosed(area=c.area)


@evolves(AreaDefined)
def _defined(state: State, e: AreaDefined, h: Happened) -> None:
    state.put(state.areas, e.area, Area(e.name, e.lon, e.lat))


@evolves(AreaRenamed)
def _renamed(state: State, e: AreaRenamed, h: Happened) -> None:
    state.put(state.areas, e.area, msgspec.structs.replace(state.areas[e.area], name=e.name))


@evolves(AreaClosed)
def _closed(state: State, e: AreaClosed, h: Happened) -> None:
    state.put(state.areas, e.area, msgspec.structs.replace(state.areas[e.area], closed_at=h.at))
