"""Activity commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import NEW, WHOLE, AreaCode, Id, Instant, Label, WorkerId
from services.decisions.references import CONCERNS
from services.decisions.visit.commands import PostConcerned

ActivityId = Annotated[Id, Ref("activity")]
ActivityConcerned = Annotated[Id, Ref("activity"), CONCERNS]
"""An activity of the whole city, to which people of a county come."""
Capacity = Annotated[int, Field(ge=1, le=1_000_000), WHOLE]


@command("activity.announce", fact=True)
class Announce(Command):
    """Announce an activity. Without a capacity, anybody may come."""

    activity: Annotated[ActivityId, NEW] | None = None
    title: Label
    begins: Instant
    ends: Instant | None = None
    capacity: Capacity | None = None
    owner: PostConcerned | None = None
    serves: bool = Field(default=False, description="Whether taking part counts as service")
    area: AreaCode | None = None


@command("activity.sign_up", own=True)
class SignUp(Command):
    """Sign up for an activity that has not begun and has room."""

    activity: ActivityConcerned
    worker: WorkerId


@command("activity.sign_off", own=True)
class SignOff(Command):
    """Do not come after all."""

    activity: ActivityConcerned
    worker: WorkerId


@command("activity.attend", fact=True)
class Attend(Command):
    """Somebody was there, signed up or not."""

    activity: ActivityConcerned
    worker: WorkerId


@command("activity.call_off", fact=True)
class CallOff(Command):
    """It does not take place."""

    activity: ActivityId
    reason: Label | None = None
