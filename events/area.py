"""Areas: the tree of county > street > community > grid."""

from typing import Any, Final

from events.amendment import Amendment
from events.base import Event, event, upcast
from events.boundary import Boundary
from events.refs import AreaRef

_CUTS: Final = (4, 6, 9, 12)
"""Code lengths in GB/T 2260 and the statistical divisions: city, county, street, community."""


def parents(code: str) -> list[str]:
    """Return codes that may contain `code`, nearest first: `A` for `A-B`; a GB code cut at 12, 9, 6, 4."""
    found: list[str] = []
    while "-" in code:
        code = code.rpartition("-")[0]
        found.append(code)
    if code.isascii() and code.isdigit():
        found += [code[:cut] for cut in reversed(_CUTS) if cut < len(code)]
    return found


def level(code: str, root: str) -> int:
    """Return how deep an area lies below the root, also in a log that was moved under another code."""
    above = parents(code)
    return above.index(root) + 1 if root in above else max(1, len(above))


def inside(code: str, outer: str) -> bool:
    """Whether area `code` is `outer` or lies inside it (R1 does not contain R10)."""
    return code == outer or outer in parents(code)


def meets(code: str, other: str) -> bool:
    """Whether two areas have something in common: one is the other, or lies inside it."""
    return inside(code, other) or inside(other, code)


@event("area.defined")
class AreaDefined(Event, frozen=True):
    """An area was defined."""

    area: AreaRef
    name: str
    parent: AreaRef
    lon: float | None = None
    """WGS-84 degrees."""
    lat: float | None = None


@event("area.renamed", schema=2)
class AreaRenamed(Amendment, frozen=True):
    """An area was renamed."""

    area: AreaRef
    name: str


@event("area.closed")
class AreaClosed(Event, frozen=True):
    """An area was closed to check-ins and anything new."""

    area: AreaRef


@event("area.bounded", schema=2)
class AreaBounded(Amendment, frozen=True):
    """An area got a boundary, or lost it."""

    area: AreaRef
    boundary: Boundary
    """Polygons in WGS-84 degrees, simplified; empty = none."""


@upcast("area.renamed", 1)
@upcast("area.bounded", 1)
def _all_in_the_present(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, by which the last one recorded counted, however early its time."""
    return data
