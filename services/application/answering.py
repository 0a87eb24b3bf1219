"""Who answered for what: read from the views, for the API and the command line."""

from datetime import datetime
from typing import Any, Final

import msgspec

from projections.answerable import AREA
from projections.base import Row
from projections.responsibility import Asked, Office, Responsibility, responsibility
from services.base.threads import beside
from services.views.port import Query, Views

READ: Final = ("units", "posts", "answerable")
"""The views that the answer follows from."""


class Found(msgspec.Struct, frozen=True):
    """An answer, and the log position that it is based on."""

    responsibility: Responsibility
    position: int


async def answered(views: Views, jurisdiction: str, asked: Asked, instant: datetime) -> Found | None:
    """Return who answered for an area at an instant; None if the area was not there or may not be seen."""
    rows, head = await views.snapshot(jurisdiction, {name: Query() for name in READ})
    units, posts, answerable = (_rows(rows[name]) for name in READ)

    def work() -> Responsibility | None:
        office = Office(units, posts, answerable, instant)
        known = office.names(AREA, asked.area) is not None
        return responsibility(office, asked) if known else None

    found = await beside(work)
    return Found(found, head.position) if found else None


def _rows(items: list[tuple[str, Row]]) -> dict[str, Any]:
    """Return rows by key; each view's are of its own type."""
    return dict(items)
