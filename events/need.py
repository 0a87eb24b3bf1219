"""Needs 需求: what a station is short of, and what it has too much of."""

from typing import Annotated, Literal

from events.base import Event, event
from events.refs import AreaRef, Ref
from events.station import StationRef

NeedRef = Annotated[str, Ref("need")]
Side = Literal["short", "surplus"]
"""short: the station wants it. surplus: the station has too much of it."""


class NeedEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one need."""

    need: NeedRef
    station: StationRef
    area: AreaRef
    """Where the station is."""


@event("need.opened")
class NeedOpened(NeedEvent, frozen=True, kw_only=True):
    """A station is short of something, or has too much of it. After it was closed: again."""

    item: str
    side: Side
    priority: int
    """1 life safety, 2 urgent, 3 needed, 4 comfort."""
    quantity: int | None = None
    """None = not said."""


@event("need.changed")
class NeedChanged(NeedEvent, frozen=True, kw_only=True):
    """It became more or less, or its priority changed. Both are as they are from then on."""

    priority: int
    quantity: int | None = None


@event("need.closed")
class NeedClosed(NeedEvent, frozen=True, kw_only=True):
    """It is met, or no longer exists. If it was never reported as open, the event describes it."""

    reason: str | None = None
    item: str | None = None
