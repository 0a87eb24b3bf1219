"""Settings of pages about the background of the map: tiles of another origin, or a file of this machine."""

import re
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

BASEMAP: Final = "/basemap.pmtiles"
"""Path of the archive on this origin."""
Datum = Literal["wgs84", "gcj02", "bd09"]

_PLACES: Final = ("{z}", "{x}", "{y}")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?(:\d{1,5})?")
_PATH: Final = re.compile(r"/[A-Za-z0-9._~!$&'()*+=:@%/?\-]*")
"""Pattern of a URL's path after its placeholders are filled in."""


_PMTILES: Final = b"PMTiles\x03"
"""First bytes of a PMTiles archive of version 3."""


class BadTiles(ValueError):
    """The background of the map cannot be used. The message says why and what to use instead."""


class MapSettings(msgspec.Struct, frozen=True):
    """The map's background, as sent to pages."""

    tiles: str | None
    basemap: str | None
    """Path of this origin with a PMTiles archive, which takes the place of tiles."""
    attribution: str
    datum: Datum


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """The map tiles behind the board, and the desk's phone. Raises BadTiles."""

    tiles: str | None = None
    """URL with `{z}`, `{x}` and `{y}`, or a path of this origin; None = the map has no background."""
    basemap: Path | None = None
    """A PMTiles archive of this machine; None = there is none."""
    attribution: str = ""
    """Shown on the map, as text."""
    datum: Datum = "wgs84"
    """Datum of the tiles. Maps of China mostly use GCJ-02 or BD-09."""
    desk_phone: str | None = None
    """Number that a courier's page says to call if a call for help cannot be sent."""

    def __post_init__(self) -> None:
        if self.tiles is not None:
            _check(self.tiles)
        if self.basemap is not None:
            _check_archive(self.basemap)

    @property
    def origin(self) -> str | None:
        """Return the origin that pages must be allowed to fetch tiles from; None = no other origin."""
        if self.tiles is None or self.tiles.startswith("/"):
            return None
        parts = urlsplit(self.tiles)
        return f"{parts.scheme}://{parts.netloc.lower()}"

    def map(self) -> MapSettings:
        """Return the settings for pages."""
        basemap = f"{BASEMAP}?v={_version(self.basemap)}" if self.basemap else None
        return MapSettings(self.tiles, basemap, self.attribution, self.datum)


def _version(archive: Path) -> str:
    """Return a tag that changes with the file, so browsers never mix parts of two versions."""
    told = archive.stat()
    return f"{told.st_mtime_ns:x}-{told.st_size:x}"


def _check_archive(archive: Path) -> None:
    try:
        with archive.open("rb") as file:
            begins = file.read(len(_PMTILES))
    except OSError as error:
        raise BadTiles(f"MUSTER_BASEMAP={archive} cannot be read: {error.strerror}.") from None
    if begins != _PMTILES:
        raise BadTiles(
            f"MUSTER_BASEMAP={archive} is no PMTiles archive of version 3; make one with `pmtiles extract`."
        )


def _check(tiles: str) -> None:
    """Validate the URL. It must not end a directive of the security policy that contains its origin."""
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
