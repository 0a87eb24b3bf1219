"""Decisions about areas."""

from collections.abc import Iterable

from events.area import AreaBounded, AreaClosed, AreaDefined, AreaRenamed, parents
from events.base import Event
from events.boundary import MOST_VERTICES, digest, frozen, sound, vertices
from services.decisions import lookups
from services.decisions.amending import news, not_changed_since, subject
from services.decisions.area.commands import BoundArea, CloseArea, DefineArea, RenameArea
from services.decisions.area.table import AREAS, area_exists
from services.decisions.base import Context, Refused, decides
from services.decisions.state import State


@decides(DefineArea)
def _define(state: State, c: DefineArea, ctx: Context) -> Iterable[Event]:
    lookups.whole_place(c.lon, c.lat)
    known = state[AREAS].get(c.area)
    if known and not known.closed_at and (known.name, known.lon, known.lat) == (c.name, c.lon, c.lat):
        return
    lookups.fresh(known or c.area == state.jurisdiction, "area.exists", area=c.area)
    above = parents(c.area)
    if state.jurisdiction not in above:
        raise Refused("area.outside", area=c.area, jurisdiction=state.jurisdiction)
    if not area_exists(state, above[0]):
        raise Refused("area.no_parent", area=c.area, parent=above[0])
    yield AreaDefined(area=c.area, name=c.name, parent=above[0], lon=c.lon, lat=c.lat)


@decides(RenameArea)
def _rename(state: State, c: RenameArea, ctx: Context) -> Iterable[Event]:
    known = state[AREAS].get(lookups.area(state, c.area))
    if known is None:
        raise Refused("area.root", area=c.area)
    about = subject(f"area/{c.area}", known, known.defined_at)
    new = news(state, about, {"name": c.name}, ctx)
    if new:
        not_changed_since(state, about, c, new, ctx)
        yield AreaRenamed(area=c.area, **new)


@decides(CloseArea)
def _close(state: State, c: CloseArea, ctx: Context) -> Iterable[Event]:
    known = state[AREAS].get(lookups.area(state, c.area))
    if known is None:
        raise Refused("area.root", area=c.area)
    if not known.closed_at:
        yield AreaClosed(area=c.area)


@decides(BoundArea)
def _bound(state: State, c: BoundArea, ctx: Context) -> Iterable[Event]:
    known = state[AREAS].get(lookups.area(state, c.area))
    if known is None:
        raise Refused("area.bad_boundary", variant="root", area=c.area)
    boundary = frozen(c.boundary)
    if vertices(boundary) > MOST_VERTICES:
        raise Refused("area.bad_boundary", variant="many", area=c.area, most=MOST_VERTICES)
    if not sound(boundary):
        raise Refused("area.bad_boundary", area=c.area)
    about = subject(f"area/{c.area}", known, None)
    if new := news(state, about, {"boundary": digest(boundary)}, ctx):
        new["boundary"] = boundary
        yield AreaBounded(area=c.area, **new)
