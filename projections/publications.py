"""Published items 宣传报道: what, in which channel, on which day. One that lost its name still counts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from events.base import EventEnvelope, Personal
from events.publication import PublicationErased, PublicationEvent, PublicationRetracted, Published
from projections.base import Row, View

PUBLISHED: Final = "published"
RETRACTED: Final = "retracted"


class PublicationRow(Row, frozen=True, kw_only=True):
    """One published item."""

    publication: str
    area: str
    topic: str
    """What it is about; names nobody."""
    channel: str
    outlet: str | None = None
    honour: str | None = None
    trade: str | None = None
    named: bool = False
    """Whether it names somebody, who consents."""
    name: Personal | None = None
    text: Personal | None = None
    """Its title as it was published."""
    link: Personal | None = None
    unnamed: str | None = None
    """Why it lost the name: withdrawn, erased or by_hand."""
    state: str = PUBLISHED
    """published or retracted."""
    published_at: datetime
    retracted_at: datetime | None = None
    reason: str | None = None
    """Of being retracted."""


EVENTS = (Published, PublicationErased, PublicationRetracted)
_as = msgspec.structs.replace


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.publication,) if isinstance(e, PublicationEvent) else ()


def evolve(row: PublicationRow | None, envelope: EventEnvelope, key: str) -> PublicationRow | None:
    match envelope.data:
        case Published() as e:
            return PublicationRow(
                publication=key,
                area=e.area,
                topic=e.topic,
                channel=e.channel,
                outlet=e.outlet,
                honour=e.honour,
                trade=e.trade,
                named=e.consent is not None,
                name=e.name,
                text=e.text,
                link=e.link,
                published_at=envelope.at,
            )
        case PublicationErased() as e if row:
            return _as(row, named=False, name=None, text=None, link=None, unnamed=e.reason)
        case PublicationRetracted() as e if row:
            return _as(row, state=RETRACTED, retracted_at=envelope.at, reason=e.reason)
        case _:
            return row


def at(row: PublicationRow, instant: datetime) -> PublicationRow | None:
    """Return the item as it was at an instant; None before it was published. A name that was taken out is out
    at every date."""
    if instant < row.published_at:
        return None
    if row.retracted_at and instant < row.retracted_at:
        return _as(row, state=PUBLISHED, retracted_at=None, reason=None)
    return row


VIEW = View(
    name="publications",
    row=PublicationRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=(
        "publication",
        "area",
        "topic",
        "channel",
        "outlet",
        "honour",
        "trade",
        "named",
        "state",
        "published_at",
    ),
    sort="-published_at",
    at=at,
)
