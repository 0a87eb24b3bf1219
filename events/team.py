"""Teams: forming, active, stood down."""

from typing import Final

import msgspec

from events.base import Event, event
from events.refs import AreaRef, IncidentRef, TeamRef, WorkerRef

FORMING: Final = "forming"
ACTIVE: Final = "active"
STOOD_DOWN: Final = "stood_down"
STANDING: Final = (FORMING, ACTIVE)
"""States of a team that is not stood down."""
STATES: Final = (*STANDING, STOOD_DOWN)


@event("team.formed")
class TeamFormed(Event, frozen=True):
    """A team exists, in state forming. It may have no listed members (an engine, a patrol)."""

    team: TeamRef
    name: str
    kind: str
    area: AreaRef
    organisation: str | None = None
    incident: IncidentRef | None = None
    capacity: int | None = None
    """Live assignments at once; None = open-ended."""


@event("team.amended")
class TeamAmended(Event, frozen=True):
    """Some of what is known of a team changed; fields left out stay."""

    team: TeamRef
    name: str | msgspec.UnsetType = msgspec.UNSET
    area: AreaRef | msgspec.UnsetType = msgspec.UNSET
    organisation: str | msgspec.UnsetType | None = msgspec.UNSET
    capacity: int | msgspec.UnsetType | None = msgspec.UNSET


@event("team.joined")
class TeamJoined(Event, frozen=True):
    """A worker is a member."""

    team: TeamRef
    worker: WorkerRef


@event("team.left")
class TeamLeft(Event, frozen=True):
    """A worker is no longer a member."""

    team: TeamRef
    worker: WorkerRef
    reason: str | None = None


@event("team.leader_appointed")
class TeamLeaderAppointed(Event, frozen=True):
    """A member leads."""

    team: TeamRef
    worker: WorkerRef


@event("team.activated")
class TeamActivated(Event, frozen=True):
    """The team can be sent; its members count in it."""

    team: TeamRef


@event("team.stood_down")
class TeamStoodDown(Event, frozen=True):
    """The team is no more; its members are free."""

    team: TeamRef
    reason: str | None = None
