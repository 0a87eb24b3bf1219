"""The days of the scenario, in local time (Asia/Shanghai, always +08:00)."""

from datetime import datetime, timedelta, timezone
from typing import Final

ZONE: Final = "Asia/Shanghai"
LOCAL: Final = timezone(timedelta(hours=8))
REGISTRATION: Final = datetime(2022, 2, 14, 9, tzinfo=LOCAL)
"""Registration starts, and workers begin to report to their home communities."""
SERVICE: Final = datetime(2022, 2, 22, tzinfo=LOCAL)
"""Start of volunteer service before the lockdown."""
LOCKDOWN: Final = datetime(2022, 3, 28, tzinfo=LOCAL)
DAYS: Final = 14
END: Final = LOCKDOWN + timedelta(days=DAYS)
LAST_FACTS: Final = END + timedelta(hours=1, minutes=30)
"""By this time every phone is online again."""


def hour(day: int, clock: float) -> datetime:
    """Return an instant; day 0 is the first of the lockdown, `clock` is in hours and may exceed 24."""
    return LOCKDOWN + timedelta(days=day, seconds=round(clock * 3600))


def clock_of(instant: datetime) -> float:
    """Return the hours since local midnight."""
    return instant.hour + instant.minute / 60 + instant.second / 3600
