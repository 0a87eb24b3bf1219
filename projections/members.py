"""Members 党员 by name: where the jurisdiction allows it, each with the purpose. Names are sealed."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope, Personal
from events.member import MemberErased, MemberLeft, MemberNamed
from projections.base import Row, View


class MemberRow(Row, frozen=True, kw_only=True):
    """One named member of a chapter."""

    member: str
    chapter: str
    enterprise: str
    area: str
    name: Personal | None
    """Never in clear unasked; null once erased."""
    purpose: str
    since: datetime
    left_at: datetime | None = None


EVENTS = (MemberNamed, MemberLeft, MemberErased)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.member,) if isinstance(e, EVENTS) else ()


def evolve(row: MemberRow | None, envelope: EventEnvelope, key: str) -> MemberRow | None:
    match envelope.data:
        case MemberNamed() as e:
            return MemberRow(
                member=key,
                chapter=e.chapter,
                enterprise=e.enterprise,
                area=e.area,
                name=e.name,
                purpose=e.purpose,
                since=envelope.at,
            )
        case MemberLeft() if row:
            return msgspec.structs.replace(row, left_at=envelope.at)
        case MemberErased() if row:
            return msgspec.structs.replace(row, name=None)
        case _:
            return row


def at(row: MemberRow, instant: datetime) -> MemberRow | None:
    """Return the row as it stood at an instant; None before the member was named."""
    if instant < row.since:
        return None
    still = row.left_at is not None and instant < row.left_at
    return msgspec.structs.replace(row, left_at=None) if still else row


VIEW = View(
    name="members",
    row=MemberRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=("member", "chapter", "enterprise", "area", "since", "left_at"),
    at=at,
)
