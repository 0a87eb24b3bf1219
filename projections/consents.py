"""Consents 同意: who agrees to be named in what is published. Which items name them is in no view."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from events.base import EventEnvelope
from events.consent import ConsentEvent, ConsentFact, ConsentGiven, ConsentWithdrawn, consents, fact_of
from events.dated import dated, until
from projections.base import Own, Row, View

GIVEN: Final = "given"
WITHDRAWN: Final = "withdrawn"


class ConsentRow(Row, frozen=True, kw_only=True):
    """The consent of one person."""

    worker: str
    area: str
    """Their home area, when they said so last."""
    state: str
    """given or withdrawn."""
    since: datetime
    """Since when it is in this state."""
    history: tuple[ConsentFact, ...] = ()


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.worker,) if isinstance(e, ConsentEvent) else ()


def evolve(row: ConsentRow | None, envelope: EventEnvelope, key: str) -> ConsentRow | None:
    e = envelope.data
    if not isinstance(e, ConsentEvent):
        return row
    return row_of(key, e.area, dated(row.history if row else (), fact_of(e, envelope)))


def row_of(worker: str, area: str, facts: tuple[ConsentFact, ...]) -> ConsentRow | None:
    """Return the row after these changes; None before the first."""
    last = consents(facts)
    if last is None:
        return None
    return ConsentRow(
        worker=worker, area=area, state=GIVEN if last.given else WITHDRAWN, since=last.at, history=facts
    )


def at(row: ConsentRow, instant: datetime) -> ConsentRow | None:
    """Return the row as it was at an instant; None before somebody said anything."""
    return row_of(row.worker, row.area, until(row.history, instant))


VIEW = View(
    name="consents",
    row=ConsentRow,
    keys=keys,
    evolve=evolve,
    events=(ConsentGiven, ConsentWithdrawn),
    filters=("worker", "area", "state", "since"),
    sort="-since",
    own=Own("worker"),
    at=at,
)
