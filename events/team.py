"""Teams: forming, active, stood down."""

import msgspec

from events.base import Event, event


@event("team.formed")
class TeamFormed(Event, frozen=True):
    """A team exists, in state forming. It may have no listed members (an engine, a patrol)."""

    team: str
    name: str
    kind: str
    area: str
    organisation: str | None = None
    incident: str | None = None
    capacity: int | None = None
    """Live assignments at once; None = open-ended."""


@event("team.amended")
class TeamAmended(Event, frozen=True):
    """Some of what is known of a team changed; fields left out stay."""

    team: str
    name: str | msgspec.UnsetType = msgspec.UNSET
    area: str | msgspec.UnsetType = msgspec.UNSET
    organisation: str | msgspec.UnsetType | None = msgspec.UNSET
    capacity: int | msgspec.UnsetType | None = msgspec.UNSET


@event("team.joined")
class TeamJoined(Event, frozen=True):
    """A worker is a member."""

    team: str
    worker: str


@event("team.left")
class TeamLeft(Event, frozen=True):
    """A worker is no longer a member."""

    team: str
    worker: str
    reason: str | None = None


@event("team.leader_appointed")
class TeamLeaderAppointed(Event, frozen=True):
    """A member leads."""

    team: str
    worker: str


@event("team.activated")
class TeamActivated(Event, frozen=True):
    """The team can be sent; its members count in it."""

    team: str


@event("team.stood_down")
class TeamStoodDown(Event, frozen=True):
    """The team is no more; its members are free."""

    team: str
    reason: str | None = None
