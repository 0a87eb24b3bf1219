"""Commands about teams: also the HTTP bodies and the OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from services.decisions.base import Command, command
from services.decisions.fields import (
    WHOLE,
    AreaCode,
    Code,
    IncidentConcerned,
    Label,
    TeamId,
    WorkerId,
    omitted,
)

Capacity = Annotated[
    int | None, Field(ge=1, le=1000, description="Live assignments at once; null = open-ended"), WHOLE
]


@command("team.form")
class Form(Command):
    """Form a team. Members join in this order; with `activate` it can be sent at once."""

    team: TeamId | None = None
    name: Label
    kind: Code
    area: AreaCode
    organisation: Label | None = None
    incident: IncidentConcerned | None = None
    capacity: Capacity = None
    members: Annotated[tuple[WorkerId, ...], Field(max_length=500)] = ()
    leader: WorkerId | None = None
    activate: bool = False


@command("team.amend")
class Amend(Command):
    """Change what is known of a team; fields left out stay."""

    team: TeamId
    name: Label = omitted()
    area: AreaCode = omitted()
    organisation: Label | None = None
    capacity: Capacity = None


@command("team.join")
class Join(Command):
    """Become a member. A worker is in at most one active team."""

    team: TeamId
    worker: WorkerId


@command("team.leave")
class Leave(Command):
    """Stop being a member."""

    team: TeamId
    worker: WorkerId
    reason: Code | None = None


@command("team.appoint_leader")
class AppointLeader(Command):
    """A member leads from now on."""

    team: TeamId
    worker: WorkerId


@command("team.activate")
class Activate(Command):
    """The team can be sent; its members count in it."""

    team: TeamId


@command("team.stand_down")
class StandDown(Command):
    """The team is no more. With open assignments give `release` (the reason), which releases them."""

    team: TeamId
    reason: Code | None = None
    release: Code | None = None
