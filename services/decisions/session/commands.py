"""Commands about training sessions; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.door_code import MOST
from events.refs import Ref
from events.session import PARTICIPANT, Role
from services.decisions.base import Command, command
from services.decisions.fields import NEW, WHOLE, AreaCode, Id, Instant, Label, WorkerId
from services.decisions.references import CONCERNS, OPEN, PLAIN

SessionId = Annotated[Id, Ref("session")]
SessionConcerned = Annotated[Id, Ref("session"), CONCERNS]
"""A session of the whole city, to which people of a county come."""
HolderConcerned = Annotated[Id, Ref("holder"), CONCERNS, Field(description="Holder of a post")]
CourseConcerned = Annotated[Id, Ref("course"), CONCERNS]
Half = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\d\.(am|pm)$", description="A half-day, such as 2022-03-05.am"),
    PLAIN,
]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="64 hex digits"), PLAIN]
Places = Annotated[int, Field(ge=1, le=500), WHOLE]


@command("session.plan", fact=True)
class Plan(Command):
    """Plan a session of a course, of at most 31 days. Without places, up to 500 people may sign up."""

    session: Annotated[SessionId, NEW] | None = None
    course: CourseConcerned
    begins: Instant
    ends: Instant
    hours: Annotated[int, WHOLE] = Field(default=4, ge=1, le=12, description="That each half-day counts")
    places: Places | None = None
    area: AreaCode | None = None


@command("session.resize")
class Resize(Command):
    """Change the number of places. Each new one goes to the first in the waiting list."""

    session: SessionId
    places: Places | None = None


@command("session.sign_up", own=True)
class SignUp(Command):
    """Sign somebody up: a worker, or the holder of a post. If all places are taken, they wait for one."""

    session: SessionConcerned
    worker: WorkerId | None = None
    holder: HolderConcerned | None = None


@command("session.sign_off", own=True)
class SignOff(Command):
    """Give up a place, which goes to the first in the waiting list, or stop waiting."""

    session: SessionConcerned
    worker: WorkerId | None = None
    holder: HolderConcerned | None = None


@command("session.open_door")
class OpenDoor(Command):
    """Announce the codes that a screen at the door will show on one half-day. The screen keeps their seed."""

    session: SessionId
    half: Half
    anchor: Hash
    begins: Instant
    codes: Annotated[int, Field(ge=1, le=MOST, description="Each is shown for 30 seconds"), WHOLE]


@command("session.scan", fact=True, own=True)
class Scan(Command):
    """Record that a worker scanned the code at the door. `at` is when; the code counts only around then."""

    session: Annotated[Id, Ref("session"), OPEN]
    worker: WorkerId
    anchor: Annotated[
        str, Field(pattern=r"^[0-9a-f]{8,64}$", description="The door's anchor, or its first digits"), PLAIN
    ]
    number: Annotated[int, Field(ge=0, lt=MOST), WHOLE]
    code: Hash


@command("session.attend", fact=True)
class Attend(Command):
    """Record that somebody was there on a half-day, signed up or not, as on a printed list."""

    session: SessionConcerned
    worker: WorkerId | None = None
    holder: HolderConcerned | None = None
    half: Half | None = Field(default=None, description="Default: that of `at`")
    role: Role = PARTICIPANT
    reason: Label | None = Field(default=None, description="Why it comes later than three days after the end")


@command("session.correct_presence")
class CorrectPresence(Command):
    """Correct what was recorded of a half-day. Without a role, they were not there."""

    session: SessionConcerned
    worker: WorkerId | None = None
    holder: HolderConcerned | None = None
    half: Half
    role: Role | None = None
    reason: Label


@command("session.call_off", fact=True)
class CallOff(Command):
    """Call a session off, before anybody was recorded as present."""

    session: SessionId
    reason: Label | None = None
