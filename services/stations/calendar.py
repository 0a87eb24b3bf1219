"""Public holidays and make-up days 调休 of China, as the State Council publishes them for each year.

The table is data with a version (`holidays.json`, written by scripts/holidays.py). A year that it does not
have was not published when it was written: then nothing is certain of that year's days.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

Day = Literal["plain", "off", "work", "unpublished"]
"""plain: as the week says. off: a public holiday. work: a day of a weekend on which people work instead."""
ZONES: Final = frozenset(
    {"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "Asia/Kashgar", "PRC"}
)
"""Time zones of jurisdictions that keep these holidays."""


class Calendar(msgspec.Struct, frozen=True):
    """What kind of day each day is."""

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]
    version: str = ""

    def kind(self, day: date) -> Day:
        """Return what kind of day it is."""
        if day.year not in self.years:
            return "unpublished"
        return "off" if day in self.off else "work" if day in self.work else "plain"


@cache
def china() -> Calendar:
    """Return the calendar of China."""
    data = json.loads((Path(__file__).parent / "holidays.json").read_text())
    years: Mapping[str, Mapping[str, Any]] = data["years"]
    return Calendar(
        off=frozenset(date.fromisoformat(day) for one in years.values() for day in one["off"]),
        work=frozenset(date.fromisoformat(day) for one in years.values() for day in one["work"]),
        years=frozenset(map(int, years)),
        version=f"{data['package']} {data['version']}",
    )


def calendar_of(timezone: str) -> Calendar | None:
    """Return the calendar that a jurisdiction in this time zone keeps; None if none is known."""
    return china() if timezone in ZONES else None
