"""Descriptor of visits."""

from datetime import datetime
from typing import Final

import msgspec

from events.visit import VisitErased
from services.decisions.table import Table


class Visit(msgspec.Struct, frozen=True):
    """A visit, without what was heard."""

    area: str
    at: datetime
    enterprise: str | None = None
    group: str | None = None
    post: str | None = None
    erased: bool = False


VISITS: Final = Table(
    "visits", Visit, kind="visit", areas=lambda state, key, row: (row.area,), erasure=VisitErased
)
