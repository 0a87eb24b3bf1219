"""The posts that lead chapters 领头雁岗位, with their dates. Who holds them is in `posts`."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.dated import dated, until
from events.leading import ChapterLed, Lead
from projections.base import Row, View


class LeadRow(Row, frozen=True, kw_only=True):
    """One chapter's leading post."""

    chapter: str
    area: str
    post: str | None = None
    since: datetime
    """Since when this is so."""
    history: tuple[Lead, ...] = ()


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.chapter,) if isinstance(e, ChapterLed) else ()


def evolve(row: LeadRow | None, envelope: EventEnvelope, key: str) -> LeadRow | None:
    e = envelope.data
    if not isinstance(e, ChapterLed):
        return row
    lead = Lead(envelope.at, envelope.position, e.post)
    return _row(key, e.area, dated(row.history if row else (), lead))


def _row(chapter: str, area: str, leads: tuple[Lead, ...]) -> LeadRow | None:
    if not leads:
        return None
    now = leads[-1]
    return LeadRow(chapter=chapter, area=area, post=now.post, since=now.at, history=leads)


def at(row: LeadRow, instant: datetime) -> LeadRow | None:
    """Return the row as it was at an instant; None before a post led it."""
    return _row(row.chapter, row.area, until(row.history, instant))


VIEW = View(
    name="leads",
    row=LeadRow,
    keys=keys,
    evolve=evolve,
    events=(ChapterLed,),
    filters=("chapter", "area", "post", "since"),
    at=at,
)
