"""Boundaries 边界: the polygons of areas. Apart from the areas, as only maps need them."""

from collections.abc import Iterable

from events.amendment import present
from events.area import AreaBounded
from events.base import EventEnvelope
from events.boundary import Boundary
from projections.base import EVERYBODY, Row, View


class BoundaryRow(Row, frozen=True, kw_only=True):
    """The boundary of one area, as the coordinates of a GeoJSON MultiPolygon in WGS-84 degrees."""

    area: str
    boundary: Boundary


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (envelope.data.area,) if isinstance(envelope.data, AreaBounded) else ()


def evolve(row: BoundaryRow | None, envelope: EventEnvelope, key: str) -> BoundaryRow | None:
    match envelope.data:
        case AreaBounded() as e if present(e):
            return BoundaryRow(area=key, boundary=e.boundary) if e.boundary else None
        case _:
            return row


VIEW = View(
    name="boundaries",
    row=BoundaryRow,
    keys=keys,
    evolve=evolve,
    events=(AreaBounded,),
    filters=("area",),
    own=EVERYBODY,
)
