"""Decisions about training sessions. Places are claims, decided on the present; presence is a fact."""

from collections.abc import Iterable, Iterator

import msgspec

from events.base import Event
from events.session import (
    PARTICIPANT,
    SessionAttended,
    SessionCalledOff,
    SessionDoorOpened,
    SessionPlanned,
    SessionPresenceCorrected,
    SessionPromoted,
    SessionResized,
    SessionSignedOff,
    SessionSignedUp,
)
from events.session_facts import CALLED_OFF, Door, SessionThen, half_at, halves, ids_of, standing, who_of
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.course.table import COURSES
from services.decisions.session.commands import (
    Attend,
    CallOff,
    CorrectPresence,
    OpenDoor,
    Plan,
    Resize,
    Scan,
    SignOff,
    SignUp,
)
from services.decisions.session.rules import (
    DOORS,
    EARLY,
    LONGEST,
    PEOPLE,
    SIGN_UPS,
    door_of,
    half_of,
    in_time,
    not_begun,
    signed_by,
    taking_place,
    who,
)
from services.decisions.session.table import SESSIONS, Session
from services.decisions.state import State


def _same(known: Session, c: Plan) -> bool:
    """Whether a command says again what was planned."""
    said = all(getattr(known, name) == getattr(c, name) for name in ("course", "begins", "ends", "hours"))
    places = next((one.places for one in known.facts if one.places is not None), None)
    return said and c.area in (None, known.area) and c.places in (None, places)


@decides(Plan)
def _plan(state: State, c: Plan, ctx: Context) -> Iterable[Event]:
    key = c.session or ctx.id
    known = state[SESSIONS].get(key)
    if known and ctx.observed and _same(known, c):
        return
    lookups.fresh(known, "session.exists", session=key)
    course = lookups.known(state, COURSES, c.course)
    gone = course.withdrawn_at
    ctx.rule(gone is None or ctx.at < gone, "course.withdrawn", course=c.course, since=gone)
    if not c.begins < c.ends <= c.begins + LONGEST:
        raise Refused("session.times", begins=c.begins, ends=c.ends)
    yield SessionPlanned(
        session=key,
        area=lookups.open_area(state, c.area or course.area, ctx),
        course=c.course,
        title=course.title,
        mode=course.mode,
        begins=c.begins,
        ends=c.ends,
        halves=halves(c.begins, c.ends, state.meta.zone),
        hours=c.hours,
        places=c.places,
    )


@decides(Resize)
def _resize(state: State, c: Resize, ctx: Context) -> Iterable[Event]:
    row, then = taking_place(state, c.session, ctx)
    if c.places == then.places:
        return
    taken = len(then.signed)
    if c.places is not None and c.places < taken:
        raise Refused("session.places_taken", session=c.session, places=c.places, taken=taken)
    yield SessionResized(session=c.session, area=row.area, places=c.places)
    yield from _promoted(c.session, row, msgspec.structs.replace(then, places=c.places))


def _promoted(key: str, row: Session, then: SessionThen) -> Iterator[Event]:
    """Give each free place to the first in the waiting list."""
    free = len(then.waiting) if then.room is None else then.room
    for one in then.waiting[:free]:
        worker, holder = ids_of(one)
        yield SessionPromoted(session=key, area=row.area, worker=worker, holder=holder)


@decides(SignUp)
def _sign_up(state: State, c: SignUp, ctx: Context) -> Iterable[Event]:
    row, then = taking_place(state, c.session, ctx)
    person = who(state, c.worker, c.holder)
    if c.worker:
        lookups.active_worker(state, c.worker, ctx)
    if person in then.signed or person in then.waiting:
        return
    not_begun(row, c.session, ctx)
    if sum(one.kind == "signed_up" and one.who == person for one in row.facts) >= SIGN_UPS:
        raise Refused("session.too_often", session=c.session, most=SIGN_UPS)
    if len(then.signed) + len(then.waiting) >= PEOPLE:
        raise Refused("session.list_full", session=c.session, most=PEOPLE)
    waits = then.room == 0
    yield SessionSignedUp(session=c.session, area=row.area, worker=c.worker, holder=c.holder, waits=waits)


