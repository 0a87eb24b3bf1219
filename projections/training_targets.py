"""The target of training 培训学时: the hours that each person should have in a year, and since when."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.course import Target, TrainingTargetSet
from projections.base import Row, View


class TrainingTargetRow(Row, frozen=True, kw_only=True):
    """The target in force."""

    since: datetime
    hours: int
    settings: tuple[Target, ...] = ()
    """All settings in order of their time."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (envelope.jurisdiction,) if isinstance(envelope.data, TrainingTargetSet) else ()


def evolve(row: TrainingTargetRow | None, envelope: EventEnvelope, key: str) -> TrainingTargetRow | None:
    e = envelope.data
    if not isinstance(e, TrainingTargetSet):
        return row
    return _row((*(row.settings if row else ()), Target(envelope.at, envelope.position, e.hours)))


def _row(settings: Iterable[Target]) -> TrainingTargetRow | None:
    known = tuple(sorted(settings, key=lambda one: (one.at, one.position)))
    return TrainingTargetRow(since=known[-1].at, hours=known[-1].hours, settings=known) if known else None


def at(row: TrainingTargetRow, instant: datetime) -> TrainingTargetRow | None:
    """Return the target as it was at an instant; None if none had been set."""
    return _row(one for one in row.settings if one.at <= instant)


VIEW = View(
    name="training_targets",
    row=TrainingTargetRow,
    keys=keys,
    evolve=evolve,
    events=(TrainingTargetSet,),
    filters=("since",),
    at=at,
)
