"""Visits 走访: who went to whom, when, and what was heard."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope, Personal
from events.visit import VisitErased, VisitRecorded
from projections.base import Row, View


class VisitRow(Row, frozen=True, kw_only=True):
    """One visit."""

    visit: str
    area: str
    visited_at: datetime
    enterprise: str | None = None
    group: str | None = None
    post: str | None = None
    by: str
    """Who recorded it."""
    heard: Personal | None = None


EVENTS = (VisitRecorded, VisitErased)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.visit,) if isinstance(e, EVENTS) else ()


def evolve(row: VisitRow | None, envelope: EventEnvelope, key: str) -> VisitRow | None:
    match envelope.data:
        case VisitRecorded() as e:
            return VisitRow(
                visit=key,
                area=e.area,
                visited_at=envelope.at,
                enterprise=e.enterprise,
                group=e.group,
                post=e.post,
                by=envelope.actor,
                heard=e.heard,
            )
        case VisitErased() if row:
            return msgspec.structs.replace(row, heard=None)
        case _:
            return row


def at(row: VisitRow, instant: datetime) -> VisitRow | None:
    """Return the visit if it had taken place by then."""
    return row if row.visited_at <= instant else None


VIEW = View(
    name="visits",
    row=VisitRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=("visit", "area", "visited_at", "enterprise", "group", "post", "by"),
    sort="-visited_at",
    at=at,
)
