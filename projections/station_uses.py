"""Uses 使用 of stations: one row for each, without who it was."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.station import StationUsed, Via
from projections.base import Row, View


class StationUseRow(Row, frozen=True, kw_only=True):
    """One use."""

    use: str
    station: str
    area: str
    """Where the station was then."""
    used_at: datetime
    day: str
    """Local day, YYYY-MM-DD."""
    hour: int
    """Local hour, 0 to 23."""
    service: str | None = None
    via: Via


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.use,) if isinstance(e, StationUsed) else ()


def evolve(row: StationUseRow | None, envelope: EventEnvelope, key: str) -> StationUseRow | None:
    e = envelope.data
    if row or not isinstance(e, StationUsed):
        return row
    return StationUseRow(
        use=e.use,
        station=e.station,
        area=e.area,
        used_at=envelope.at,
        day=e.day,
        hour=e.hour,
        service=e.service,
        via=e.via,
    )


def at(row: StationUseRow, instant: datetime) -> StationUseRow | None:
    """Return the use, if it had happened by an instant."""
    return row if row.used_at <= instant else None


VIEW = View(
    name="station_uses",
    row=StationUseRow,
    keys=keys,
    evolve=evolve,
    events=(StationUsed,),
    begins=lambda envelope: isinstance(envelope.data, StationUsed),
    filters=("use", "station", "area", "used_at", "day", "hour", "service", "via"),
    sort="-used_at",
    at=at,
)
