"""Reviews 审核 of an enterprise: the trade department screens 初审, the market regulator verifies 核验, city
and county check jointly 联审.

Verdicts are recorded; the place in the path is computed from them (events/review_path.py).
"""

from datetime import datetime
from typing import Literal

from events.base import Event, event
from events.enterprise import EnterpriseRef
from events.post import PostRef
from events.refs import AreaRef

Stage = Literal["screen", "verify", "check_city", "check_county"]
Turn = Literal["screen", "verify", "check_city", "check_county", "answer"]
"""A stage, or `answer`: the post that answers for the enterprise. Also the task of the post charged with
it."""
Opinion = Literal["approve", "reject"]


@event("review.opened", about="enterprise")
class ReviewOpened(Event, frozen=True):
    """An enterprise was sent on the path, for the first time or again."""

    enterprise: EnterpriseRef
    area: AreaRef


@event("review.judged", about="enterprise")
class ReviewJudged(Event, frozen=True):
    """A stage gave its verdict. It replaces none: earlier ones stay beside it."""

    enterprise: EnterpriseRef
    area: AreaRef
    stage: Stage
    verdict: Opinion
    fields: tuple[str, ...] = ()
    """Details that are approved; empty = all of them."""
    reason: str | None = None
    """Of the list `send_back`."""
    note: str | None = None
    post: PostRef | None = None
    """Post in whose name it was given."""


@event("review.sent_back", about="enterprise")
class ReviewSentBack(Event, frozen=True):
    """It was returned to the person who entered it; the path begins again once it is reopened."""

    enterprise: EnterpriseRef
    area: AreaRef
    stage: Turn
    reason: str
    fields: tuple[str, ...] = ()
    """Details that are wrong or missing."""
    note: str | None = None
    post: PostRef | None = None


@event("review.confirmed", about="enterprise")
class ReviewConfirmed(Event, frozen=True):
    """A verdict or return given without right was confirmed by the post that has the right now."""

    enterprise: EnterpriseRef
    area: AreaRef
    stage: Turn
    given: int
    """Position of what is confirmed."""
    note: str | None = None
    post: PostRef | None = None
    """Post in whose name it was confirmed."""


@event("review.delegated", about="enterprise")
class ReviewDelegated(Event, frozen=True):
    """The post whose turn it was gave it to another post, for this enterprise and stage."""

    enterprise: EnterpriseRef
    area: AreaRef
    stage: Stage
    to: PostRef
    """Post that may now give the verdict as well."""
    note: str | None = None
    post: PostRef | None = None
    """Post that delegated it."""


@event("review.escalated", about="enterprise")
class ReviewEscalated(Event, frozen=True):
    """No verdict came in time: it is escalated to named posts."""

    enterprise: EnterpriseRef
    area: AreaRef
    place: str
    """Place in the path without a verdict."""
    due: datetime
    level: int
    """How often it was escalated at this place."""
    posts: tuple[PostRef, ...] = ()
    """Posts that were silent; none if nobody has this task."""
    to: tuple[PostRef, ...] = ()
    """Posts above them, which may judge now."""


@event("review.deadlines_set")
class ReviewDeadlinesSet(Event, frozen=True):
    """How many days each stage has, from this time on."""

    screen: int | None = None
    """None: no deadline."""
    verify: int | None = None
    check: int | None = None
    disagreement: int | None = None
