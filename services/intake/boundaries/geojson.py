"""Read polygons with their names and codes from GeoJSON (RFC 7946), and the datum that the file declares."""

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any, Final

import msgspec

from services.decisions.turning import unturned
from services.intake.errors import FileError
from services.intake.tables.encodings import marked
from services.intake.tables.text_file import START
from services.locations.datum import Datum

MOST_FEATURES: Final = 5_000
MOST_VERTICES: Final = 500_000
"""Points in the whole file, before it is simplified."""
CODES: Final = (
    "code",
    "area",
    "adcode",
    "area_code",
    "id",
    "编码",
    "代码",
    "区域编码",
    "区划代码",
    "行政区划代码",
)
NAMES: Final = ("name", "area_name", "fullname", "label", "名称", "区域", "区域名称", "全称", "社区")
_MOST_TEXT: Final = 200
_DATUMS: Final[dict[Datum, tuple[str, ...]]] = {
    "WGS-84": ("CRS84", "4326", "4979", "WGS84", "WGS-84"),
    "GCJ-02": ("GCJ02", "GCJ-02"),
    "BD-09": ("BD09", "BD-09"),
}
"""Datum -> what the name of a coordinate system is, or ends in."""

Line = list[tuple[float, float]]
Polygons = list[list[Line]]


class Feature(msgspec.Struct, frozen=True):
    """One feature. `polygons` is None if it has no polygon that can be read."""

    nth: int
    """Counted from 1."""
    code: str
    name: str
    polygons: Polygons | None


class Collection(msgspec.Struct, frozen=True):
    """The features of a file, and the datum that it declares (None = not declared)."""

    features: list[Feature]
    datum: Datum | None
    vertices: int


def parse(content: bytes, file: str) -> Collection:
    """Parse a file. Raise FileError if it is no GeoJSON of polygons, or too large."""
    if content.count(b"[") > 2 * MOST_VERTICES:  # before it is unpacked into a hundred times the memory
        raise FileError("import.geojson", variant="vertices", file=file, most=MOST_VERTICES)
    try:
        text = content.decode(marked(content[:START]) or "utf-8")
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise FileError("import.geojson", variant="json", file=file, why=str(error)) from None
    members = _members(found)
    if members is None:
        raise FileError("import.geojson", variant="no_features", file=file)
    if len(members) > MOST_FEATURES:
        raise FileError("import.geojson", variant="features", file=file, most=MOST_FEATURES)
    features = [_feature(nth, one) for nth, one in enumerate(members, 1)]
    total = sum(_size(one.polygons or []) for one in features)
    if total > MOST_VERTICES:
        raise FileError("import.geojson", variant="vertices", file=file, most=MOST_VERTICES)
    return Collection(features, _datum(found, file), total)


def _members(found: Any) -> list[Any] | None:
    if not isinstance(found, dict):
        return None
    if found.get("type") == "Feature":
        return [found]
    members = found.get("features")
    return members if isinstance(members, list) and members else None


def _datum(found: dict[str, Any], file: str) -> Datum | None:
    """Return the datum by the members `datum` or `crs`. Raise FileError for any other coordinate system."""
    said = found.get("datum") or _member(_member(found.get("crs"), "properties"), "name")
    if said is None:
        return None
    text = str(said).upper()
    for datum, names in _DATUMS.items():
        if any(text == name or text.endswith((f":{name}", f"/{name}")) for name in names):
            return datum
    raise FileError("import.geojson", variant="crs", file=file, crs=text[:_MOST_TEXT])


def _member(found: Any, name: str) -> Any:
    return found.get(name) if isinstance(found, dict) else None


def _feature(nth: int, found: Any) -> Feature:
    whole: dict[str, Any] = found if isinstance(found, dict) else {}
    given = whole.get("properties")
    properties = given if isinstance(given, dict) else {}
    code = _text(properties, CODES) or _said(whole.get("id"))
    return Feature(nth, code, _text(properties, NAMES), _polygons(whole.get("geometry")))


def _text(properties: dict[str, Any], names: Iterable[str]) -> str:
    """Return the first property of these names, whatever its case."""
    folded = {str(key).strip().casefold(): value for key, value in properties.items()}
    return next((text for name in names if (text := _said(folded.get(name)))), "")


def _said(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unturned(str(value).strip()[:_MOST_TEXT]) if isinstance(value, str | int) else ""


def _polygons(geometry: Any) -> Polygons | None:
    """Return the polygons of a geometry; None if there is none, or one of its points is not on the globe."""
    if not isinstance(geometry, dict):
        return None
    if geometry.get("type") == "GeometryCollection":
        inner = geometry.get("geometries")
        parts = [_polygons(one) for one in inner] if isinstance(inner, list) else []
        return [polygon for part in parts for polygon in part or []] or None
    many = {"Polygon": [geometry.get("coordinates")], "MultiPolygon": geometry.get("coordinates")}
    try:
        found = [[list(_ring(ring)) for ring in polygon] for polygon in many[geometry["type"]]]
        return [polygon for polygon in found if polygon] or None
    except (KeyError, TypeError, ValueError, IndexError, OverflowError):
        return None


def _ring(ring: Any) -> Iterator[tuple[float, float]]:
    """Yield the points of a ring, closed. Raise ValueError for what is no point."""
    first = last = None
    for one in ring:
        lon, lat = float(one[0]), float(one[1])
        if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            raise ValueError("not on the globe")
        first, last = first or (lon, lat), (lon, lat)
        yield last
    if first is None:
        raise ValueError("empty")
    if first != last:
        yield first


def _size(polygons: Polygons) -> int:
    return sum(len(ring) for polygon in polygons for ring in polygon)
