"""Activities 活动 of the alliance: who signed up, how much room is left, who was there."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.activity import ActivityAnnounced
from events.alliance_history import ACTIVITIES, AllianceFact, fact_of, standing
from events.base import EventEnvelope
from events.dated import dated, until
from projections.base import Row, View


class AllianceActivityRow(Row, frozen=True, kw_only=True):
    """One activity."""

    activity: str
    area: str
    title: str
    begins: datetime
    ends: datetime | None = None
    owner: str | None = None
    capacity: int | None = None
    serves: bool = False
    """Whether who comes serves there, so that their hours count."""
    state: str = "announced"
    """`announced` or `called_off`. Whether it has begun follows from `begins`."""
    announced_at: datetime
    signed_up: int = 0
    room: int | None = None
    """Places left; None = no limit."""
    attended: int = 0
    workers: tuple[str, ...] = ()
    """Those who signed up."""
    came: tuple[str, ...] = ()
    """Those who were there."""
    reason: str | None = None
    history: tuple[AllianceFact, ...] = ()


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (fact_of(envelope)[0],) if isinstance(envelope.data, ACTIVITIES) else ()


def evolve(row: AllianceActivityRow | None, envelope: EventEnvelope, key: str) -> AllianceActivityRow | None:
    e = envelope.data
    if isinstance(e, ActivityAnnounced):
        row = AllianceActivityRow(
            activity=key,
            area=e.area,
            title=e.title,
            begins=e.begins,
            ends=e.ends,
            owner=e.owner,
            capacity=e.capacity,
            serves=e.serves,
            announced_at=envelope.at,
        )
    return row and _stood(row, dated(row.history, fact_of(envelope)[1]))


def _stood(row: AllianceActivityRow, facts: tuple[AllianceFact, ...]) -> AllianceActivityRow | None:
    now = standing(facts)
    return now and msgspec.structs.replace(
        row,
        state=now.state,
        signed_up=len(now.who),
        room=None if row.capacity is None else max(0, row.capacity - len(now.who)),
        attended=len(now.came),
        workers=now.who,
        came=now.came,
        reason=now.reason,
        history=facts,
    )


def at(row: AllianceActivityRow, instant: datetime) -> AllianceActivityRow | None:
    """Return the activity as it was at an instant; None before it was announced."""
    return _stood(row, until(row.history, instant))


VIEW = View(
    name="activities",
    row=AllianceActivityRow,
    keys=keys,
    evolve=evolve,
    events=ACTIVITIES,
    filters=("activity", "area", "title", "begins", "ends", "owner", "state", "announced_at", "attended"),
    sort="-begins",
    at=at,
)
