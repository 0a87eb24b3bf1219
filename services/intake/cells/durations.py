"""Parse durations: minutes, H:MM, H:MM:SS, ISO 8601, and numbers with a unit."""

import re
import unicodedata
from datetime import timedelta
from typing import Final

from services.intake.errors import Misread

_CLOCK: Final = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?")
_ISO: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE)
_PART: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d]*)\s*")
_UNITS: Final = {
    1: ("s", "sec", "secs", "second", "seconds", "秒"),
    60: ("", "m", "min", "mins", "minute", "minutes", "分", "分钟"),
    3600: ("h", "hr", "hrs", "hour", "hours", "时", "小时"),
    86400: ("d", "day", "days", "天", "日"),
}
_SECONDS: Final = {name: seconds for seconds, names in _UNITS.items() for name in names}
MOST: Final = timedelta(days=3660)


def duration(text: str) -> timedelta:
    """Parse a duration; a number alone is minutes. Raise Misread."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    seconds = _seconds(plain)
    if seconds is None or seconds > MOST.total_seconds():
        raise Misread("duration")
    return timedelta(seconds=seconds)


def _seconds(plain: str) -> float | None:
    if found := _CLOCK.fullmatch(plain):
        hours, minutes, seconds = (int(one or 0) for one in found.groups())
        return hours * 3600 + minutes * 60 + seconds
    if (found := _ISO.fullmatch(plain)) and any(found.groups()):
        days, hours, minutes, seconds = (int(one or 0) for one in found.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + seconds
    if not plain or _PART.sub("", plain):
        return None
    parts = [(float(n.replace(",", ".")), _SECONDS.get(unit)) for n, unit in _PART.findall(plain)]
    return None if any(unit is None for _, unit in parts) else sum(n * (unit or 0) for n, unit in parts)
