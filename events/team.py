"""Teams: forming, active, stood down."""

from typing import Final

import msgspec

from events.base import Event, event
from events.refs import AreaRef, IncidentRef, TeamRef, WorkerRef

FORMING: Final = "forming"
ACTIVE: Final = "active"
STOOD_DOWN: Final = "stood_down"
STANDING: Final = (FORMING, ACTIVE)
"""States of a team that has not stood down."""
STATES: Final = (*STANDING, STOOD_DOWN)


@event("team.formed")
class TeamFormed(Event, frozen=True):
    """A team was formed, in state forming. It may have no listed members (an engine, a patrol)."""

    team: TeamRef
    name: str
    kind: str
    area: AreaRef
    organisation: str | None = None
    incident: IncidentRef | None = None
    capacity: int | None = None
    """Concurrent live assignments; None means unlimited."""


@event("team.amended")
class TeamAmended(Event, frozen=True):
    """A team's details changed; omitted fields stay unchanged."""

    team: TeamRef
    name: str | msgspec.UnsetType = msgspec.UNSET
    area: AreaRef | msgspec.UnsetType = msgspec.UNSET
    organisation: str | msgspec.UnsetType | None = msgspec.UNSET
    capacity: int | msgspec.UnsetType | None = msgspec.UNSET


@event("team.joined")
class TeamJoined(Event, frozen=True):
    """A worker joined."""

    team: TeamRef
    worker: WorkerRef


@event("team.left")
class TeamLeft(Event, frozen=True):
    """A worker left."""

    team: TeamRef
    worker: WorkerRef
    reason: str | None = None


@event("team.leader_appointed")
class TeamLeaderAppointed(Event, frozen=True):
    """A member became leader."""

    team: TeamRef
    worker: WorkerRef


@event("team.activated")
class TeamActivated(Event, frozen=True):
    """The team is available for dispatch; its members count in it."""

    team: TeamRef


@event("team.stood_down")
class TeamStoodDown(Event, frozen=True):
    """The team was disbanded; its members are free."""

    team: TeamRef
    reason: str | None = None
