"""Descriptor of requests."""

from datetime import datetime

import msgspec

from events.request import (
    RequestErased,
)
from services.decisions.table import Table


class Request(msgspec.Struct, frozen=True):
    """A service that someone needs; `day` is the local day of opening."""

    category: str
    priority: int
    area: str
    incident: str | None
    day: str
    opened_at: datetime
    quantity: int = 1
    slots: int | None = 1
    due_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    ended: str | None = None
    """done, failed, cancelled or merged."""
    ended_at: datetime | None = None
    automatic: bool = False
    """Whether it ended by itself, because all slots were done."""
    into: str | None = None
    """The request it was merged into."""
    erased: bool = False
    acknowledged: bool = False
    """Whether a dispatcher has seen it since it was last opened."""
    live: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    """Assignments done since it was last opened."""

    @property
    def free_slots(self) -> int | None:
        """Number of free slots; None if open-ended."""
        return None if self.slots is None else self.slots - len(self.live) - len(self.done)


REQUESTS = Table(
    "requests",
    Request,
    kind="request",
    areas=lambda state, key, row: (row.area,),
    idle=lambda row: row.ended is not None and not (row.live or row.offers or row.erased),
    erasure=RequestErased,
)
