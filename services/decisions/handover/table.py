"""The descriptor of handover notes."""

import msgspec

from events.handover import HandoverErased
from services.decisions.table import Table


class Handover(msgspec.Struct, frozen=True):
    """A note that one shift leaves to the next."""

    area: str
    priority: int
    acknowledged: tuple[str, ...] = ()
    """By which actors."""
    resolved: bool = False
    erased: bool = False


HANDOVERS = Table(
    "handovers",
    Handover,
    kind="handover",
    areas=lambda state, key, row: (row.area,),
    erasure=HandoverErased,
)
