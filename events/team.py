"""Teams: forming, active, stood down."""

from typing import Any, Final

import msgspec

from events.amendment import Amendment
from events.base import Event, event, upcast
from events.refs import AreaRef, IncidentRef, TeamRef, WorkerRef

FORMING: Final = "forming"
ACTIVE: Final = "active"
STOOD_DOWN: Final = "stood_down"
STANDING: Final = (FORMING, ACTIVE)
"""States of a team that has not stood down."""
STATES: Final = (*STANDING, STOOD_DOWN)


@event("team.formed", schema=2)
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
    call_sign: str | None = None
    """What it is called aloud, unique among active workers and teams. None in older events."""
    number: int | None = None
    """Given if the log made the call sign: T-0001 is team number 1."""


@event("team.amended", schema=3)
class TeamAmended(Amendment, frozen=True):
    """A team's details changed; omitted fields stay unchanged."""

    team: TeamRef
    name: str | msgspec.UnsetType = msgspec.UNSET
    area: AreaRef | msgspec.UnsetType = msgspec.UNSET
    organisation: str | msgspec.UnsetType | None = msgspec.UNSET
    capacity: int | msgspec.UnsetType | None = msgspec.UNSET
    call_sign: str | msgspec.UnsetType = msgspec.UNSET


@upcast("team.formed", 1)
@upcast("team.amended", 1)
def _no_call_sign(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, which had no call signs."""
    return data


@upcast("team.amended", 2)
def _all_in_the_present(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 2, by which the last amendment recorded counted, however early its time."""
    return data


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
