"""How a training session was at an instant: places, waiting list, doors and presence, from its facts.

Facts are applied in the order in which they were decided: a place stays with the person to whom it was
promised. A correction counts from the half-day that it corrects, whenever it was entered.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from events.base import EventEnvelope
from events.session import (
    PARTICIPANT,
    PersonEvent,
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

EVENTS: Final = (
    SessionPlanned,
    SessionResized,
    SessionSignedUp,
    SessionSignedOff,
    SessionPromoted,
    SessionDoorOpened,
    SessionAttended,
    SessionPresenceCorrected,
    SessionCalledOff,
)
PLANNED: Final = "planned"
CALLED_OFF: Final = "called_off"
CORRECTED: Final = "presence_corrected"
NOON: Final = 12
_HALF_DAY: Final = timedelta(hours=12)


class Door(msgspec.Struct, frozen=True, gc=False):
    """A screen at the door, for one half-day."""

    half: str
    anchor: str
    begins: datetime
    codes: int


class Presence(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Somebody was there on a half-day."""

    who: str
    """`worker/ID` or `holder/ID`."""
    half: str
    role: str
    via: str
    at: datetime


class SessionFact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One fact, and where in the log it stands."""

    at: datetime
    position: int
    kind: str
    """The verb of its event."""
    by: str = ""
    who: str | None = None
    waits: bool = False
    half: str | None = None
    role: str | None = None
    via: str | None = None
    places: int | None = None
    door: Door | None = None
    anchor: str | None = None
    """Of a scan: the door, and the number and the code that were shown there."""
    number: int | None = None
    code: str | None = None
    reason: str | None = None


class SessionThen(msgspec.Struct, frozen=True, kw_only=True):
    """A session at an instant."""

    state: str = PLANNED
    places: int | None = None
    signed: tuple[str, ...] = ()
    """Those who have a place."""
    waiting: tuple[str, ...] = ()
    """Those who wait for one, in their order."""
    presence: Mapping[tuple[str, str], Presence] = {}
    """(who, half-day) -> what was seen."""
    doors: tuple[Door, ...] = ()
    reason: str | None = None

    @property
    def room(self) -> int | None:
        """Places left; None = no limit."""
        return None if self.places is None else max(0, self.places - len(self.signed))


_as = msgspec.structs.replace


def who_of(worker: str | None, holder: str | None) -> str:
    """Return `worker/ID` or `holder/ID`."""
    return f"worker/{worker}" if worker is not None else f"holder/{holder}"


def ids_of(who: str) -> tuple[str | None, str | None]:
    """Return (worker, holder), one of which is None."""
    kind, _, key = who.partition("/")
    return (key, None) if kind == "worker" else (None, key)


def fact_of(envelope: EventEnvelope) -> tuple[str, SessionFact]:
    """Return (session, fact) of an event of a session."""
    e: Any = envelope.data
    door = Door(e.half, e.anchor, e.begins, e.codes) if isinstance(e, SessionDoorOpened) else None
    return e.session, SessionFact(
        at=envelope.at,
        position=envelope.position,
        kind=envelope.name.partition(".")[2],
        by=envelope.actor,
        who=who_of(e.worker, e.holder) if isinstance(e, PersonEvent) else None,
        waits=getattr(e, "waits", False),
        half=getattr(e, "half", None),
        role=getattr(e, "role", None),
        via=getattr(e, "via", None),
        places=getattr(e, "places", None),
        door=door,
        anchor=None if door else getattr(e, "anchor", None),
        number=getattr(e, "number", None),
        code=getattr(e, "code", None),
        reason=getattr(e, "reason", None),
    )


def standing(facts: Sequence[SessionFact], instant: datetime | None = None) -> SessionThen | None:
    """Return a session at an instant, or after all its facts; None before it was planned."""
    then: SessionThen | None = None
    presence: dict[tuple[str, str], Presence] = {}
    for fact in facts:
        if instant is None or fact.at <= instant or fact.kind == CORRECTED:
            then = _after(then, fact)
            _seen(presence, fact)
    return then and _as(then, presence=presence)


def _after(then: SessionThen | None, fact: SessionFact) -> SessionThen | None:
    if fact.kind == "planned":
        return SessionThen(places=fact.places)
    if then is None:
        return None
    match fact.kind:
        case "resized":
            return _as(then, places=fact.places)
        case "door_opened" if fact.door:
            return _as(then, doors=(*then.doors, fact.door))
        case "called_off":
            return _as(then, state=CALLED_OFF, reason=fact.reason)
        case _:
            return _placed(then, fact)


def _placed(then: SessionThen, fact: SessionFact) -> SessionThen:
    """Return the session with one person more or less in its lists."""
    if fact.kind not in ("signed_up", "signed_off", "promoted") or fact.who is None:
        return then
    signed = tuple(one for one in then.signed if one != fact.who)
    waiting = tuple(one for one in then.waiting if one != fact.who)
    known = len(signed) + len(waiting) < len(then.signed) + len(then.waiting)
    if fact.kind == "promoted":  # of a time before they signed up, it says nothing
        signed = (*signed, fact.who) if known else signed
    elif fact.kind == "signed_up":
        signed, waiting = (signed, (*waiting, fact.who)) if fact.waits else ((*signed, fact.who), waiting)
    return _as(then, signed=signed, waiting=waiting)


def _seen(presence: dict[tuple[str, str], Presence], fact: SessionFact) -> None:
    if fact.who is None or fact.half is None:
        return
    key = fact.who, fact.half
    known = presence.get(key)
    if fact.kind == "attended":
        presence.setdefault(
            key, Presence(fact.who, fact.half, fact.role or PARTICIPANT, fact.via or "paper", fact.at)
        )
    elif fact.role is None:
        presence.pop(key, None)
    elif known:
        presence[key] = _as(known, role=fact.role)


def halves(begins: datetime, ends: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the half-days that a time touches, in the local days of a zone: until noon, and from noon on."""
    since, until = begins.astimezone(zone).replace(tzinfo=None), ends.astimezone(zone).replace(tzinfo=None)
    at = since.replace(hour=0 if since.hour < NOON else NOON, minute=0, second=0, microsecond=0)
    found: list[str] = []
    while at < until:
        found.append(half_at(at))
        at += _HALF_DAY
    return tuple(found)


def half_at(local: datetime) -> str:
    """Return the half-day of a local time, such as `2022-03-05.am`."""
    return f"{local.date().isoformat()}.{'am' if local.hour < NOON else 'pm'}"


def trained(presence: Iterable[Presence]) -> set[str]:
    """Return those who took part, and did not only teach or organise."""
    return {one.who for one in presence if one.role == PARTICIPANT}
