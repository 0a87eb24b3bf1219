"""Descriptor of inspections."""

from datetime import datetime
from typing import Final

import msgspec

from events.inspection import InspectionErased
from services.decisions.state import State
from services.decisions.table import Table


class Inspection(msgspec.Struct, frozen=True):
    """An inspection."""

    area: str
    manner: str
    ordered_at: datetime
    undertaking: str | None = None
    unit: str | None = None
    inspector: str | None = None
    ended: str = ""
    """`reported` or `called_off`; empty while it is awaited."""
    ended_at: datetime | None = None
    erased: bool = False


def inspects(state: State, key: str, worker: str) -> bool:
    """Whether a worker is to report on an inspection."""
    known = state[INSPECTIONS].get(key)
    return known is not None and known.inspector == worker


INSPECTIONS: Final = Table(
    "inspections",
    Inspection,
    kind="inspection",
    areas=lambda state, key, row: (row.area,),
    own=lambda state, key, worker: inspects(state, key, worker),
    erasure=InspectionErased,
)
