"""Members 党员 by name: sensitive personal data, recorded only where the jurisdiction allows it, for a stated
purpose. Otherwise members are a number of their enterprise."""

from typing import Annotated

from events.base import Event, Personal, event
from events.chapter import ChapterRef
from events.enterprise import EnterpriseRef
from events.refs import AreaRef, Ref

MemberRef = Annotated[str, Ref("member")]


@event("member.named")
class MemberNamed(Event, frozen=True):
    """A member of a chapter was named."""

    member: MemberRef
    chapter: ChapterRef
    enterprise: EnterpriseRef
    area: AreaRef
    """Of the chapter."""
    name: Personal
    purpose: str
    """What for, as the jurisdiction's rules said then."""


@event("member.left")
class MemberLeft(Event, frozen=True):
    """The member left the chapter."""

    member: MemberRef
    area: AreaRef


@event("member.erased")
class MemberErased(Event, frozen=True):
    """The key of the name was destroyed, so that it is permanently unreadable."""

    member: MemberRef
    area: AreaRef
