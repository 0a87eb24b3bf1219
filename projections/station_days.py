"""The days of stations: what was reported on each, and how often the station was used, by hour and kind."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from events.base import EventEnvelope
from events.dated import dated, until
from events.station import StationReported, StationUsed
from events.station_facts import Report, report_of
from projections.base import Row, View


class UseThen(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One use of that day."""

    at: datetime
    position: int
    hour: int
    service: str | None = None


class StationDayRow(Row, frozen=True, kw_only=True):
    """One local day of one station."""

    station: str
    day: str
    """YYYY-MM-DD."""
    area: str
    """Where the station was then."""
    uses: int = 0
    by_hour: Mapping[str, int] = msgspec.field(default_factory=dict[str, int])
    """Uses by local hour, "0" to "23"."""
    by_service: Mapping[str, int] = msgspec.field(default_factory=dict[str, int])
    """Uses by service; "" = not said."""
    most_present: int | None = None
    """The most people that were said to be there."""
    reports: tuple[Report, ...] = ()
    """All reports of that day in order of their time."""
    used: tuple[UseThen, ...] = ()
    """All uses of that day in order of their time."""


def key_of(station: str, day: str) -> str:
    """Return the key of a station's day."""
    return f"{station}@{day}"


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (key_of(e.station, e.day),) if isinstance(e, StationReported | StationUsed) else ()


def evolve(row: StationDayRow | None, envelope: EventEnvelope, key: str) -> StationDayRow | None:
    e = envelope.data
    if not isinstance(e, StationReported | StationUsed):
        return row
    row = row or StationDayRow(station=e.station, day=e.day, area=e.area)
    row = msgspec.structs.replace(row, area=e.area)
    if isinstance(e, StationUsed):
        use = UseThen(envelope.at, envelope.position, e.hour, e.service)
        return _summed(row, row.reports, dated(row.used, use))
    report = report_of(envelope)
    return _summed(row, dated(row.reports, report), row.used) if report else row


def _summed(row: StationDayRow, reports: tuple[Report, ...], used: tuple[UseThen, ...]) -> StationDayRow:
    return msgspec.structs.replace(
        row,
        uses=len(used),
        by_hour=dict(sorted(Counter(str(one.hour) for one in used).items(), key=lambda one: int(one[0]))),
        by_service=dict(sorted(Counter(one.service or "" for one in used).items())),
        most_present=max((one.present for one in reports if one.present is not None), default=None),
        reports=reports,
        used=used,
    )


def at(row: StationDayRow, instant: datetime) -> StationDayRow | None:
    """Return the day as far as it had gone at an instant; None if nothing was known of it yet."""
    reports, used = until(row.reports, instant), until(row.used, instant)
    return _summed(row, reports, used) if reports or used else None


VIEW = View(
    name="station_days",
    row=StationDayRow,
    keys=keys,
    evolve=evolve,
    events=(StationReported, StationUsed),
    filters=("station", "day", "area", "uses", "most_present"),
    sort="-day",
    at=at,
)
