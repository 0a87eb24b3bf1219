"""Awards 表彰: what was given to whom, what the log showed, and whether it still holds."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from events.award import AwardEvent, AwardGranted, AwardRevoked
from events.base import EventEnvelope
from projections.base import Own, Row, View

VALID: Final = "valid"
REVOKED: Final = "revoked"


class AwardRow(Row, frozen=True, kw_only=True):
    """One award."""

    award: str
    worker: str
    area: str
    nomination: str
    honour: str
    title: str
    post: str | None = None
    """Post that gave it."""
    state: str = VALID
    """valid or revoked."""
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None = None
    reason: str | None = None
    deed_count: int = 0
    shown: int = 0
    """Deeds that the log showed in full."""
    person_times: int = 0
    seconds: int = 0
    hours: float = 0
    """The same, rounded to two decimals."""


EVENTS = (AwardGranted, AwardRevoked)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.award,) if isinstance(e, AwardEvent) else ()


def evolve(row: AwardRow | None, envelope: EventEnvelope, key: str) -> AwardRow | None:
    match envelope.data:
        case AwardGranted() as e:
            return AwardRow(
                award=key,
                worker=e.worker,
                area=e.area,
                nomination=e.nomination,
                honour=e.honour,
                title=e.title,
                post=e.post,
                granted_at=envelope.at,
                granted_by=envelope.actor,
                deed_count=e.deeds,
                shown=e.shown,
                person_times=e.person_times,
                seconds=e.seconds,
                hours=round(e.seconds / 3600, 2),
            )
        case AwardRevoked() as e if row:
            return msgspec.structs.replace(row, state=REVOKED, revoked_at=envelope.at, reason=e.reason)
        case _:
            return row


def at(row: AwardRow, instant: datetime) -> AwardRow | None:
    """Return the award as it was at an instant; None before it was given."""
    if instant < row.granted_at:
        return None
    if row.revoked_at and instant < row.revoked_at:
        return msgspec.structs.replace(row, state=VALID, revoked_at=None, reason=None)
    return row


VIEW = View(
    name="awards",
    row=AwardRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=("award", "worker", "area", "nomination", "honour", "title", "post", "state", "granted_at"),
    sort="-granted_at",
    own=Own("worker"),
    at=at,
)
