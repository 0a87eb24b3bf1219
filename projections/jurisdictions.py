"""Jurisdictions 辖区: the queried jurisdiction's name and time zone, and whether it is hosted here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from events import disclosure, timers
from events.amendment import present
from events.base import EventEnvelope
from events.disclosure import Disclosure
from events.jurisdiction import (
    JurisdictionClosed,
    JurisdictionDisclosureSet,
    JurisdictionEstablished,
    JurisdictionMoved,
    JurisdictionReopened,
    JurisdictionResumed,
    JurisdictionTimersSet,
)
from events.timers import Timers
from projections.base import EVERYBODY, Row, View

ACTIVE: Final = "active"
CLOSED: Final = "closed"


class JurisdictionRow(Row, frozen=True, kw_only=True):
    """The only row."""

    jurisdiction: str
    name: str
    timezone: str
    """IANA time zone name."""
    established_at: datetime
    state: str = ACTIVE
    """`active`; or `moved` or `closed`: this log accepts no more commands."""
    moved_to: str | None = None
    moved_at: datetime | None = None
    closed_at: datetime | None = None
    resumed_at: datetime | None = None
    """When it last resumed in this log, after being moved here or restored."""
    timers: Timers = timers.DEFAULTS
    """Limits in seconds after which silence becomes an alert."""
    disclosure: Disclosure = disclosure.DEFAULTS
    """Who sees which personal data."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (envelope.jurisdiction,)


def evolve(row: JurisdictionRow | None, envelope: EventEnvelope, key: str) -> JurisdictionRow | None:
    e, at = envelope.data, envelope.at
    if isinstance(e, JurisdictionEstablished):
        return JurisdictionRow(jurisdiction=key, name=e.name, timezone=e.timezone, established_at=at)
    if row is None:
        return None
    match e:
        case JurisdictionMoved():
            return replace(row, state="moved", moved_to=e.to, moved_at=at)
        case JurisdictionResumed():
            state = CLOSED if row.closed_at else ACTIVE
            return replace(row, state=state, moved_to=None, moved_at=None, resumed_at=at)
        case JurisdictionClosed():
            return replace(row, state=CLOSED, closed_at=at)
        case JurisdictionReopened():
            return replace(row, state=ACTIVE, closed_at=None)
        case JurisdictionTimersSet() if present(e):
            return replace(row, timers=timers.complete(e.timers))
        case JurisdictionDisclosureSet() if present(e):
            return replace(row, disclosure=disclosure.complete(e.rules))
        case _:
            return row


VIEW = View(
    name="jurisdictions",
    row=JurisdictionRow,
    keys=keys,
    evolve=evolve,
    version=5,
    events=(
        JurisdictionEstablished,
        JurisdictionMoved,
        JurisdictionResumed,
        JurisdictionClosed,
        JurisdictionReopened,
        JurisdictionTimersSet,
        JurisdictionDisclosureSet,
    ),
    own=EVERYBODY,
)
