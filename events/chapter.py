"""Chapters 组织: formed by an enterprise, a trade or a community for one term, renewed, merged, dissolved."""

from datetime import datetime
from typing import Annotated

from events.base import Event, event
from events.enterprise import EnterpriseRef
from events.formation import Basis, Route, Thresholds
from events.refs import AreaRef, Ref

ChapterRef = Annotated[str, Ref("chapter")]


class ChapterEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one chapter."""

    chapter: ChapterRef
    area: AreaRef


@event("chapter.proposed")
class ChapterProposed(ChapterEvent, frozen=True, kw_only=True):
    """The rule named the route by which an enterprise gets a chapter. Later thresholds do not change it."""

    enterprise: EnterpriseRef
    route: Route
    trade: str | None = None
    basis: Basis
    thresholds: Thresholds


@event("chapter.formed")
class ChapterFormed(ChapterEvent, frozen=True, kw_only=True):
    """A chapter was formed; `at` is when. Its first term begins."""

    name: str
    route: Route
    enterprises: tuple[EnterpriseRef, ...]
    trade: str | None = None
    ends: datetime | None = None
    """End of the term; None = not limited."""
    proposed: Route | None = None
    """Route by the rule; None if the ledger did not have the enterprises, or they differ."""
    basis: Basis | None = None
    thresholds: Thresholds | None = None
    reason: str | None = None
    """Why another route was taken than the proposed one."""


@event("chapter.renewed")
class ChapterRenewed(ChapterEvent, frozen=True, kw_only=True):
    """A new term began; `at` is when."""

    ends: datetime | None = None
    """End of the new term; None = not limited."""


@event("chapter.joined")
class ChapterJoined(ChapterEvent, frozen=True, kw_only=True):
    """An enterprise joined a joint or community chapter."""

    enterprise: EnterpriseRef


@event("chapter.left")
class ChapterLeft(ChapterEvent, frozen=True, kw_only=True):
    """An enterprise left the chapter."""

    enterprise: EnterpriseRef


@event("chapter.merged")
class ChapterMerged(ChapterEvent, frozen=True, kw_only=True):
    """The chapter was merged into another one, which takes over its enterprises."""

    into: ChapterRef
    enterprises: tuple[EnterpriseRef, ...] = ()
    """Those that belonged to it then."""


@event("chapter.dissolved")
class ChapterDissolved(ChapterEvent, frozen=True, kw_only=True):
    """The chapter was dissolved; its enterprises are no longer covered by it."""

    reason: str | None = None
