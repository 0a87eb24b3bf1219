"""Joint meetings of the alliance 联席会议: when, and who was there."""

from collections.abc import Iterable
from datetime import datetime

from events.alliance import MeetingHeld
from events.base import EventEnvelope
from projections.base import Row, View


class MeetingRow(Row, frozen=True, kw_only=True):
    """One meeting."""

    meeting: str
    area: str
    title: str
    held_at: datetime
    allies: tuple[str, ...] = ()
    """Members who were there."""
    attendance: int = 0


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.meeting,) if isinstance(e, MeetingHeld) else ()


def evolve(row: MeetingRow | None, envelope: EventEnvelope, key: str) -> MeetingRow | None:
    e = envelope.data
    if not isinstance(e, MeetingHeld):
        return row
    return MeetingRow(
        meeting=key,
        area=e.area,
        title=e.title,
        held_at=envelope.at,
        allies=e.allies,
        attendance=len(e.allies),
    )


def at(row: MeetingRow, instant: datetime) -> MeetingRow | None:
    """Return the meeting if it had taken place by then."""
    return row if row.held_at <= instant else None


VIEW = View(
    name="meetings",
    row=MeetingRow,
    keys=keys,
    evolve=evolve,
    events=(MeetingHeld,),
    filters=("meeting", "area", "title", "held_at", "attendance"),
    sort="-held_at",
    at=at,
)
