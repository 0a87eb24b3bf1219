"""Busy 在忙: workers and teams with live assignments."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.assignment import LIVE, AssignmentEvent
from events.base import EventEnvelope
from events.worker import WorkerTakenBack
from projections.base import Own, Row, View
from projections.where import area_of


class Task(msgspec.Struct, frozen=True):
    """One live assignment of a unit."""

    assignment: str
    request: str
    since: datetime
    """Accepted or dispatched."""
    state: str
    until: datetime | None = None
    """On the board at an instant: when it ended later; None if no end is known."""
    area: str | None = None
    """The request's area, from the assignment's newest event."""


class BusyRow(Row, frozen=True, kw_only=True):
    """A unit with at least one live assignment."""

    unit: str
    kind: str
    """`worker` or `team`."""
    area: str | None = None
    """Area of its oldest task."""
    since: datetime
    count: int
    tasks: tuple[Task, ...]
    open_ended: int
    """Tasks without a known end; on past boards, those never released."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    if isinstance(e, AssignmentEvent):
        return (f"team:{e.team}",) if e.team else (f"worker:{e.worker}",)
    if isinstance(e, WorkerTakenBack) and e.assignment:
        return (f"worker:{e.worker}",)
    return ()


def evolve(row: BusyRow | None, envelope: EventEnvelope, key: str) -> BusyRow | None:
    e = envelope.data
    if not isinstance(e, AssignmentEvent | WorkerTakenBack) or e.assignment is None:
        return row
    tasks = row.tasks if row else ()
    old = next((t for t in tasks if t.assignment == e.assignment), None)
    rest = tuple(t for t in tasks if t.assignment != e.assignment)
    if e.state in LIVE:
        since, area = (old.since, old.area) if old else (envelope.at, area_of(e))
        area = e.area or area if isinstance(e, AssignmentEvent) else area
        rest = (*rest, Task(e.assignment, e.request or "", since, e.state, area=area))
    return busy_row(key, rest)


def busy_row(key: str, tasks: tuple[Task, ...]) -> BusyRow | None:
    """Return the row of a unit with these tasks; None if there are none."""
    if not tasks:
        return None
    kind, _, unit = key.partition(":")
    oldest = min(tasks, key=lambda t: (t.since, t.assignment))
    return BusyRow(
        unit=unit,
        kind=kind,
        area=oldest.area,
        since=oldest.since,
        count=len(tasks),
        tasks=tasks,
        open_ended=sum(t.until is None for t in tasks),
    )


VIEW = View(
    name="busy",
    row=BusyRow,
    keys=keys,
    evolve=evolve,
    events=(AssignmentEvent, WorkerTakenBack),
    version=2,
    filters=("unit", "kind", "area", "since", "count", "open_ended"),
    own=Own("unit"),
)
