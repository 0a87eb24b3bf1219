"""Training sessions 班次: when a course takes place, with places, sign-up, waiting list and presence.

Who takes part is a worker or the holder of a post. Presence counts per half-day: by the code at the door or
from a printed list, which are equal.
"""

from datetime import datetime
from typing import Annotated, Final, Literal, get_args

from events.base import Event, event
from events.course import CourseRef, Mode
from events.holder import HolderRef
from events.refs import AreaRef, Ref, WorkerRef

SessionRef = Annotated[str, Ref("session")]
Role = Literal["participant", "lecturer", "organiser"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
PARTICIPANT: Final[Role] = "participant"
"""Only participants count as trained."""
Via = Literal["qr", "paper"]
"""qr: by the code at the door. paper: from a printed list, or by an organiser."""


class SessionEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one session."""

    session: SessionRef
    area: AreaRef


class PersonEvent(SessionEvent, frozen=True, kw_only=True):
    """Base of the events about one person, who is a worker or a holder."""

    worker: WorkerRef | None = None
    holder: HolderRef | None = None


@event("session.planned")
class SessionPlanned(SessionEvent, frozen=True, kw_only=True):
    """A session of a course was planned."""

    course: CourseRef
    title: str
    mode: Mode
    begins: datetime
    ends: datetime
    halves: tuple[str, ...]
    """Its half-days in the jurisdiction's time zone, such as `2022-03-05.am`."""
    hours: int
    """Hours that each half-day counts."""
    places: int | None = None
    """None = no limit."""


@event("session.resized")
class SessionResized(SessionEvent, frozen=True, kw_only=True):
    """The number of places of a session changed."""

    places: int | None = None


@event("session.signed_up")
class SessionSignedUp(PersonEvent, frozen=True, kw_only=True):
    """Somebody signed up and has a place, or waits for one."""

    waits: bool = False


@event("session.signed_off")
class SessionSignedOff(PersonEvent, frozen=True, kw_only=True):
    """Somebody gave up their place, or their place in the waiting list."""


@event("session.promoted")
class SessionPromoted(PersonEvent, frozen=True, kw_only=True):
    """The first in the waiting list got a place that became free."""


@event("session.door_opened")
class SessionDoorOpened(SessionEvent, frozen=True, kw_only=True):
    """A screen at the door shows codes for one half-day from an instant on. See events/door_code.py."""

    half: str
    anchor: str
    """The end of the chain of codes. No code can be derived from it."""
    begins: datetime
    codes: int
    """How many there are, one after another."""


@event("session.attended")
class SessionAttended(PersonEvent, frozen=True, kw_only=True):
    """Somebody was there on a half-day; `at` is when that was seen."""

    course: CourseRef
    mode: Mode
    half: str
    hours: int
    role: Role
    via: Via
    anchor: str | None = None
    """Of the door whose code was scanned, with the code's number and the code: proof that they were there."""
    number: int | None = None
    code: str | None = None
    reason: str | None = None
    """Why it was entered late."""


@event("session.presence_corrected")
class SessionPresenceCorrected(PersonEvent, frozen=True, kw_only=True):
    """What was recorded of a half-day was wrong: this role counts instead, or they were not there."""

    half: str
    role: Role | None = None
    """None = not there."""
    reason: str


@event("session.called_off")
class SessionCalledOff(SessionEvent, frozen=True, kw_only=True):
    """A session was called off."""

    reason: str | None = None
