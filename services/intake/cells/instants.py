"""Parse the date and time formats found in tables."""

import re
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from services.intake.errors import Misread
from services.intake.mapping import Mapping
from services.intake.tables.spreadsheets import SINCE_1900

_COMMON: Final = (
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y-%m-%d %H:%M",
    "%Y.%m.%d %H:%M",
    "%Y.%m.%d",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分",
    "%Y年%m月%d日",
)
_SERIAL: Final = re.compile(r"\d{5}(\.\d+)?")
_CHINESE: Final = re.compile(r"(凌晨|早上|上午|中午|下午|晚上)\s*(\d{1,2})(?=[:时])")
_APART: Final = re.compile(r"(\d{5}|.*\d.*?)(?:[ T]+|(?<=日))([\d.:时分秒]+)")
"""A day and a time of day."""
_PART: Final = re.compile(r"[01]?\.\d+|[01]")
"""A time of day in a spreadsheet, as part of a day."""
_CLOCK: Final = re.compile(r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})?秒?)?")
_MIDNIGHT: Final = re.compile(r"24[:时]")
"""The end of a day, said as a time of day."""
_LATEST: Final = 48
"""Hours of a time of day past midnight: 24:00, 25:30."""
_EPOCH: Final = {"epoch": 1, "epoch_ms": 1000}
_COUNTED: Final = re.compile(r"-?\d{9,}(\.\d+)?")
"""Seconds or milliseconds; with fewer digits it is a serial date."""


class Instants:
    """Parses instants as specified by one mapping. Without a time zone of its own, that of the jurisdiction
    is taken. `day_zero` is the one of serial dates."""

    def __init__(
        self, mapping: Mapping, timezone: str | None = None, day_zero: datetime = SINCE_1900
    ) -> None:
        self._day_zero = day_zero
        self._zone = mapping.zone or (ZoneInfo(timezone) if timezone else None)
        self._ambiguous, self._formats = mapping.ambiguous, tuple(mapping.formats)
        self.read = lru_cache(8192)(self._read)

    def _read(
        self,
        text: str,
        formats: tuple[str, ...] | None = None,
        after: str = "",
        whole_day: bool = False,
        last_day: bool = False,
    ) -> datetime:
        """Return the instant in UTC. Raise Misread.

        If it is before `after`, move it to the next local day, for shifts that pass midnight; with
        `whole_day`, also if it is the same. With `last_day`, a day alone means its end.
        """
        found = self._local(text, formats)
        if last_day and found.time() == time.min and not _MIDNIGHT.search(text):
            found += timedelta(days=1)
        if after:
            begun = self._utc(self._local(after, formats))
            if self._utc(found) < begun or (whole_day and self._utc(found) == begun):
                found += timedelta(days=1)
        return self._utc(found)

    def _local(self, text: str, formats: tuple[str, ...] | None) -> datetime:
        """Parse a text, or else its day and its time of day, such as 24:00 or the part of a day, apart."""
        text = _CHINESE.sub(_hour24, text)
        try:
            return self._plain(text, formats)
        except Misread:
            found = _APART.fullmatch(text)
            passed = _passed(found[2]) if found else None
            if found is None or passed is None:
                raise
        return self._plain(found[1], formats) + passed

    def _plain(self, text: str, formats: tuple[str, ...] | None) -> datetime:
        for one in formats or self._formats:
            try:
                return _strptime(text, one)
            except ValueError:
                continue
        try:
            return datetime.fromisoformat(text)  # before the common formats: it takes a hundredth of the time
        except ValueError:
            pass
        for one in _COMMON if not text.isdecimal() else ():
            try:
                return _strptime(text, one)
            except ValueError:
                continue
        if _SERIAL.fullmatch(text):
            return self._day_zero + _serial(float(text))
        raise Misread("format")

    def _utc(self, found: datetime) -> datetime:
        if found.tzinfo is None:
            if self._zone is None:
                raise Misread("offset")
            found = self._zoned(found, self._zone)
        return found.astimezone(UTC)

    def _zoned(self, local: datetime, zone: ZoneInfo) -> datetime:
        """Add the zone. A local time that occurs twice is the first one unless the mapping says otherwise."""
        one = local.replace(tzinfo=zone, fold=0)
        if self._ambiguous == "first":
            return one
        other = local.replace(tzinfo=zone, fold=1)
        if one.utcoffset() == other.utcoffset():
            return one
        if self._ambiguous == "reject":
            raise Misread("clocks", timezone=zone.key)
        return other


def _passed(text: str) -> timedelta | None:
    """Return how much of the day a time of day is: 24:00, 09:05:30, 9时5分 or 0.375; None if it is none."""
    if _PART.fullmatch(text):
        return timedelta(seconds=round(float(text) * 86400))
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(one or 0) for one in found.groups())
        if hours < _LATEST and minutes < 60 and seconds < 60:
            return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return None


def _hour24(found: re.Match[str]) -> str:
    """Convert to 24 hours: 下午 10 = 22, 上午 12 = 0, 中午 1 = 13."""
    half, hour = found[1], int(found[2])
    late = half in ("下午", "晚上") or (half == "中午" and hour < 11)
    return f"{hour % 12 + 12 if late else hour % 12 if half != '中午' else hour}"


def _strptime(text: str, form: str) -> datetime:
    if form in _EPOCH:
        if not _COUNTED.fullmatch(text):
            raise Misread("seconds")
        return datetime.fromtimestamp(float(text) / _EPOCH[form], UTC)
    return datetime.strptime(text, form)  # noqa: DTZ007  the zone is added by the caller


def _serial(days: float) -> timedelta:
    """Return a spreadsheet serial date, rounded to seconds because its fraction is inexact."""
    return timedelta(seconds=round(days * 86400))
