"""Who leads a chapter 领头雁: the post whose holder is its secretary, from one date on."""

from datetime import datetime

import msgspec

from events.base import event
from events.chapter import ChapterEvent
from events.post import PostRef


@event("chapter.led")
class ChapterLed(ChapterEvent, frozen=True, kw_only=True):
    """A post leads the chapter from then on; none, and it has no leader."""

    post: PostRef | None = None


class Lead(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The post that leads a chapter, and since when."""

    at: datetime
    position: int
    post: str | None = None


def lead_at(leads: tuple[Lead, ...], instant: datetime) -> Lead | None:
    """Return what was said last by an instant. Leads are in the order of their time."""
    return next((one for one in reversed(leads) if one.at <= instant), None)
