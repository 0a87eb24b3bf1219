"""Descriptor of published items."""

from datetime import datetime
from typing import Final

import msgspec

from events.publication import PublicationErased
from services.decisions.table import Table


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """A published item, without its name and title."""

    area: str
    topic: str
    channel: str
    outlet: str | None = None
    honour: str | None = None
    trade: str | None = None
    consent: str | None = None
    published_at: datetime
    retracted: bool = False
    erased: bool = False
    """Whether the name was taken out."""


PUBLICATIONS: Final = Table(
    "publications",
    Publication,
    kind="publication",
    areas=lambda state, key, row: (row.area,),
    erasure=PublicationErased,
)
