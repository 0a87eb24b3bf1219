"""Areas 区域: the tree of county > street > community > grid, including its root."""

from collections.abc import Iterable

import msgspec

from events.area import AreaClosed, AreaDefined, AreaRenamed, level
from events.base import EventEnvelope
from events.jurisdiction import JurisdictionEstablished
from projections.base import EVERYBODY, Row, View, amended


class AreaRow(Row, frozen=True, kw_only=True):
    """One area. Level 0 is the root."""

    area: str
    name: str
    changed: int = 0
    """Position of the last amendment, or of the first record: what an amendment is based on."""
    parent: str | None
    level: int
    closed: bool = False
    lon: float | None = None
    lat: float | None = None


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    if isinstance(e, JurisdictionEstablished):
        return (envelope.jurisdiction,)
    if isinstance(e, AreaDefined | AreaRenamed | AreaClosed):
        return (e.area,)
    return ()


def evolve(row: AreaRow | None, envelope: EventEnvelope, key: str) -> AreaRow | None:
    match envelope.data:
        case JurisdictionEstablished() as e:
            return AreaRow(area=key, name=e.name, parent=None, level=0, changed=envelope.position)
        case AreaDefined() as e:
            return AreaRow(
                area=key,
                name=e.name,
                parent=e.parent,
                level=level(e.area, envelope.jurisdiction),
                lon=e.lon,
                lat=e.lat,
                changed=envelope.position,
            )
        case AreaRenamed() as e if row:
            return amended(row, e, envelope)
        case AreaClosed() if row:
            return msgspec.structs.replace(row, closed=True)
        case _:
            return row


VIEW = View(
    name="areas",
    row=AreaRow,
    keys=keys,
    evolve=evolve,
    events=(JurisdictionEstablished, AreaDefined, AreaRenamed, AreaClosed),
    version=3,
    filters=("area", "parent", "level", "closed", "name"),
    own=EVERYBODY,
)
