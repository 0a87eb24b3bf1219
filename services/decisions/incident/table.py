"""Descriptor of incidents."""

from datetime import datetime

import msgspec

from services.decisions.table import Table


class Incident(msgspec.Struct, frozen=True):
    """What is being responded to."""

    name: str
    kind: str
    areas: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None = None
    """Set while closed."""
    unfinished: int = 0
    """Number of its requests that are open, assigned or in_progress."""
    expected_days: int | None = None
    """Expected duration in local days; None if unknown."""
    declared_at: datetime | None = None


INCIDENTS = Table("incidents", Incident, kind="incident", areas=lambda state, key, row: row.areas, spans=True)
