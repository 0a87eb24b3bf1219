"""What an import goes by besides its mapping: areas, where they lie, and the jurisdiction's time zone."""

from collections.abc import Iterable, Iterator, Sequence

from events.area import inside
from projections.areas import AreaRow
from projections.boundaries import BoundaryRow
from projections.jurisdictions import JurisdictionRow
from projections.where import lies_in
from services.application.commands import Commands
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.hearing import said_names
from services.decisions.state import State
from services.intake.cells.firms import Firm, Firms
from services.intake.cells.nearness import Point, box_of
from services.intake.cells.places import Places, SaidNames
from services.views.port import Query, Views

_VIEWS = ("areas", "boundaries", "jurisdictions")


async def known_places(views: Views, jurisdiction: str, within: Sequence[str] = ()) -> Places:
    """Return the open areas of a jurisdiction; none before it is established. `within` limits them, without
    the root, to what a caller may see."""
    found, _ = await views.snapshot(jurisdiction, {view: Query() for view in _VIEWS})
    rows = [row for view in _VIEWS for _, row in found[view]]
    open_ = [row for row in rows if isinstance(row, AreaRow) and not row.closed]
    named = [row.timezone for row in rows if isinstance(row, JurisdictionRow)]
    names = {row.area: row.name for row in open_ if row.area == jurisdiction or lies_in(row, within)}
    return Places(jurisdiction, names, box_of(_points(rows)), named[0] if named else None)


async def said_in(commands: Commands, jurisdiction: str, within: Sequence[str] = ()) -> SaidNames:
    """Return what sheets called areas last time; nothing without a log. Raise Parked. `within` as above."""
    if not await commands.found(jurisdiction):
        return {}
    writer = commands.writer(jurisdiction)
    await writer.ready()
    return {
        sheet: {
            code: name
            for code, name in names.items()
            if not within or any(inside(code, one) for one in within)
        }
        for sheet, names in said_names(writer.state).items()
    }


async def firms_in(commands: Commands, jurisdiction: str, within: Sequence[str] = ()) -> Firms:
    """Return the enterprises of a jurisdiction; none without a log. Raise Parked. `within` as above."""
    if not await commands.found(jurisdiction):
        return Firms()
    writer = commands.writer(jurisdiction)
    await writer.ready()
    return firms_of(writer.state, within)


def firms_of(state: State, within: Sequence[str] = ()) -> Firms:
    """Return the enterprises of a state. `within` limits them to areas."""
    return Firms(
        Firm(key, one.name, one.area, one.code)
        for key, one in state[ENTERPRISES].items()
        if not within or any(inside(one.area, outer) for outer in within)
    )


def _points(rows: Iterable[object]) -> Iterator[Point]:
    for row in rows:
        if isinstance(row, AreaRow) and row.lon is not None and row.lat is not None:
            yield row.lon, row.lat
        elif isinstance(row, BoundaryRow):
            yield from ((lon, lat) for part in row.boundary for ring in part for lon, lat in ring)
