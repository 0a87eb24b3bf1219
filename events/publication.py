"""Published items 宣传报道: what was published, in which channel, on which day; and, as long as they consent,
whom it names."""

from typing import Annotated, Literal

from events.base import Event, Personal, event
from events.consent import Handle
from events.refs import AreaRef, Ref

PublicationRef = Annotated[str, Ref("publication")]
Unnamed = Literal["withdrawn", "erased", "by_hand"]
"""withdrawn: the consent. erased: the person's data. by_hand: somebody took the name out."""


class PublicationEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one published item."""

    publication: PublicationRef
    area: AreaRef


@event("publication.published")
class Published(PublicationEvent, frozen=True, kw_only=True):
    """The item was published; `at` is when. All that may hold a name is sealed under the item's own key."""

    topic: str
    """What it is about; must not contain a name."""
    channel: str
    """Of the list `channel`."""
    outlet: str | None = None
    """Which paper, station or account."""
    honour: str | None = None
    """Of the list `honour`, if the item is about one."""
    trade: str | None = None
    consent: Handle | None = None
    """Consent of the person named; None if it names no person."""
    name: Personal | None = None
    text: Personal | None = None
    """Its title as it was published."""
    link: Personal | None = None


@event("publication.erased")
class PublicationErased(PublicationEvent, frozen=True, kw_only=True):
    """The key of the item was destroyed: it no longer names anybody, at any date. It still counts."""

    reason: Unnamed
    automatic: bool = False


@event("publication.retracted")
class PublicationRetracted(PublicationEvent, frozen=True, kw_only=True):
    """The item was entered by mistake, or taken back by the channel: it no longer counts."""

    reason: str
