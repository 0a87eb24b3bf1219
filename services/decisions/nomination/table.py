"""Descriptor of nominations."""

from typing import Final

import msgspec

from events.nomination import NominationErased
from events.nomination_history import NominationThen
from services.decisions.table import Table


class Nomination(msgspec.Struct, frozen=True, kw_only=True):
    """A nomination, without what was written of the person."""

    area: str
    worker: str
    honour: str
    post: str | None = None
    now: NominationThen
    """As it stands after all facts."""
    erased: bool = False


NOMINATIONS: Final = Table(
    "nominations",
    Nomination,
    kind="nomination",
    areas=lambda state, key, row: (row.area,),
    erasure=NominationErased,
)