@decides(SignOff)
def _sign_off(state: State, c: SignOff, ctx: Context) -> Iterable[Event]:
    row, then = taking_place(state, c.session, ctx)
    person = who(state, c.worker, c.holder)
    if person not in then.signed and person not in then.waiting:
        return
    not_begun(row, c.session, ctx)
    yield SessionSignedOff(session=c.session, area=row.area, worker=c.worker, holder=c.holder)
    left = tuple(one for one in then.signed if one != person)
    waiting = tuple(one for one in then.waiting if one != person)
    yield from _promoted(c.session, row, msgspec.structs.replace(then, signed=left, waiting=waiting))


@decides(OpenDoor)
def _open_door(state: State, c: OpenDoor, ctx: Context) -> Iterable[Event]:
    row, then = taking_place(state, c.session, ctx)
    door = Door(c.half, c.anchor, c.begins, c.codes)
    if door in then.doors:
        return
    if c.half not in row.halves:
        raise Refused("session.other_half", session=c.session, half=c.half, halves=row.halves)
    day = half_at(c.begins.astimezone(state.meta.zone)).partition(".")[0]
    if day != c.half.partition(".")[0] or not row.begins - EARLY <= c.begins < row.ends:
        raise Refused("session.door_time", session=c.session, begins=c.begins, half=c.half)
    if len(then.doors) >= DOORS:
        raise Refused("session.doors", session=c.session, most=DOORS)
    yield SessionDoorOpened(
        session=c.session, area=row.area, half=c.half, anchor=c.anchor, begins=c.begins, codes=c.codes
    )


@decides(Scan)
def _scan(state: State, c: Scan, ctx: Context) -> Iterable[Event]:
    row, then = taking_place(state, c.session, ctx)
    person = who(state, c.worker, None)
    door = door_of(then, c.session, c.anchor)
    signed_by(door, c.session, c.number, c.code, ctx)
    if (person, door.half) in then.presence:
        return
    _room(then, person, c.session)
    yield SessionAttended(
        session=c.session,
        area=row.area,
        worker=c.worker,
        course=row.course,
        mode=row.mode,
        half=door.half,
        hours=row.hours,
        role=PARTICIPANT,
        via="qr",
        anchor=door.anchor,
        number=c.number,
        code=c.code,
    )


def _room(then: SessionThen, person: str, key: str) -> None:
    people = {one for one, _ in then.presence}
    if person not in people and len(people) >= PEOPLE:
        raise Refused("session.list_full", session=key, most=PEOPLE)


@decides(Attend)
def _attend(state: State, c: Attend, ctx: Context) -> Iterable[Event]:
    row, then = taking_place(state, c.session, ctx)
    person = who(state, c.worker, c.holder)
    half = half_of(state, row, c.session, c.half, ctx)
    seen = then.presence.get((person, half))
    if seen and seen.role != c.role:
        raise Refused("session.other_role", session=c.session, half=half, role=seen.role)
    if seen:
        return
    in_time(row, c.session, c.reason, ctx)
    _room(then, person, c.session)
    yield SessionAttended(
        session=c.session,
        area=row.area,
        worker=c.worker,
        holder=c.holder,
        course=row.course,
        mode=row.mode,
        half=half,
        hours=row.hours,
        role=c.role,
        via="paper",
        reason=c.reason,
    )


@decides(CorrectPresence)
def _correct(state: State, c: CorrectPresence, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, SESSIONS, c.session)
    then, person = standing(row.facts), who_of(c.worker, c.holder)
    who(state, c.worker, c.holder)
    seen = then.presence.get((person, c.half)) if then else None
    if seen is None and c.role is not None:
        raise Refused("session.not_seen", session=c.session, half=c.half)
    if seen and seen.role != c.role:
        yield SessionPresenceCorrected(
            session=c.session,
            area=row.area,
            worker=c.worker,
            holder=c.holder,
            half=c.half,
            role=c.role,
            reason=c.reason,
        )


@decides(CallOff)
def _call_off(state: State, c: CallOff, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, SESSIONS, c.session)
    then = standing(row.facts)
    if then is None or then.state == CALLED_OFF:
        return
    ctx.rule(not then.presence, "session.was_held", session=c.session, people=len(then.presence))
    yield SessionCalledOff(session=c.session, area=row.area, reason=c.reason)
