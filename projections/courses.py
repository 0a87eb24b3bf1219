"""Courses 课程: what is taught, where, and by whose care."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope
from events.course import CourseOffered, CourseWithdrawn, Mode
from projections.base import Row, View

OFFERED, WITHDRAWN = "offered", "withdrawn"


class CourseRow(Row, frozen=True, kw_only=True):
    """One course."""

    course: str
    area: str
    title: str
    mode: Mode
    owner: str | None = None
    """Post that answers for it."""
    state: str = OFFERED
    """`offered` or `withdrawn`."""
    offered_at: datetime
    withdrawn_at: datetime | None = None
    reason: str | None = None


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.course,) if isinstance(e, CourseOffered | CourseWithdrawn) else ()


def evolve(row: CourseRow | None, envelope: EventEnvelope, key: str) -> CourseRow | None:
    match envelope.data:
        case CourseOffered() as e:
            return CourseRow(
                course=key, area=e.area, title=e.title, mode=e.mode, owner=e.owner, offered_at=envelope.at
            )
        case CourseWithdrawn() as e if row:
            return msgspec.structs.replace(row, state=WITHDRAWN, withdrawn_at=envelope.at, reason=e.reason)
        case _:
            return row


def at(row: CourseRow, instant: datetime) -> CourseRow | None:
    """Return the course as it was at an instant; None before it was offered."""
    if row.offered_at > instant:
        return None
    if row.withdrawn_at is None or row.withdrawn_at <= instant:
        return row
    return msgspec.structs.replace(row, state=OFFERED, withdrawn_at=None, reason=None)


VIEW = View(
    name="courses",
    row=CourseRow,
    keys=keys,
    evolve=evolve,
    events=(CourseOffered, CourseWithdrawn),
    filters=("course", "area", "title", "mode", "owner", "state", "offered_at"),
    sort="title",
    at=at,
)
