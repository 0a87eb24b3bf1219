"""The boundary of an area: polygons of rings, as the coordinates of a GeoJSON MultiPolygon."""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

Point = tuple[float, float]
"""(longitude, latitude) in WGS-84 degrees."""
Ring = tuple[Point, ...]
"""A closed line: its last point repeats its first."""
Boundary = tuple[tuple[Ring, ...], ...]
"""Polygons, each an outer ring and its holes. Empty = no boundary."""

MOST_VERTICES: Final = 2_000
"""Points in the boundary of one area: at most 50 KB of JSON, far below what a commit may hold."""
LEAST_RING: Final = 4
"""Points in a ring: a triangle and its first point again."""
DECIMALS: Final = 5
"""Decimals kept of a degree, which is about a metre."""


def frozen(parts: Sequence[Sequence[Sequence[Sequence[float]]]]) -> Boundary:
    """Return the boundary as tuples, rounded to five decimals."""
    return tuple(
        tuple(tuple((round(p[0], DECIMALS), round(p[1], DECIMALS)) for p in ring) for ring in polygon)
        for polygon in parts
    )


def vertices(boundary: Boundary) -> int:
    """Count the points."""
    return sum(len(ring) for polygon in boundary for ring in polygon)


def sound(boundary: Boundary) -> bool:
    """Return whether every polygon has a ring, and every ring is closed and lies on the globe."""
    rings = [ring for polygon in boundary for ring in polygon]
    closed = all(len(ring) >= LEAST_RING and ring[0] == ring[-1] for ring in rings)
    return (
        all(boundary)
        and closed
        and all(-180 <= lon <= 180 and -90 <= lat <= 90 for ring in rings for lon, lat in ring)
    )


def digest(boundary: Boundary) -> str | None:
    """Return a short hash by which equal boundaries are recognised; None for no boundary."""
    return hashlib.sha256(msgspec.json.encode(boundary)).hexdigest()[:16] if boundary else None
