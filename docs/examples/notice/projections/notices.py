"""Notices 公告: what is put up, and how many workers have read it."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from events.notice import NoticeConfirmed, NoticeErased, NoticePosted, NoticeWithdrawn

from events.base import EventEnvelope, Personal
from projections.base import EVERYBODY, Row, View


class NoticeRow(Row, frozen=True, kw_only=True):
    """One notice."""

    notice: str
    area: str
    state: str
    """posted or withdrawn."""
    title: str
    posted_at: datetime
    confirmed: int = 0
    """Workers who have read it."""
    contact: Personal | None = None


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    if isinstance(e, NoticePosted | NoticeConfirmed | NoticeWithdrawn | NoticeErased):
        yield e.notice


def evolve(row: NoticeRow | None, envelope: EventEnvelope, key: str) -> NoticeRow | None:
    e = envelope.data
    if isinstance(e, NoticePosted):
        return NoticeRow(
            notice=key,
            area=e.area,
            state="posted",
            title=e.title,
            posted_at=envelope.at,
            contact=e.contact,
        )
    if row is None:
        return None
    match e:
        case NoticeConfirmed():
            return msgspec.structs.replace(row, confirmed=row.confirmed + 1)
        case NoticeWithdrawn():
            return msgspec.structs.replace(row, state="withdrawn")
        case NoticeErased():
            return msgspec.structs.replace(row, contact=None)
        case _:
            return row


VIEW = View(
    name="notices",
    row=NoticeRow,
    keys=keys,
    evolve=evolve,
    events=(NoticePosted, NoticeConfirmed, NoticeWithdrawn, NoticeErased),
    filters=("notice", "area", "state", "posted_at"),
    sort="-posted_at",
    own=EVERYBODY,
)
