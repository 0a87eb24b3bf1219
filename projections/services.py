"""Services 服务记录: what is planned with somebody, and what was recorded by hand."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from events.base import EventEnvelope
from events.service import ServiceCorrected, ServiceEvent, ServicePlanned, ServiceRecorded, ServiceWithdrawn
from projections.base import Own, Row, View

PLANNED: Final = "planned"
RECORDED: Final = "recorded"
WITHDRAWN: Final = "withdrawn"


class ServicesRow(Row, frozen=True, kw_only=True):
    """One service, planned or recorded by hand."""

    service: str
    worker: str
    area: str
    state: str
    """planned, recorded or withdrawn."""
    since: datetime
    """As it took place; of a plan, as it is planned."""
    until: datetime
    what: str | None = None
    planned_since: datetime | None = None
    planned_until: datetime | None = None
    planned_at: datetime | None = None
    """When the plan was made."""
    took_place: bool = False
    """Whether it was recorded as done, even if that was withdrawn."""
    withdrawn_at: datetime | None = None
    reason: str | None = None
    """Of the last correction, or of its withdrawal."""


EVENTS = (ServicePlanned, ServiceRecorded, ServiceCorrected, ServiceWithdrawn)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.service,) if isinstance(e, ServiceEvent) else ()


def evolve(row: ServicesRow | None, envelope: EventEnvelope, key: str) -> ServicesRow | None:
    match envelope.data:
        case ServicePlanned() as e:
            return ServicesRow(
                service=key,
                worker=e.worker,
                area=e.area,
                state=PLANNED,
                since=e.since,
                until=e.until,
                what=e.what,
                planned_since=e.since,
                planned_until=e.until,
                planned_at=envelope.at,
            )
        case ServiceRecorded() as e:
            return _recorded(row, e, key)
        case ServiceCorrected() as e if row:
            return msgspec.structs.replace(row, area=e.area, since=e.since, until=e.until, reason=e.reason)
        case ServiceWithdrawn() as e if row:
            return msgspec.structs.replace(row, state=WITHDRAWN, withdrawn_at=envelope.at, reason=e.reason)
        case _:
            return row


def _recorded(row: ServicesRow | None, e: ServiceRecorded, key: str) -> ServicesRow:
    new = ServicesRow(
        service=key,
        worker=e.worker,
        area=e.area,
        state=RECORDED,
        since=e.since,
        until=e.until,
        what=e.what,
        took_place=True,
    )
    if row is None:
        return new
    return msgspec.structs.replace(
        new,
        planned_since=row.planned_since,
        planned_until=row.planned_until,
        planned_at=row.planned_at,
    )


def at(row: ServicesRow, instant: datetime) -> ServicesRow | None:
    """Return the row as it was at an instant: planned from when it was, recorded from when it began."""
    if row.took_place and row.since <= instant:
        return row
    planned = row.planned_at is not None and row.planned_at <= instant
    if not planned or row.planned_since is None or row.planned_until is None:
        return None
    if row.state == WITHDRAWN and row.withdrawn_at and row.withdrawn_at <= instant:
        return row
    return msgspec.structs.replace(
        row,
        state=PLANNED,
        since=row.planned_since,
        until=row.planned_until,
        took_place=False,
        withdrawn_at=None,
        reason=None,
    )


VIEW = View(
    name="services",
    row=ServicesRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=("service", "worker", "area", "state", "since", "until"),
    sort="-since",
    own=Own("worker"),
    at=at,
)
