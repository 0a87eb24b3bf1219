"""Writes a PMTiles archive with one vector tile: a sea, land with a road, and a place with a name."""

import gzip
import json
import struct
from collections.abc import Iterable
from pathlib import Path

EXTENT = 4096


def archive(path: Path) -> Path:
    """An archive of zoom 0, as Protomaps names its layers."""
    tile = _tile()
    told = json.dumps(
        {
            "attribution": "<a>© Synthetic</a>",
            "vector_layers": [{"id": one} for one in ("earth", "water", "roads", "places")],
        }
    ).encode()
    directory = b"".join(map(_varint, (1, 0, 1, len(tile), 1)))
    parts = [gzip.compress(directory), gzip.compress(told), b"", tile]
    places, at = list[int](), 127
    for part in parts:
        places += [at, len(part)]
        at += len(part)
    world = [-180 * 10**7, -85 * 10**7, 180 * 10**7, 85 * 10**7]
    header = b"PMTiles\x03" + struct.pack("<8Q3Q6B4iB2i", *places, 1, 1, 1, 1, 2, 1, 1, 0, 0, *world, 0, 0, 0)
    path.write_bytes(header + b"".join(parts))
    return path


def _tile() -> bytes:
    whole, south = (0, 0, EXTENT, EXTENT), (0, EXTENT // 2, EXTENT, EXTENT)
    return b"".join(
        [
            _layer("earth", [(3, _square(*whole), {})]),
            _layer("water", [(3, _square(*south), {"kind": "ocean"})]),
            _layer("roads", [(2, _line([(0, 1400), (EXTENT, 1500)]), {"kind": "highway"})]),
            _layer("places", [(1, _moves([(3500, 1400)]), {"name": "Synthetic"})]),
        ]
    )


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _layer(name: str, features: Iterable[tuple[int, list[int], dict[str, str]]]) -> bytes:
    keys, values, body = list[str](), list[str](), b""
    for kind, geometry, tags in features:
        packed = b"".join(_varint(part) for pair in _indexes(tags, keys, values) for part in pair)
        shape = b"".join(map(_varint, geometry))
        body += _field(2, _field(2, packed) + _field(3, kind) + _field(4, shape))
    body = _field(15, 2) + _field(1, name.encode()) + body
    body += b"".join(_field(3, key.encode()) for key in keys)
    body += b"".join(_field(4, _field(1, value.encode())) for value in values)
    return _field(3, body + _field(5, EXTENT))


def _indexes(tags: dict[str, str], keys: list[str], values: list[str]) -> Iterable[tuple[int, int]]:
    for key, value in tags.items():
        keys.append(key)
        values.append(value)
        yield len(keys) - 1, len(values) - 1


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _moves(points: list[tuple[int, int]], at: tuple[int, int] = (0, 0)) -> list[int]:
    return _steps(1, points, at)


def _steps(command: int, points: list[tuple[int, int]], at: tuple[int, int]) -> list[int]:
    found = [command | len(points) << 3]
    for x, y in points:
        found += [_zigzag(x - at[0]), _zigzag(y - at[1])]
        at = (x, y)
    return found


def _line(points: list[tuple[int, int]]) -> list[int]:
    return _moves(points[:1]) + _steps(2, points[1:], points[0])


def _square(west: int, north: int, east: int, south: int) -> list[int]:
    return [*_line([(west, north), (east, north), (east, south), (west, south)]), 15]
