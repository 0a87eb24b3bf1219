"""Which events report a fact of duty, and which fact."""

from collections.abc import Iterable
from typing import Final

import msgspec

from events import presence
from events.assignment import DONE, GIVEN_BACK, AssignmentDone, AssignmentGivenBack, AssignmentProgressed
from events.base import EventEnvelope
from events.duty import ACT, AVAILABLE, BREAK, IN, LEAVE, OUT, REPORT, Fact
from events.worker import (
    WorkerCheckedIn,
    WorkerCheckedOut,
    WorkerDutyCorrected,
    WorkerLeftHome,
    WorkerPresenceSet,
    WorkerReported,
)

TELLING: Final = (
    WorkerCheckedIn,
    WorkerCheckedOut,
    WorkerPresenceSet,
    WorkerReported,
    WorkerLeftHome,
    AssignmentProgressed,
    AssignmentDone,
    AssignmentGivenBack,
)
"""Events that may report one."""
SAID: Final = {presence.AVAILABLE: AVAILABLE, presence.ON_BREAK: BREAK}
"""Presence reported by a worker -> kind of fact."""


def fact_of(event: EventEnvelope) -> tuple[str, Fact] | None:
    """Return (worker, own fact) reported by an event; None if it reports none, such as a team's act.

    Registering again after retiring is also a fact, but the event alone does not show it.
    """
    match event.data:
        case WorkerReported() as e:
            return e.worker, _fact(event, REPORT, area=e.area)
        case WorkerLeftHome() as e:
            return e.worker, _fact(event, LEAVE, area=e.area)
        case WorkerCheckedIn() as e:
            return e.worker, _fact(event, IN, area=e.area)
        case WorkerCheckedOut() as e:
            return e.worker, _fact(event, OUT)
        case WorkerPresenceSet() as e:
            return e.worker, _fact(event, SAID[e.presence])
        case AssignmentProgressed() as e if e.worker:
            return e.worker, _fact(event, ACT, assignment=e.assignment, stage=e.stage)
        case AssignmentDone() as e if e.worker:
            return e.worker, _fact(event, ACT, assignment=e.assignment, stage=DONE)
        case AssignmentGivenBack() as e if e.worker:
            return e.worker, _fact(event, ACT, assignment=e.assignment, stage=GIVEN_BACK)
        case _:
            return None


def tells(event: EventEnvelope) -> bool:
    """Whether `fact_of` finds a fact."""
    e = event.data
    return isinstance(e, TELLING) and bool(e.worker)


def correction(events: Iterable[EventEnvelope]) -> dict[int, WorkerDutyCorrected]:
    """Return the last correction of each corrected fact, by the position of the fact. In the log's order."""
    return {e.data.position: e.data for e in events if isinstance(e.data, WorkerDutyCorrected)}


def as_corrected(event: EventEnvelope, by: WorkerDutyCorrected | None) -> EventEnvelope:
    """Return an event as it would have been recorded with the correct time and area."""
    if by is None:
        return event
    data = event.data
    if isinstance(data, WorkerCheckedIn) and by.area:
        data = msgspec.structs.replace(data, area=by.area)
    return msgspec.structs.replace(event, at=by.at, data=data)


def _fact(
    event: EventEnvelope,
    kind: str,
    *,
    area: str | None = None,
    assignment: str | None = None,
    stage: str | None = None,
) -> Fact:
    return Fact(event.at, event.position, kind, area, event.command, assignment, stage)
