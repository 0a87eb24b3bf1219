"""Training sessions 班次: places, who has one, who waits in which order, and who was there."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope
from events.course import Mode
from events.session import SessionEvent, SessionPlanned
from events.session_facts import EVENTS, PLANNED, Presence, SessionFact, fact_of, standing, trained
from projections.base import Row, View


class SessionRow(Row, frozen=True, kw_only=True):
    """One session."""

    session: str
    area: str
    course: str
    title: str
    mode: Mode
    begins: datetime
    ends: datetime
    halves: tuple[str, ...] = ()
    """Its half-days in the jurisdiction's time zone, such as `2022-03-05.am`."""
    hours: int
    """Hours that each half-day counts."""
    state: str = PLANNED
    """`planned` or `called_off`. Whether it has begun follows from `begins`."""
    planned_at: datetime
    places: int | None = None
    """None = no limit."""
    taken: int = 0
    """Places taken."""
    room: int | None = None
    """Places left; None = no limit."""
    waits: int = 0
    """How many wait for a place."""
    person_times: int = 0
    """Participants who were there, each once, however many half-days: their person-times 人次."""
    signed: tuple[str, ...] = ()
    """Those who have a place, as `worker/ID` or `holder/ID`."""
    waiting: tuple[str, ...] = ()
    """Those who wait, the first one next."""
    presence: tuple[Presence, ...] = ()
    reason: str | None = None
    """Why it was called off."""
    facts: tuple[SessionFact, ...] = ()
    """In the order in which they were decided."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.session,) if isinstance(e, SessionEvent) else ()


def evolve(row: SessionRow | None, envelope: EventEnvelope, key: str) -> SessionRow | None:
    e = envelope.data
    if isinstance(e, SessionPlanned):
        row = SessionRow(
            session=key,
            area=e.area,
            course=e.course,
            title=e.title,
            mode=e.mode,
            begins=e.begins,
            ends=e.ends,
            halves=e.halves,
            hours=e.hours,
            planned_at=envelope.at,
        )
    if row is None or not isinstance(e, SessionEvent):
        return row
    return _stood(msgspec.structs.replace(row, facts=(*row.facts, fact_of(envelope)[1])), None)


def _stood(row: SessionRow, instant: datetime | None) -> SessionRow | None:
    then = standing(row.facts, instant)
    return then and msgspec.structs.replace(
        row,
        state=then.state,
        places=then.places,
        taken=len(then.signed),
        room=then.room,
        waits=len(then.waiting),
        person_times=len(trained(then.presence.values())),
        signed=then.signed,
        waiting=then.waiting,
        presence=tuple(then.presence.values()),
        reason=then.reason,
    )


def at(row: SessionRow, instant: datetime) -> SessionRow | None:
    """Return the session as it was at an instant; None before it was planned."""
    known = tuple(one for one in row.facts if one.at <= instant)
    found = _stood(row, instant)
    return found and msgspec.structs.replace(found, facts=known)


VIEW = View(
    name="sessions",
    row=SessionRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=(
        "session",
        "area",
        "course",
        "title",
        "mode",
        "begins",
        "ends",
        "state",
        "planned_at",
        "room",
        "waits",
        "person_times",
    ),
    sort="-begins",
    at=at,
    detail=("signed", "waiting", "presence", "facts"),
)
