"""Assignments: one worker or team on one request."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from events.base import Event, event
from events.refs import AreaRef, AssignmentRef, IncidentRef, RequestRef, TeamRef, WorkerRef
from events.stages import STAGES, furthest

ACCEPTED: Final = "accepted"
DISPATCHED: Final = "dispatched"
OFFERED: Final = "offered"
DONE: Final = "done"
RELEASED: Final = "released"
DECLINED: Final = "declined"
EXPIRED: Final = "expired"
LIVE: Final = (ACCEPTED, DISPATCHED, *STAGES)
"""States that hold a slot and capacity (done holds the slot too)."""
UNENDED: Final = (OFFERED, *LIVE)
"""States that wait for the worker or team."""
ENDS: Final = (DONE, RELEASED, DECLINED, EXPIRED)
"""States in which an assignment can end."""


class AssignmentEvent(Event, frozen=True, kw_only=True):
    """Every event of an assignment says whose it is, so that any view can find its rows."""

    assignment: AssignmentRef
    request: RequestRef
    worker: WorkerRef | None = None
    team: TeamRef | None = None
    state: str = ""
    """Of the assignment after this event: offered, accepted, dispatched, en_route, on_scene, done, ..."""
    area: AreaRef = ""
    """Of the request; empty where an older program did not say."""

    @property
    def unit(self) -> str:
        """The worker or team."""
        return self.worker or self.team or ""


@event("assignment.offered")
class AssignmentOffered(AssignmentEvent, frozen=True, kw_only=True):
    """Asked whether they will go. Holds neither slot nor capacity."""

    expires_at: datetime
    incident: IncidentRef | None = None


@event("assignment.accepted")
class AssignmentAccepted(AssignmentEvent, frozen=True, kw_only=True):
    """They will go: takes slot and capacity."""

    override: str | None = None
    """Why a capacity was passed."""


@event("assignment.declined")
class AssignmentDeclined(AssignmentEvent, frozen=True, kw_only=True):
    """They will not go."""

    reason: str


@event("assignment.expired")
class AssignmentExpired(AssignmentEvent, frozen=True, kw_only=True):
    """Nobody answered in time."""

    reason: str


@event("assignment.dispatched")
class AssignmentDispatched(AssignmentEvent, frozen=True, kw_only=True):
    """Sent: an accepted assignment, or a new one at once (then request and worker or team are given)."""

    incident: IncidentRef | None = None
    override: str | None = None
    """Why a capacity was passed."""


@event("assignment.progressed")
class AssignmentProgressed(AssignmentEvent, frozen=True, kw_only=True):
    """A stage was reached: en_route, on_scene, or one named by the organisation (transport, hospital)."""

    stage: str


@event("assignment.done")
class AssignmentDone(AssignmentEvent, frozen=True, kw_only=True):
    """Their part is done; it keeps its slot."""

    reason: str | None = None


@event("assignment.released")
class AssignmentReleased(AssignmentEvent, frozen=True, kw_only=True):
    """Ended without being done; slot and capacity are free."""

    reason: str


_ENDED_BY: Final[Mapping[type[Event], str]] = {
    AssignmentDone: DONE,
    AssignmentReleased: RELEASED,
    AssignmentDeclined: DECLINED,
    AssignmentExpired: EXPIRED,
}


def ended_by(e: Event) -> str | None:
    """The state in which an event ends its assignment, if that has not ended yet; None where it ends none."""
    return _ENDED_BY.get(type(e))


def live_state(stages: Collection[str], *, dispatched: bool) -> str:
    """State of a live assignment: the most advanced stage that was reached, else how it began."""
    return furthest(stages) or (DISPATCHED if dispatched else ACCEPTED)
