"""Areas: the tree county > street > community > grid."""

from typing import Final

from events.base import Event, event
from events.refs import AreaRef

_CUTS: Final = (4, 6, 9, 12)
"""Lengths of GB/T 2260 and statistical division codes: city, county, street, community."""


def parents(code: str) -> list[str]:
    """Codes that may hold `code`, nearest first: `A-B` is in `A`, a GB code in itself cut at 12, 9, 6, 4."""
    found: list[str] = []
    while "-" in code:
        code = code.rpartition("-")[0]
        found.append(code)
    if code.isascii() and code.isdigit():
        found += [code[:cut] for cut in reversed(_CUTS) if cut < len(code)]
    return found


def inside(code: str, outer: str) -> bool:
    """Whether area `code` is `outer` or lies inside it (R1 does not hold R10)."""
    return code == outer or outer in parents(code)


@event("area.defined")
class AreaDefined(Event, frozen=True):
    """An area exists."""

    area: AreaRef
    name: str
    parent: AreaRef
    lon: float | None = None
    """WGS-84 degrees."""
    lat: float | None = None


@event("area.renamed")
class AreaRenamed(Event, frozen=True):
    """An area has another name."""

    area: AreaRef
    name: str


@event("area.closed")
class AreaClosed(Event, frozen=True):
    """Nobody checks in and nothing is opened at this area any more."""

    area: AreaRef
