"""Assignments: one worker or team on one request."""

from datetime import datetime

from events.base import Event, event


@event("assignment.offered")
class AssignmentOffered(Event, frozen=True):
    """Asked whether they will go. Holds neither slot nor capacity."""

    assignment: str
    request: str
    expires_at: datetime
    worker: str | None = None
    team: str | None = None


@event("assignment.accepted")
class AssignmentAccepted(Event, frozen=True):
    """They will go: takes slot and capacity."""

    assignment: str
    override: str | None = None
    """Why a capacity was passed."""


@event("assignment.declined")
class AssignmentDeclined(Event, frozen=True):
    """They will not go."""

    assignment: str
    reason: str


@event("assignment.expired")
class AssignmentExpired(Event, frozen=True):
    """Nobody answered in time."""

    assignment: str
    reason: str


@event("assignment.dispatched")
class AssignmentDispatched(Event, frozen=True):
    """Sent: an accepted assignment, or a new one at once (then request and worker or team are given)."""

    assignment: str
    request: str
    worker: str | None = None
    team: str | None = None
    override: str | None = None


@event("assignment.progressed")
class AssignmentProgressed(Event, frozen=True):
    """A stage was reached: en_route, on_scene, or one named by the organisation (transport, hospital)."""

    assignment: str
    stage: str


@event("assignment.done")
class AssignmentDone(Event, frozen=True):
    """Their part is done; it keeps its slot."""

    assignment: str
    reason: str | None = None


@event("assignment.released")
class AssignmentReleased(Event, frozen=True):
    """Ended without being done; slot and capacity are free."""

    assignment: str
    reason: str
