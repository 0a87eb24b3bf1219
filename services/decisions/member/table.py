"""Descriptor of named members."""

from datetime import datetime
from typing import Final

import msgspec

from events.member import MemberErased
from services.decisions.table import Table


class Member(msgspec.Struct, frozen=True, gc=False):
    """A named member of a chapter."""

    chapter: str
    enterprise: str
    area: str
    left_at: datetime | None = None
    erased: bool = False


MEMBERS: Final = Table(
    "members",
    Member,
    kind="member",
    areas=lambda state, key, row: (row.area,),
    erasure=MemberErased,
)
