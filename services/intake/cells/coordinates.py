"""Parse longitudes and latitudes: single numbers and pairs, in the notations found in tables."""

import re
import unicodedata
from typing import Final, Literal

from services.intake.errors import Misread
from services.intake.mapping import Value
from services.locations.datum import to_wgs84

_POINTS: Final = re.compile(r"-?\d+(?:\.\d+)?")
_TWO_POINTS: Final = re.compile(r"\d\.\d+\.\d")
_COMMAS: Final = re.compile(r"-?\d+(?:,\d+)?")
_SEXAGESIMAL: Final = re.compile(r"(\d+)\s*°\s*(\d+)\s*['′](?:\s*(\d+(?:[.,]\d+)?)\s*(?:[\"″]|''))?")
_BEFORE: Final = re.compile(r"([NSEW])\s*(\d+(?:[.,]\d+)?)", re.IGNORECASE)
_AFTER: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*°?\s*([NSEW])\b", re.IGNORECASE)
_MINUS: Final = str.maketrans("−–", "--")


def coordinate(spec: Value, kind: Literal["lon", "lat"], text: str) -> float:
    """Parse one number, a pair such as "(lat, lon)", or "POINT (lon lat)". Raise Misread."""
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    numbers = _numbers(plain, spec)
    if len(numbers) == 1 and spec.datum == "WGS-84" and not spec.pair:
        return _within(numbers[0], 180 if kind == "lon" else 90)
    if len(numbers) != 2:
        raise Misread("datum" if len(numbers) == 1 and not spec.pair else "pair")
    lon_first = spec.axes == "lon lat" or plain.upper().startswith("POINT")
    lon, lat = numbers if lon_first else (numbers[1], numbers[0])
    return to_wgs84(_within(lon, 180), _within(lat, 90), spec.datum)[0 if kind == "lon" else 1]


def _numbers(text: str, spec: Value) -> list[float]:
    """Return the numbers of a text. Without a point in it, a comma between digits is a decimal one; but
    `23,121` is two numbers where longitude and latitude are read from the same text."""
    text = _SEXAGESIMAL.sub(_decimal, text)
    if text[:1].upper() in "NSEW":
        text = _BEFORE.sub(lambda found: _signed(found[2], found[1]), text)
    else:
        text = _AFTER.sub(lambda found: _signed(found[1], found[2]), text)
    if "." in text and spec.decimal == ".":
        if _TWO_POINTS.search(text):
            raise Misread("pair" if spec.pair else "number")  # of 47.7.1 nobody knows which point counts
        return [float(one) for one in _POINTS.findall(text)]
    found: list[str] = _COMMAS.findall(text)
    if len(found) == 1 and spec.pair and spec.decimal == ".":
        found = found[0].split(",")
    return [float(one.replace(",", ".")) for one in found]


def _decimal(found: re.Match[str]) -> str:
    seconds = float((found[3] or "0").replace(",", "."))
    return f"{int(found[1]) + int(found[2]) / 60 + seconds / 3600:.7f}"


def _signed(number: str, side: str) -> str:
    return f"-{number}" if side.upper() in "SW" else number


def _within(degrees: float, most: float) -> float:
    if not -most <= degrees <= most:
        raise Misread("degrees")
    return degrees
