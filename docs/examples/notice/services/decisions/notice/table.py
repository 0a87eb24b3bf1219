"""The descriptor of notices."""

import msgspec
from events.notice import NoticeErased

from services.decisions.table import Table


class Notice(msgspec.Struct, frozen=True):
    """A notice that was put up."""

    area: str
    title: str
    confirmed: tuple[str, ...] = ()
    """Workers who have read it."""
    withdrawn: bool = False
    erased: bool = False


NOTICES = Table(
    "notices",
    Notice,
    kind="notice",
    areas=lambda state, key, row: (row.area,),
    own=lambda state, key, worker: True,  # every worker may read every notice
    erasure=NoticeErased,
)
