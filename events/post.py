"""Posts 岗位: a duty belongs to a post, not to a person, and a post has a holder for a term."""

from datetime import datetime
from typing import Annotated, Final, Literal, get_args

from events.base import Event, Personal, event
from events.holder import HolderRef
from events.refs import AreaRef, Ref
from events.unit import UnitRef

PostRef = Annotated[str, Ref("post")]
Task = Literal["answer", "screen", "verify", "check_city", "check_county"]
"""answer: for all that happens there. The others are parts of the review of enterprises: 初审, 核验, and the
two sides of 联审."""
TASKS: Final[tuple[Task, ...]] = get_args(Task)
ANSWER: Final = "answer"
TERM_OVER: Final = "term_over"
"""Why a post is vacant whose holder's term ran out."""


@event("post.created")
class PostCreated(Event, frozen=True):
    """A post was created, without a holder."""

    post: PostRef
    name: str
    unit: UnitRef
    area: AreaRef
    """Where it works."""
    parent: PostRef | None = None
    """The post to which its duties rise while it is vacant; None = the first-responsible post."""
    first: bool = False
    """Whether its holder is the first-responsible person. One post at a time."""


@event("post.renamed")
class PostRenamed(Event, frozen=True):
    """A post got another name."""

    post: PostRef
    area: AreaRef
    name: str


@event("post.moved")
class PostMoved(Event, frozen=True):
    """A post changed its place in the order: unit, area, parent, first. All are as they are from then on."""

    post: PostRef
    unit: UnitRef
    area: AreaRef
    parent: PostRef | None = None
    first: bool = False
    kept: tuple[str, ...] = ()
    """Of these four, what was not said: that stays as it is at that time."""


@event("post.charged")
class PostCharged(Event, frozen=True):
    """A post answers for a task in an area, of one trade or of all."""

    post: PostRef
    task: str
    area: AreaRef
    trade: str | None = None


@event("post.relieved")
class PostRelieved(Event, frozen=True):
    """A post no longer answers for it."""

    post: PostRef
    task: str
    area: AreaRef
    trade: str | None = None


@event("post.appointed")
class PostAppointed(Event, frozen=True):
    """Somebody was appointed to a vacant post."""

    post: PostRef
    area: AreaRef
    holder: HolderRef
    holder_name: Personal
    until: datetime | None = None
    """End of the term; None if it was left open."""
    acts_as: str | None = None
    """Name of the access token with which they act here."""


@event("post.vacated")
class PostVacated(Event, frozen=True):
    """The holder left the post, which is vacant from then on."""

    post: PostRef
    area: AreaRef
    holder: HolderRef | None = None
    reason: str | None = None


@event("post.abolished")
class PostAbolished(Event, frozen=True):
    """A post was abolished. It answered for nothing any more, and a holder left it."""

    post: PostRef
    area: AreaRef
    reason: str | None = None
