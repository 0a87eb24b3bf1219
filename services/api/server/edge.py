"""What the pages are told of the world outside of this origin: where the map's tiles come from."""

import re
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

Datum = Literal["wgs84", "gcj02", "bd09"]

_PLACES: Final = ("{z}", "{x}", "{y}")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?(:\d{1,5})?")
_PATH: Final = re.compile(r"/[A-Za-z0-9._~!$&'()*+=:@%/?\-]*")
"""Of a URL whose places are filled in."""


class BadTiles(ValueError):
    """The URL of tiles cannot be used; the message says why and what would."""


class MapSettings(msgspec.Struct, frozen=True):
    """What the pages are told of the map's background."""

    tiles: str | None
    attribution: str
    datum: Datum


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """Tiles of the map behind the board. Raises BadTiles."""

    tiles: str | None = None
    """URL with `{z}`, `{x}` and `{y}`, or a path of this origin; None = the map has no background."""
    attribution: str = ""
    """Shown on the map, as text."""
    datum: Datum = "wgs84"
    """Of the tiles: maps of China are mostly drawn in GCJ-02 or BD-09."""

    def __post_init__(self) -> None:
        if self.tiles is not None:
            _check(self.tiles)

    @property
    def origin(self) -> str | None:
        """The other origin that pages must be allowed to fetch from; None = there is none."""
        if self.tiles is None or self.tiles.startswith("/"):
            return None
        parts = urlsplit(self.tiles)
        return f"{parts.scheme}://{parts.netloc.lower()}"

    def map(self) -> MapSettings:
        """Return what the pages are told."""
        return MapSettings(self.tiles, self.attribution, self.datum)


def _check(tiles: str) -> None:
    """Nothing in it may end a directive of the security policy that its origin is put into."""
    missing = [place for place in _PLACES if place not in tiles]
    if missing:
        raise _bad(tiles, f"it lacks {', '.join(missing)}")
    filled = tiles
    for place in _PLACES:
        filled = filled.replace(place, "0")
    try:
        parts = urlsplit(filled)
    except ValueError as error:
        raise _bad(tiles, str(error)) from None
    if filled.startswith("/") and not filled.startswith("//"):
        rest = filled
    elif parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
        raise _bad(tiles, "it is no http or https URL with a plain host name, and no path of this server")
    elif any(place in tiles.split("/")[2] for place in _PLACES):
        raise _bad(tiles, "its host name changes with the tile")
    else:
        rest = filled.split(parts.netloc, 1)[1]
    if not _PATH.fullmatch(rest):
        raise _bad(tiles, "only {z}, {x} and {y} can stand in it, and only characters of a URL")


def _bad(tiles: str, why: str) -> BadTiles:
    return BadTiles(
        f"MUSTER_TILES={tiles!r} cannot be used: {why}; give a URL such as "
        "https://tiles.example/{z}/{x}/{y}.png, or a path such as /tiles/{z}/{x}/{y}.png."
    )
