"""Check what a picture says about itself, before anybody decodes it: its type and its size in pixels."""

import struct
from collections.abc import Callable
from typing import Final

import msgspec

MOST_SIDE: Final = 8_192
"""Pixels of the longer side."""
MOST_PIXELS: Final = 16_000_000
"""A small file may decode to far more memory than it takes; this is 64 MB."""
_MOST_SEGMENTS: Final = 10_000
"""Segments and fill bytes before a JPEG's frame header; a picture has some dozens."""
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers of a frame header, which states the size."""
_BARE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
"""JPEG markers without a length."""


class BadPicture(Exception):
    """Damaged at its head, or too many pixels; `why` is `damaged` or `pixels`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Picture(msgspec.Struct, frozen=True):
    """What the picture is."""

    media: str
    width: int
    height: int


def picture(data: bytes) -> Picture | None:
    """Return type and size by the file's own head, whatever its sender calls it; None if it is none of these.

    Raises BadPicture.
    """
    for media, begins, size in _KINDS:
        if begins(data):
            try:
                width, height = size(data)
            except (struct.error, IndexError) as error:
                raise BadPicture("damaged") from error
            return _bounded(Picture(media, width, height))
    return None


def _bounded(found: Picture) -> Picture:
    if min(found.width, found.height) < 1:
        raise BadPicture("damaged")
    if max(found.width, found.height) > MOST_SIDE or found.width * found.height > MOST_PIXELS:
        raise BadPicture("pixels")
    return found


def _jpeg(data: bytes) -> tuple[int, int]:
    """Walk the segments up to the frame header."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        if data[at] != 0xFF:
            raise BadPicture("damaged")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        elif marker in (0xD9, 0xDA):  # the end, or pixels without a frame header
            raise BadPicture("damaged")
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            at += 2 + max(2, length)
    raise BadPicture("damaged")


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise BadPicture("damaged")
    return struct.unpack_from(">II", data, 16)


def _webp(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8X":
            return _three(data, 24) + 1, _three(data, 27) + 1
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case _:
            raise BadPicture("damaged")


def _three(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16


_KINDS: Final[tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes], tuple[int, int]]], ...]] = (
    ("image/jpeg", lambda data: data[:3] == b"\xff\xd8\xff", _jpeg),
    ("image/png", lambda data: data[:8] == b"\x89PNG\r\n\x1a\n", _png),
    ("image/webp", lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", _webp),
)
"""(media type, whether the first bytes fit, how to read the size)."""
