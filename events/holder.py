"""Holders 任职人: the people who hold posts. Each is a subject with a key of their own."""

from typing import Annotated

from events.base import Event, event
from events.refs import Ref

HolderRef = Annotated[str, Ref("holder")]


@event("holder.erased")
class HolderErased(Event, frozen=True):
    """The holder's key was destroyed, so their name is permanently unreadable. Their terms stay."""

    holder: HolderRef
    posts: tuple[Annotated[str, Ref("post")], ...] = ()
    """The posts that they held at any time."""
