"""Descriptor of activities."""

from datetime import datetime
from typing import Final

import msgspec

from events.alliance_history import AllianceFact
from services.decisions.table import Table


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """An activity with its dated facts."""

    area: str
    title: str
    begins: datetime
    ends: datetime | None = None
    capacity: int | None = None
    owner: str | None = None
    facts: tuple[AllianceFact, ...] = ()


ACTIVITIES: Final = Table(
    "activities",
    Activity,
    kind="activity",
    areas=lambda state, key, row: (row.area,),
    spans=True,
    own=lambda state, key, worker: True,
)
"""Every worker may come."""
