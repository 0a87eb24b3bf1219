"""Busy 在忙: workers and teams with live assignments."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.assignment import LIVE, AssignmentEvent
from events.base import Happened
from events.worker import WorkerTakenBack
from projections.base import Row, View


class Task(msgspec.Struct, frozen=True):
    """One live assignment of a unit."""

    assignment: str
    request: str
    since: datetime
    """Accepted or dispatched."""
    state: str
    until: datetime | None = None
    """Of the board at an instant: when it ended later; None = no end is known."""


class BusyRow(Row, frozen=True, kw_only=True):
    """A unit is here as long as it has a live assignment."""

    unit: str
    kind: str
    """worker or team."""
    since: datetime
    count: int
    tasks: tuple[Task, ...]
    open_ended: int
    """Tasks without a known end: in the past, those never released."""


def keys(happened: Happened) -> Iterable[str]:
    e = happened.data
    if isinstance(e, AssignmentEvent):
        return (f"team:{e.team}",) if e.team else (f"worker:{e.worker}",)
    if isinstance(e, WorkerTakenBack) and e.assignment:
        return (f"worker:{e.worker}",)
    return ()


def evolve(row: BusyRow | None, happened: Happened, key: str) -> BusyRow | None:
    e = happened.data
    if not isinstance(e, AssignmentEvent | WorkerTakenBack) or e.assignment is None:
        return row
    tasks = row.tasks if row else ()
    since = next((t.since for t in tasks if t.assignment == e.assignment), happened.at)
    rest = tuple(t for t in tasks if t.assignment != e.assignment)
    if e.state in LIVE:
        rest = (*rest, Task(e.assignment, e.request or "", since, e.state))
    return busy_row(key, rest)


def busy_row(key: str, tasks: tuple[Task, ...]) -> BusyRow | None:
    """The row of a unit with these tasks; None without any."""
    if not tasks:
        return None
    kind, _, unit = key.partition(":")
    return BusyRow(
        unit=unit,
        kind=kind,
        since=min(t.since for t in tasks),
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
    filters=("unit", "kind", "since", "count", "open_ended"),
)
