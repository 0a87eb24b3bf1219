"""The dates that commands take: a day of the jurisdiction, meaning its end, or an instant."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

import typer

from projections.hours import midnight
from services.cli.common import Fail
from services.views.port import Views

DAY = timedelta(days=1)
_BEFORE = timedelta(microseconds=1)
When = Annotated[
    str | None,
    typer.Option(
        help="A day, such as 2022-03-28 (its end there), or a time, such as 2022-03-28T08:00:00+08:00."
    ),
]


class Moment(NamedTuple):
    """An instant that was asked for, and which one that is, in words."""

    at: datetime
    said: str


async def zone_of(views: Views, jurisdiction: str) -> ZoneInfo:
    """Return the time zone of a jurisdiction."""
    found = await views.load(jurisdiction, {"jurisdictions": [jurisdiction]})
    here: Any = found["jurisdictions"].get(jurisdiction)
    return ZoneInfo(here.timezone if here else "UTC")


def moment(option: str, text: str, zone: ZoneInfo) -> Moment:
    """Return the end of a local day, or an instant. Raise Fail if the text is neither."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        at = instant(option, text)
        return Moment(at, f"as of {at.astimezone(zone).isoformat()}")
    return Moment(midnight(day + DAY, zone) - _BEFORE, f"as of the end of {day.isoformat()} ({zone.key})")


def instant(option: str, text: str) -> datetime:
    """Parse a time with UTC offset. Raise Fail if it is invalid."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is None:
        raise Fail(
            f"{option} {text}: give a day such as 2022-03-28,"
            " or a time with UTC offset such as 2022-03-28T08:00:00+08:00.",
            2,
        )
    return value.astimezone(UTC)
