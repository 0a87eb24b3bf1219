"""Jurisdictions 辖区: the name and time zone of the one that was asked, and whether it is here."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from events.base import EventEnvelope
from events.jurisdiction import JurisdictionEstablished, JurisdictionMoved, JurisdictionResumed
from projections.base import EVERYBODY, Row, View


class JurisdictionRow(Row, frozen=True, kw_only=True):
    """The one row."""

    jurisdiction: str
    name: str
    timezone: str
    """IANA name."""
    established_at: datetime
    state: str = "active"
    """active, or moved: this log takes no commands any more."""
    moved_to: str | None = None
    moved_at: datetime | None = None
    resumed_at: datetime | None = None
    """When it last went on in this log, moved here or restored."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (envelope.jurisdiction,)


def evolve(row: JurisdictionRow | None, envelope: EventEnvelope, key: str) -> JurisdictionRow | None:
    e, at = envelope.data, envelope.at
    if isinstance(e, JurisdictionEstablished):
        return JurisdictionRow(jurisdiction=key, name=e.name, timezone=e.timezone, established_at=at)
    if row is None:
        return None
    if isinstance(e, JurisdictionMoved):
        return replace(row, state="moved", moved_to=e.to, moved_at=at)
    return replace(row, state="active", moved_to=None, moved_at=None, resumed_at=at)


VIEW = View(
    name="jurisdictions",
    row=JurisdictionRow,
    keys=keys,
    evolve=evolve,
    version=2,
    events=(JurisdictionEstablished, JurisdictionMoved, JurisdictionResumed),
    own=EVERYBODY,
)
