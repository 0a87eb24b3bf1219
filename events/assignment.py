"""Assignments: one worker or team on one request."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from events.base import Event, Personal, event, upcast
from events.refs import AreaRef, AssignmentRef, IncidentRef, RequestRef, TeamRef, WorkerRef
from events.stages import STAGES, furthest

ACCEPTED: Final = "accepted"
DISPATCHED: Final = "dispatched"
OFFERED: Final = "offered"
DONE: Final = "done"
RELEASED: Final = "released"
DECLINED: Final = "declined"
EXPIRED: Final = "expired"
GIVEN_BACK: Final = "given_back"
"""How a worker's own fact of giving an assignment back is called; the assignment is then released."""
LIVE: Final = (ACCEPTED, DISPATCHED, *STAGES)
"""States that use a slot and capacity (done still uses the slot)."""
UNENDED: Final = (OFFERED, *LIVE)
"""States in which the worker or team still has to act."""
ENDS: Final = (DONE, RELEASED, DECLINED, EXPIRED)
"""States in which an assignment can end."""


class AssignmentEvent(Event, frozen=True, kw_only=True):
    """Base of assignment events; each names the unit, so that any view can find its rows."""

    assignment: AssignmentRef
    request: RequestRef
    worker: WorkerRef | None = None
    team: TeamRef | None = None
    state: str = ""
    """Assignment state after this event: offered, accepted, dispatched, en_route, on_scene, done, ..."""
    area: AreaRef = ""
    """The request's area; empty in events of older versions."""

    @property
    def unit(self) -> str:
        """Worker or team id."""
        return self.worker or self.team or ""


@event("assignment.offered", schema=2)
class AssignmentOffered(AssignmentEvent, frozen=True, kw_only=True):
    """Offered to a worker or team. Uses neither a slot nor capacity."""

    expires_at: datetime
    incident: IncidentRef | None = None
    unattended: str | None = None
    """Reason for asking a team none of whose members is on duty."""


@event("assignment.accepted")
class AssignmentAccepted(AssignmentEvent, frozen=True, kw_only=True):
    """The offer was accepted; uses a slot and capacity."""

    override: str | None = None
    """Reason for exceeding the capacity."""


@event("assignment.declined")
class AssignmentDeclined(AssignmentEvent, frozen=True, kw_only=True):
    """The offer was declined."""

    reason: str


@event("assignment.expired")
class AssignmentExpired(AssignmentEvent, frozen=True, kw_only=True):
    """The offer was not answered in time."""

    reason: str


@event("assignment.dispatched", schema=2)
class AssignmentDispatched(AssignmentEvent, frozen=True, kw_only=True):
    """Dispatched: an accepted assignment, or a new one (then request and worker or team are given)."""

    incident: IncidentRef | None = None
    override: str | None = None
    """Reason for exceeding the capacity."""
    unattended: str | None = None
    """Reason for sending to a team none of whose members is on duty."""


@upcast("assignment.offered", 1)
@upcast("assignment.dispatched", 1)
def _not_unattended(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, which did not say why a unit was sent with nobody on duty."""
    return data


AS_RECORDED: Final = ""
"""Instead of the stage before: events of schema 1 were judged by the order in which they were recorded."""


@event("assignment.progressed", schema=2)
class AssignmentProgressed(AssignmentEvent, frozen=True, kw_only=True):
    """A stage was reached: en_route, on_scene, or one defined by the organisation (transport, hospital)."""

    stage: str
    after: str | None = None
    """The stage that its list, such as a row of an import, has before it; None if it came from no list."""


@event("assignment.done", schema=2)
class AssignmentDone(AssignmentEvent, frozen=True, kw_only=True):
    """The assignment is done; it keeps its slot."""

    reason: str | None = None
    after: str | None = None
    """The stage that its list has before it; None if it came from no list."""


@upcast("assignment.progressed", 1)
@upcast("assignment.done", 1)
def _in_the_order_of_recording(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, which did not say what came before."""
    return {**data, "after": AS_RECORDED}


@event("assignment.released")
class AssignmentReleased(AssignmentEvent, frozen=True, kw_only=True):
    """Ended without being done; slot and capacity are freed."""

    reason: str


@event("assignment.given_back")
class AssignmentGivenBack(AssignmentReleased, frozen=True, kw_only=True):
    """The worker or team could not do it and said why; they stay on duty."""

    note: Personal | None = None
    """What happened at the door; sealed under the request."""


PHOTO: Final = "photo"
CODE_WORD: Final = "code"


@event("assignment.proof_attached")
class AssignmentProofAttached(AssignmentEvent, frozen=True, kw_only=True):
    """A proof of what was done was added: a photo, a signature, or the code word that was given."""

    kind: str
    """photo, signature or code."""
    file: str | None = None
    """Name of the sealed picture: the SHA-256 of its sealed bytes."""
    code: Personal | None = None
    """The code word as heard; sealed under the request."""


_ENDED_BY: Final[Mapping[type[Event], str]] = {
    AssignmentDone: DONE,
    AssignmentReleased: RELEASED,
    AssignmentGivenBack: RELEASED,
    AssignmentDeclined: DECLINED,
    AssignmentExpired: EXPIRED,
}


def ended_by(e: Event) -> str | None:
    """Return the state in which an event ends its assignment, unless already ended; None for other events."""
    return _ENDED_BY.get(type(e))


def live_state(stages: Collection[str], *, dispatched: bool) -> str:
    """Return a live assignment's state: the most advanced stage reached, else how it began."""
    return furthest(stages) or (DISPATCHED if dispatched else ACCEPTED)
