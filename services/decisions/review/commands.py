"""Review commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated, Literal

from pydantic import Field

from events.review import Opinion, Stage, Turn
from services.decisions.base import Command, command
from services.decisions.enterprise.commands import EnterpriseId
from services.decisions.fields import WHOLE, Code, Label, OfList
from services.decisions.post.commands import PostId

Detail = Literal["name", "code", "trade", "size", "employees", "members", "area", "platform", "brand"]
Details = Annotated[tuple[Detail, ...], Field(max_length=9)]
Reason = Annotated[Code, OfList("send_back"), Field(description="Of the list `send_back`")]
Note = Annotated[Label, Field(description="In words, without personal data")]
Position = Annotated[int, Field(ge=1), WHOLE]
Days = Annotated[int, Field(ge=1, le=365, description="Days; null = no deadline"), WHOLE]


@command("review.open", fact=True)
class OpenReview(Command):
    """Send an enterprise on the path of three reviews, for the first time or again."""

    enterprise: EnterpriseId


@command("review.judge", fact=True)
class Judge(Command):
    """Give a stage's verdict. Earlier ones stay, also where this one contradicts them."""

    enterprise: EnterpriseId
    stage: Stage
    verdict: Opinion
    fields: Details = Field(default=(), description="Details that are approved; none named = all of them")
    reason: Reason | None = Field(default=None, description="Of the list `send_back`; required to reject")
    note: Note | None = None


@command("review.send_back", fact=True)
class SendBack(Command):
    """Give an enterprise back to the person who entered it, with a reason."""

    enterprise: EnterpriseId
    stage: Turn
    reason: Reason
    fields: Details = Field(default=(), description="Details that are wrong or missing")
    note: Note | None = None


@command("review.delegate", fact=True)
class Delegate(Command):
    """Let another post judge as well: this enterprise, at this stage."""

    enterprise: EnterpriseId
    stage: Stage
    to: PostId
    note: Note | None = None


@command("review.confirm", fact=True)
class Confirm(Command):
    """Confirm a verdict or a return that was given without right, for the post that has the right now."""

    enterprise: EnterpriseId
    given: Position = Field(description="Position of the verdict or return in the log")
    note: Note | None = None


@command("review.escalate", by="service")
class Escalate(Command):
    """Let the silence at a place go up. Sent by the service itself once the deadline has passed."""

    enterprise: EnterpriseId


@command("review.set_deadlines", by="admin", fact=True)
class SetDeadlines(Command):
    """Choose how many days each place in the path has, from that time on; replaces the earlier choice."""

    screen: Days | None = None
    verify: Days | None = None
    check: Days | None = Field(default=None, description="Joint check")
    disagreement: Days | None = Field(default=None, description="City and county do not agree")
