"""Descriptor of duties."""

from datetime import datetime
from typing import Final

import msgspec

from events.duty_item import DutyItemErased
from services.decisions.table import Table


class DutyItem(msgspec.Struct, frozen=True, kw_only=True):
    """A duty of a post."""

    area: str
    post: str
    title: str
    listed_at: datetime
    due: datetime | None = None
    files: tuple[str, ...] = ()
    holder: str | None = None
    """Who took it over last."""
    struck_at: datetime | None = None
    erased: bool = False


DUTY_ITEMS: Final = Table(
    "duty_items",
    DutyItem,
    kind="duty_item",
    areas=lambda state, key, row: (row.area,),
    erasure=DutyItemErased,
)
