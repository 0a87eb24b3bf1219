"""Homes 报到: who reported to which home community for service there, from when until when."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from events.base import EventEnvelope
from events.dated import dated
from events.duty import HOME
from events.worker import WorkerLeftHome, WorkerReported, WorkerRetired, WorkerTakenBack
from projections.base import Own, Row, View


class HomeChange(msgspec.Struct, frozen=True):
    """Somebody reported to a community, or left it."""

    at: datetime
    position: int
    area: str | None
    """The home community from then on; None = none."""


class HomeRow(Row, frozen=True, kw_only=True):
    """Somebody who reported at any time. There is one home at an instant."""

    worker: str
    area: str
    """The home community, or the last one."""
    state: str
    """reported or left."""
    since: datetime
    """When they reported there."""
    left_at: datetime | None = None
    changes: tuple[HomeChange, ...]


REPORTED, LEFT = "reported", "left"
EVENTS = (WorkerReported, WorkerLeftHome, WorkerRetired, WorkerTakenBack)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    if isinstance(e, WorkerTakenBack) and e.kind not in HOME:
        return ()
    return (e.worker,) if isinstance(e, EVENTS) else ()


def evolve(row: HomeRow | None, envelope: EventEnvelope, key: str) -> HomeRow | None:
    changes = row.changes if row else ()
    match envelope.data:
        case WorkerReported() as e:
            changes = dated(changes, HomeChange(envelope.at, envelope.position, e.area))
        case WorkerLeftHome():
            changes = dated(changes, HomeChange(envelope.at, envelope.position, None))
        case WorkerRetired():
            if home_at(changes, envelope.at):
                changes = dated(changes, HomeChange(envelope.at, envelope.position, None))
        case WorkerTakenBack() as e:
            changes = tuple(one for one in changes if one.position != e.position)
        case _:
            return row
    return row_of(key, changes, changes)


def home_at(changes: Sequence[HomeChange], instant: datetime) -> str | None:
    """Return the home community at an instant."""
    last = next((one for one in reversed(changes) if one.at <= instant), None)
    return last.area if last else None


def row_of(worker: str, changes: Sequence[HomeChange], history: tuple[HomeChange, ...]) -> HomeRow | None:
    """Return the row after some changes; None if they never reported. `history`: all that it holds."""
    first: HomeChange | None = None
    left: datetime | None = None
    for one in changes:
        if one.area is None:
            left = left or one.at
        elif first is None or left is not None or first.area != one.area:
            first, left = one, None
    if first is None or first.area is None:
        return None
    return HomeRow(
        worker=worker,
        area=first.area,
        state=LEFT if left else REPORTED,
        since=first.at,
        left_at=left,
        changes=history,
    )


def at(row: HomeRow, instant: datetime) -> HomeRow | None:
    """Return the row as it was at an instant; None if they had not reported by then."""
    then = tuple(one for one in row.changes if one.at <= instant)
    return row_of(row.worker, then, then)


VIEW = View(
    name="homes",
    row=HomeRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=("worker", "area", "state", "since", "left_at"),
    sort="worker",
    own=Own("worker"),
    at=at,
)
