"""Rules about sessions, and about who takes part in them."""

from datetime import timedelta
from typing import Final

from events import door_code
from events.session_facts import CALLED_OFF, Door, SessionThen, half_at, standing, who_of
from services.decisions import lookups
from services.decisions.base import Context, Refused
from services.decisions.holder.table import HOLDERS
from services.decisions.session.table import SESSIONS, Session
from services.decisions.state import State
from services.decisions.worker.table import WORKERS

LATE: Final = timedelta(days=3)
"""After the end of a session, a presence needs a reason."""
PEOPLE: Final = 500
"""Most people of one session: signed up and waiting, or seen there."""
SIGN_UPS: Final = 20
"""Of one person for one session, so that no phone can fill its history."""
DOORS: Final = 200
LONGEST: Final = timedelta(days=31)
EARLY: Final = timedelta(hours=3)
"""How long before the session the first door may open."""


def who(state: State, worker: str | None, holder: str | None) -> str:
    """Return the one person that a command names. Raises Refused for none, two, or an unknown one."""
    if (worker is None) == (holder is None):
        raise Refused("session.one_person")
    if worker is not None:
        lookups.known(state, WORKERS, worker)
    elif holder is not None:
        lookups.known(state, HOLDERS, holder)
    return who_of(worker, holder)


def taking_place(state: State, key: str, ctx: Context) -> tuple[Session, SessionThen]:
    """Return a session that was not called off, as it stands after all facts."""
    row = lookups.known(state, SESSIONS, key)
    then = standing(row.facts)
    if then is None:
        raise Refused("session.unknown", session=key)
    since = next((one.at for one in row.facts if one.kind == CALLED_OFF), None)
    ctx.rule(then.state != CALLED_OFF, "session.called_off", session=key, since=since)
    return row, then


def not_begun(row: Session, key: str, ctx: Context) -> None:
    """Require that a session begins after the command's time."""
    ctx.rule(ctx.at < row.begins, "session.begun", session=key, begins=row.begins)


def half_of(state: State, row: Session, key: str, half: str | None, ctx: Context) -> str:
    """Return a half-day of the session that had begun: the one given, or that of the command's time."""
    now = half_at(ctx.at.astimezone(state.meta.zone))
    found = half or now
    if found not in row.halves:
        raise Refused("session.other_half", session=key, half=found, halves=row.halves)
    ctx.rule(found <= now, "session.not_begun", session=key, half=found)
    return found


def in_time(row: Session, key: str, reason: str | None, ctx: Context) -> None:
    """Require a reason for entries long after the session."""
    ctx.rule(reason or ctx.now <= row.ends + LATE, "session.late", session=key, ends=row.ends)


def door_of(then: SessionThen, key: str, anchor: str) -> Door:
    """Return the door whose anchor begins like this."""
    for door in then.doors:
        if door.anchor.startswith(anchor):
            return door
    raise Refused("session.no_door", session=key)


def signed_by(door: Door, key: str, number: int, code: str, ctx: Context) -> None:
    """Require that a code is the door's, and that it was scanned when it was shown. Of an observed one too:
    there is nothing to observe in a code that does not count."""
    if number >= door.codes or not door_code.leads_to(code, number, door.anchor):
        raise Refused("session.wrong_code", session=key)
    since, until = door_code.shown(door.begins, number)
    if ctx.at < since:
        raise Refused("session.early_code", session=key, since=since)
    if ctx.at >= until:
        raise Refused("session.old_code", session=key, until=until)
