"""Limits of service 服务时长限值: the lengths that are taken without asking, with the dates they begin."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.service import ServiceLimits, ServiceLimitsSet
from events.serving import DatedLimits
from projections.base import EVERYBODY, Row, View


class LimitsRow(Row, frozen=True, kw_only=True):
    """Limits set once; they hold from `since` until the next ones."""

    position: int
    since: datetime
    longest_hours: int
    """Longer service asks for confirmation."""
    shortest_minutes: int
    """Shorter service asks for confirmation."""
    set_by: str


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (str(envelope.position),) if isinstance(envelope.data, ServiceLimitsSet) else ()


def evolve(row: LimitsRow | None, envelope: EventEnvelope, key: str) -> LimitsRow | None:
    e = envelope.data
    if not isinstance(e, ServiceLimitsSet):
        return row
    return LimitsRow(
        position=envelope.position,
        since=envelope.at,
        longest_hours=e.limits.longest_hours,
        shortest_minutes=e.limits.shortest_minutes,
        set_by=envelope.actor,
    )


def at(row: LimitsRow, instant: datetime) -> LimitsRow | None:
    """Return the row if the limits had begun by then."""
    return row if row.since <= instant else None


def dated_limits(row: LimitsRow) -> DatedLimits:
    """Return the limits of a row with their date."""
    limits = ServiceLimits(longest_hours=row.longest_hours, shortest_minutes=row.shortest_minutes)
    return DatedLimits(row.since, row.position, limits)


VIEW = View(
    name="service_limits",
    row=LimitsRow,
    keys=keys,
    evolve=evolve,
    events=(ServiceLimitsSet,),
    filters=("position", "since"),
    sort="-since",
    own=EVERYBODY,
    at=at,
)
