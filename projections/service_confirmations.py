"""Confirmed lengths 时长确认: services of implausible length that were right."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.service import ServiceConfirmed
from projections.base import Own, Row, View


class ConfirmationRow(Row, frozen=True, kw_only=True):
    """The last confirmation of one service; of other times than these it asks again."""

    worker: str
    area: str
    source: str
    """duty, activity or task."""
    shown_by: str
    """Position of the check-in, service or assignment."""
    since: datetime
    until: datetime
    confirmed_by: str
    confirmed_at: datetime


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (f"{e.worker}!{e.source}.{e.shown_by}",) if isinstance(e, ServiceConfirmed) else ()


def evolve(row: ConfirmationRow | None, envelope: EventEnvelope, key: str) -> ConfirmationRow | None:
    e = envelope.data
    if not isinstance(e, ServiceConfirmed):
        return row
    return ConfirmationRow(
        worker=e.worker,
        area=e.area,
        source=e.source,
        shown_by=e.shown_by,
        since=e.since,
        until=e.until,
        confirmed_by=envelope.actor,
        confirmed_at=envelope.at,
    )


VIEW = View(
    name="service_confirmations",
    row=ConfirmationRow,
    keys=keys,
    evolve=evolve,
    events=(ServiceConfirmed,),
    filters=("worker", "area", "source", "since"),
    own=Own("worker"),
)
