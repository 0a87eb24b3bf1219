"""Simplify polygons by Douglas and Peucker's rule. Pure.

Every ring of a file is simplified with the same tolerance, so that neighbours drift apart by less than twice
of it, which no one sees at the scale of a city.
"""

from math import cos, hypot, radians
from typing import Final

from services.intake.boundaries.geojson import Line, Polygons

TOLERANCE: Final = 8.0
"""Metres that a line may move."""
WANTED: Final = 800
"""Points of one area; beyond, the tolerance doubles until they suffice."""
_METRES: Final = 111_320.0
"""Of a degree of latitude."""
_CLOSED: Final = 4
_DEEPEST: Final = 40
"""Splits at the farthest point; deeper ones halve, so that no line takes more than n log n steps."""


def simplified(polygons: Polygons, tolerance: float = TOLERANCE, wanted: int = WANTED) -> Polygons:
    """Return the polygons with few points. Islands and holes below the tolerance go, but never all."""
    lasting = polygons
    while True:
        shorter = [rings for polygon in lasting if (rings := _polygon(polygon, tolerance))]
        if not shorter:
            return lasting
        if sum(len(ring) for polygon in shorter for ring in polygon) <= wanted:
            return shorter
        lasting, tolerance = shorter, tolerance * 2


def _polygon(polygon: list[Line], tolerance: float) -> list[Line]:
    """Return the rings that are left; none if the outer one is not."""
    rings = [_ring(ring, tolerance) for ring in polygon]
    return [ring for ring in rings if len(ring) >= _CLOSED] if len(rings[0]) >= _CLOSED else []


def _ring(ring: Line, tolerance: float) -> Line:
    """Simplify a closed ring in two halves, from its first point to the farthest from it and back."""
    east = cos(radians(ring[0][1])) * _METRES
    flat = [(lon * east, lat * _METRES) for lon, lat in ring]
    far = max(range(len(flat)), key=lambda i: hypot(flat[i][0] - flat[0][0], flat[i][1] - flat[0][1]))
    if far == 0:
        return []
    kept = [*_kept(flat, 0, far, tolerance), *_kept(flat, far, len(flat) - 1, tolerance)[1:]]
    return [ring[i] for i in kept]


def _kept(flat: Line, begin: int, end: int, tolerance: float) -> list[int]:
    """Return the indexes of a line's points that are needed."""
    kept, open_ = {begin, end}, [(begin, end, 0)]
    while open_:
        one, other, depth = open_.pop()
        worst, at = tolerance, -1
        (ax, ay), (bx, by) = flat[one], flat[other]
        dx, dy = bx - ax, by - ay
        length = hypot(dx, dy)
        for i in range(one + 1, other):
            x, y = flat[i][0] - ax, flat[i][1] - ay
            off = abs(dx * y - dy * x) / length if length else hypot(x, y)
            if off > worst:
                worst, at = off, i
        if at >= 0:
            at = at if depth < _DEEPEST else (one + other) // 2
            kept.add(at)
            open_ += [(one, at, depth + 1), (at, other, depth + 1)]
    return sorted(kept)
