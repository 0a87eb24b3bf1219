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
    """It was published; `at` is when. The name, and all that may hold it, is sealed under its own key."""

    topic: str
    """What it is about; names nobody."""
    channel: str
    """Of the list `channel`."""
    outlet: str | None = None
    """Which paper, station or account."""
    honour: str | None = None
    """Of the list `honour`, if it tells of one."""
    trade: str | None = None
    consent: Handle | None = None
    """Of whom it names; None if it names nobody."""
    name: Personal | None = None
    text: Personal | None = None
    """Its title as it was published."""
    link: Personal | None = None


@event("publication.erased")
class PublicationErased(PublicationEvent, frozen=True, kw_only=True):
    """Its key was destroyed: it names nobody from now on, at no date. It still counts."""

    reason: Unnamed
    automatic: bool = False


@event("publication.retracted")
class PublicationRetracted(PublicationEvent, frozen=True, kw_only=True):
    """It was entered by mistake, or taken back by the channel: it counts no more."""

    reason: str
