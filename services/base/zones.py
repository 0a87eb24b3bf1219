"""Where a time zone is: the country and the town that the time zone database names for it."""

from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

_DATABASE: Final = ("tzdata", "zoneinfo")


class Seat(NamedTuple):
    """The country of a time zone (ISO 3166) and its town in degrees."""

    region: str
    lon: float
    lat: float


def seat(timezone: str | None) -> Seat | None:
    """Return where a time zone is; None for one of no country, such as UTC."""
    if timezone is None:
        return None
    seats = _seats()
    return seats.get(timezone) or seats.get(_links().get(timezone, ""))


@cache
def _seats() -> dict[str, Seat]:
    lines = _read("zone.tab")
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {row[2]: Seat(row[0], *_degrees(row[1])) for row in rows}


@cache
def _links() -> dict[str, str]:
    """Return the former names of zones: old -> present."""
    rows = [line.split() for line in _read("tzdata.zi") if line.startswith("L ")]
    return {row[2]: row[1] for row in rows}


def _read(name: str) -> list[str]:
    package, folder = _DATABASE
    return files(package).joinpath(folder, name).read_text("utf-8").splitlines()


def _degrees(text: str) -> tuple[float, float]:
    """Return (lon, lat) of ISO 6709 text: +3114+12128 or +404251-0740023."""
    cut = max(text.rfind("+"), text.rfind("-"))
    return _angle(text[cut:], 3), _angle(text[:cut], 2)


def _angle(text: str, digits: int) -> float:
    sign, whole, rest = text[0], text[1 : digits + 1], text[digits + 1 :]
    found = int(whole) + int(rest[:2]) / 60 + int(rest[2:] or 0) / 3600
    return -found if sign == "-" else found
