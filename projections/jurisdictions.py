"""Jurisdictions 辖区: the name and time zone of the one that was asked."""

from collections.abc import Iterable
from datetime import datetime

from events.base import Happened
from events.jurisdiction import JurisdictionEstablished
from projections.base import Row, View


class JurisdictionRow(Row, frozen=True, kw_only=True):
    """The one row."""

    jurisdiction: str
    name: str
    timezone: str
    """IANA name."""
    established_at: datetime


def keys(happened: Happened) -> Iterable[str]:
    return (happened.jurisdiction,)


def evolve(row: JurisdictionRow | None, happened: Happened, key: str) -> JurisdictionRow | None:
    e = happened.data
    if not isinstance(e, JurisdictionEstablished):
        return row
    return JurisdictionRow(jurisdiction=key, name=e.name, timezone=e.timezone, established_at=happened.at)


VIEW = View(
    name="jurisdictions", row=JurisdictionRow, keys=keys, evolve=evolve, events=(JurisdictionEstablished,)
)
