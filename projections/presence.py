"""Presence 在岗: one row per own fact, with both times. Intervals (person-times, 人次) are derived when read.

Own acts on an assignment also prove duty: a check-out learnt of only after them does not end it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from events.base import EventEnvelope
from events.duty import Fact, intervals, order
from events.facts import TELLING, fact_of, tells
from events.worker import WorkerDutyCorrected, WorkerTakenBack
from projections.base import Own, Row, View
from projections.where import area_of


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One correction of a fact: who, when, from, to."""

    at: datetime
    """When it was corrected."""
    by: str
    """Actor."""
    was_at: datetime
    was_area: str | None
    to_at: datetime
    to_area: str | None
    reason: str


class PresenceRow(Row, frozen=True, kw_only=True):
    """One own fact of a worker, kept even if taken back."""

    position: int
    worker: str
    kind: str
    """in, out, break, available, report, leave or act."""
    area: str | None = None
    """The area given in the fact. If none is given: where the worker counted when it was recorded, or before
    it for a check-out; for an own act, the request's area."""
    at: datetime
    """When it happened."""
    claimed: datetime | None = None
    """The device's time, if its clock was wrong."""
    recorded_at: datetime
    late_seconds: float = 0.0
    observed: bool = False
    actor: str
    command: str
    void: bool = False
    """Taken back."""
    corrections: tuple[Correction, ...] = ()
    """Oldest first; `at` and `area` are those of the last."""


class IntervalRow(Row, frozen=True, kw_only=True):
    """One duty of one worker in one area; `until` is None while it lasts."""

    worker: str
    area: str
    since: datetime
    until: datetime | None
    seconds: float | None
    late_seconds: float = 0.0
    """Delay between its start or end and the recording of it, whichever is longer."""


def key_of(position: int) -> str:
    """Return a key that sorts by position."""
    return f"{position:012d}"


def begins(envelope: EventEnvelope) -> bool:
    """Whether an event begins its rows: all but those that void or correct an earlier fact."""
    return not isinstance(envelope.data, WorkerTakenBack | WorkerDutyCorrected)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    if isinstance(e, WorkerTakenBack | WorkerDutyCorrected):
        return (key_of(e.position),)
    return (key_of(envelope.position),) if tells(envelope) else ()


def evolve(row: PresenceRow | None, envelope: EventEnvelope, key: str) -> PresenceRow | None:
    e = envelope.data
    if isinstance(e, WorkerTakenBack):
        return msgspec.structs.replace(row, void=True) if row else None
    if isinstance(e, WorkerDutyCorrected):
        return _corrected(row, e, envelope) if row else None
    told = fact_of(envelope)
    if told is None:
        return row
    worker, fact = told
    return PresenceRow(
        position=envelope.position,
        worker=worker,
        kind=fact.kind,
        area=area_of(e),
        at=envelope.at,
        claimed=envelope.claimed,
        recorded_at=envelope.recorded_at,
        late_seconds=(envelope.recorded_at - envelope.at).total_seconds(),
        observed=envelope.observed,
        actor=envelope.actor,
        command=envelope.command,
    )


def _corrected(row: PresenceRow, e: WorkerDutyCorrected, envelope: EventEnvelope) -> PresenceRow:
    made = Correction(
        at=envelope.at,
        by=envelope.actor,
        was_at=e.was_at,
        was_area=e.was_area,
        to_at=e.at,
        to_area=e.area,
        reason=e.reason,
    )
    area = e.area or row.area  # a check-out has none of its own
    return msgspec.structs.replace(row, at=e.at, area=area, corrections=(*row.corrections, made))


def derived(rows: Iterable[PresenceRow]) -> list[IntervalRow]:
    """Return the person-times of all workers in `rows`, which must contain every fact of each."""
    facts: dict[str, list[PresenceRow]] = {}
    for row in rows:
        if not row.void:
            facts.setdefault(row.worker, []).append(row)
    return [one for worker, own in sorted(facts.items()) for one in _of_one(worker, sorted(own, key=order))]


def _of_one(worker: str, rows: list[PresenceRow]) -> Iterator[IntervalRow]:
    """Yield one worker's person-times from their facts in (at, position) order."""
    late: dict[datetime, float] = {}
    for row in rows:
        late[row.at] = max(late.get(row.at, 0.0), row.late_seconds)
    for one in intervals(worker, (Fact(row.at, row.position, row.kind, row.area) for row in rows)):
        yield IntervalRow(
            worker=worker,
            area=one.area,
            since=one.since,
            until=one.until,
            seconds=(one.until - one.since).total_seconds() if one.until else None,
            late_seconds=max(late[one.since], late[one.until] if one.until else 0.0),
        )


VIEW = View(
    name="presence",
    row=PresenceRow,
    keys=keys,
    evolve=evolve,
    begins=begins,
    version=5,
    events=(WorkerDutyCorrected, WorkerTakenBack, *TELLING),
    filters=("worker", "kind", "area"),
    sort="key",
    own=Own("worker"),
)

INTERVALS = View(
    name="intervals",
    row=IntervalRow,
    keys=lambda envelope: (),
    evolve=lambda row, envelope, key: row,
    filters=("worker", "area", "since", "until", "seconds", "late_seconds"),
    own=Own("worker"),
)
"""How person-times are queried: derived on request from all of a worker's facts, never stored."""


def keyed(rows: Iterable[PresenceRow]) -> dict[str, IntervalRow]:
    """Return person-times by key: the worker and a running number."""
    found: dict[str, IntervalRow] = {}
    count: dict[str, int] = {}
    for one in derived(rows):
        count[one.worker] = count.get(one.worker, 0) + 1
        found[key_in(one.worker, f"{count[one.worker]:06d}")] = one
    return found


_APART: Final = "!"
"""Sorts before every character of an id, so that keys are in the order of the workers' ids."""


def key_in(worker: str, rest: str) -> str:
    """Return the key of one of a worker's derived rows."""
    return f"{worker}{_APART}{rest}"


def worker_of(key: str) -> str:
    """Return the worker of such a key."""
    return key.partition(_APART)[0]
