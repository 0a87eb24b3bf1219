"""Commands of the alliance; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.alliance import AllyKind, CommitmentKind
from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.enterprise.commands import EnterpriseId
from services.decisions.fields import NEW, WHOLE, AreaCode, Id, Instant, Label
from services.decisions.references import CONCERNS
from services.decisions.visit.commands import PostConcerned

AllyId = Annotated[Id, Ref("ally")]
AllyConcerned = Annotated[Id, Ref("ally"), CONCERNS]
"""A member who takes part; it may be the whole city's."""
MeetingId = Annotated[Id, Ref("meeting")]
MeetingConcerned = Annotated[Id, Ref("meeting"), CONCERNS]
CommitmentId = Annotated[Id, Ref("commitment")]
ReliefId = Annotated[Id, Ref("relief")]
ReliefConcerned = Annotated[Id, Ref("relief"), CONCERNS]
"""A measure of the city that an enterprise of a county receives."""
Score = Annotated[int, Field(ge=1, le=5, description="1 bad, 5 good"), WHOLE]


@command("ally.join", fact=True)
class JoinAlliance(Command):
    """Enter a member of the alliance, or one that comes back."""

    ally: Annotated[AllyId, NEW] | None = None
    name: Label
    kind: AllyKind
    area: AreaCode | None = None


@command("ally.leave", fact=True)
class LeaveAlliance(Command):
    """It leaves the alliance."""

    ally: AllyId


@command("meeting.hold", fact=True)
class Hold(Command):
    """Record a joint meeting and the members who were there."""

    meeting: Annotated[MeetingId, NEW] | None = None
    title: Label
    allies: Annotated[tuple[AllyConcerned, ...], Field(max_length=500)] = ()
    area: AreaCode | None = None


@command("commitment.make", fact=True)
class Make(Command):
    """Enter a decision of a meeting, or an entry of the service list. A post answers for it."""

    commitment: Annotated[CommitmentId, NEW] | None = None
    kind: CommitmentKind
    title: Label
    owner: PostConcerned
    delivers: PostConcerned | None = Field(default=None, description="Delivers it on site")
    due: Instant | None = None
    meeting: MeetingConcerned | None = None
    enterprise: EnterpriseId | None = None
    area: AreaCode | None = None


@command("commitment.finish", fact=True)
class Finish(Command):
    """Record that it was done. Sent by the post that answers for it or delivers it."""

    commitment: CommitmentId
    note: Label | None = None


@command("commitment.drop", fact=True)
class Drop(Command):
    """It will not be done, with a reason."""

    commitment: CommitmentId
    reason: Label


@command("commitment.rate", fact=True)
class Rate(Command):
    """Record how the enterprise rates what was done. The post that answers for it or delivers it may not."""

    commitment: CommitmentId
    enterprise: EnterpriseId
    score: Score


@command("relief.adopt", fact=True)
class Adopt(Command):
    """Enter a measure of relief."""

    relief: Annotated[ReliefId, NEW] | None = None
    title: Label
    owner: PostConcerned | None = None
    area: AreaCode | None = None


@command("relief.grant", fact=True)
class Grant(Command):
    """An enterprise received it."""

    relief: ReliefConcerned
    enterprise: EnterpriseId
    note: Label | None = None


@command("relief.end", fact=True)
class EndRelief(Command):
    """It is granted no longer."""

    relief: ReliefId
