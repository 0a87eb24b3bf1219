"""Descriptor of holders."""

import msgspec

from events.holder import HolderErased
from services.decisions.table import Table


class Holder(msgspec.Struct, frozen=True):
    """Somebody who holds or held posts."""

    posts: tuple[str, ...] = ()
    """The posts that they held at any time."""
    area: str = ""
    """Where the post lies to which they were appointed last."""
    erased: bool = False


HOLDERS = Table(
    "holders",
    Holder,
    kind="holder",
    areas=lambda state, key, row: (row.area,),
    spans=True,
    erasure=HolderErased,
)
