"""Team commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from services.decisions.amending import BasedOn
from services.decisions.base import Command, command
from services.decisions.fields import (
    NEW,
    WHOLE,
    AreaCode,
    CallSign,
    Code,
    IncidentConcerned,
    Label,
    TeamId,
    WorkerId,
    omitted,
)
from services.decisions.saying import SaidBy

Capacity = Annotated[
    int | None, Field(ge=1, le=1000, description="Concurrent live assignments; null = unlimited"), WHOLE
]


@command("team.form")
class Form(Command):
    """Form a team. Members join in this order; with `activate` it can be dispatched at once."""

    team: Annotated[TeamId, NEW] | None = None
    name: Label
    kind: Code
    area: AreaCode
    organisation: Label | None = None
    incident: IncidentConcerned | None = None
    capacity: Capacity = None
    members: Annotated[tuple[WorkerId, ...], Field(max_length=500)] = ()
    leader: WorkerId | None = None
    activate: bool = False
    call_sign: CallSign | None = None
    said: SaidBy = None


@command("team.amend", amends="team.form")
class Amend(Command):
    """Change a team's details; omitted fields stay unchanged."""

    team: TeamId
    name: Label = omitted()
    area: AreaCode = omitted()
    organisation: Label | None = None
    capacity: Capacity = None
    call_sign: CallSign = omitted()
    based_on: BasedOn = None
    said: SaidBy = None


@command("team.join")
class Join(Command):
    """Add a member. A worker is in at most one active team."""

    team: TeamId
    worker: WorkerId
    said: SaidBy = None


@command("team.leave")
class Leave(Command):
    """Remove a member."""

    team: TeamId
    worker: WorkerId
    reason: Code | None = None


@command("team.appoint_leader")
class AppointLeader(Command):
    """Make a member the leader."""

    team: TeamId
    worker: WorkerId


@command("team.activate")
class Activate(Command):
    """Make the team available for dispatch; its members count in it."""

    team: TeamId
    said: SaidBy = None


@command("team.stand_down")
class StandDown(Command):
    """Disband the team. If it has open assignments, give `release` (the reason) to release them."""

    team: TeamId
    reason: Code | None = None
    release: Code | None = None
