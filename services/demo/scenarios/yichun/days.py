"""The days of the scenario, in local time (Asia/Shanghai: +08:00 all year)."""

from datetime import datetime, timedelta, timezone
from typing import Final

ZONE: Final = "Asia/Shanghai"
LOCAL: Final = timezone(timedelta(hours=8))
REGISTRATION: Final = datetime(2022, 2, 14, 9, tzinfo=LOCAL)
"""The register is set up and the workers begin to report to their home communities."""
SERVICE: Final = datetime(2022, 2, 22, tzinfo=LOCAL)
"""Volunteer service before the lockdown begins."""
LOCKDOWN: Final = datetime(2022, 3, 28, tzinfo=LOCAL)
DAYS: Final = 14
END: Final = LOCKDOWN + timedelta(days=DAYS)
LAST_FACTS: Final = END + timedelta(hours=1, minutes=30)
"""By then every phone has found a signal again."""


def hour(day: int, clock: float) -> datetime:
    """Day 0 = the first of the lockdown; `clock` in hours, past 24 = in the next day; whole seconds."""
    return LOCKDOWN + timedelta(days=day, seconds=round(clock * 3600))


def clock_of(instant: datetime) -> float:
    """Hours since local midnight."""
    return instant.hour + instant.minute / 60 + instant.second / 3600
