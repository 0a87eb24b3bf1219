"""Descriptor of handover notes."""

import msgspec

from events.handover import HandoverErased
from services.decisions.table import Table


class Handover(msgspec.Struct, frozen=True):
    """A note left by one shift for the next."""

    area: str
    priority: int
    acknowledged: tuple[str, ...] = ()
    """Actors who acknowledged it."""
    resolved: bool = False
    erased: bool = False


HANDOVERS = Table(
    "handovers",
    Handover,
    kind="handover",
    areas=lambda state, key, row: (row.area,),
    erasure=HandoverErased,
)
