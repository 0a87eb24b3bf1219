"""Jurisdictions 辖区: the queried jurisdiction's name and time zone, and whether it is hosted here."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from events import disclosure, timers
from events.base import EventEnvelope
from events.disclosure import Disclosure
from events.jurisdiction import (
    JurisdictionDisclosureSet,
    JurisdictionEstablished,
    JurisdictionMoved,
    JurisdictionResumed,
    JurisdictionTimersSet,
)
from events.timers import Timers
from projections.base import EVERYBODY, Row, View


class JurisdictionRow(Row, frozen=True, kw_only=True):
    """The only row."""

    jurisdiction: str
    name: str
    timezone: str
    """IANA time zone name."""
    established_at: datetime
    state: str = "active"
    """`active`, or `moved`: this log accepts no more commands."""
    moved_to: str | None = None
    moved_at: datetime | None = None
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
            return replace(row, state="active", moved_to=None, moved_at=None, resumed_at=at)
        case JurisdictionTimersSet():
            return replace(row, timers=timers.complete(e.timers))
        case JurisdictionDisclosureSet():
            return replace(row, disclosure=disclosure.complete(e.rules))
        case _:
            return row


VIEW = View(
    name="jurisdictions",
    row=JurisdictionRow,
    keys=keys,
    evolve=evolve,
    version=4,
    events=(
        JurisdictionEstablished,
        JurisdictionMoved,
        JurisdictionResumed,
        JurisdictionTimersSet,
        JurisdictionDisclosureSet,
    ),
    own=EVERYBODY,
)
