"""What something of the alliance was at an instant: from its dated facts, in whatever order they came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from events.activity import (
    ActivityAnnounced,
    ActivityAttended,
    ActivityCalledOff,
    ActivitySignedOff,
    ActivitySignedUp,
)
from events.alliance import (
    AllyJoined,
    AllyLeft,
    CommitmentDone,
    CommitmentDropped,
    CommitmentMade,
    CommitmentRated,
    MeetingHeld,
    ReliefAdopted,
    ReliefEnded,
    ReliefGranted,
)
from events.base import EventEnvelope
from events.dated import until
from events.refs import subject_field

ALLIES: Final = (AllyJoined, AllyLeft)
MEETINGS: Final = (MeetingHeld,)
COMMITMENTS: Final = (CommitmentMade, CommitmentDone, CommitmentDropped, CommitmentRated)
RELIEFS: Final = (ReliefAdopted, ReliefGranted, ReliefEnded)
ACTIVITIES: Final = (
    ActivityAnnounced,
    ActivitySignedUp,
    ActivitySignedOff,
    ActivityAttended,
    ActivityCalledOff,
)
STATES: Final = {
    "joined": "member",
    "left": "gone",
    "held": "held",
    "made": "open",
    "done": "done",
    "dropped": "dropped",
    "adopted": "in_force",
    "ended": "ended",
    "announced": "announced",
    "called_off": "called_off",
}
"""Kind of fact -> the state that it begins. Other facts change none."""
ENDED: Final = ("done", "dropped", "ended", "called_off")
"""Only a late fact about an earlier time ends them again."""


class AllianceFact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One dated fact, and where in the log it stands."""

    at: datetime
    position: int
    kind: str
    """The verb of its event."""
    by: str = ""
    who: str | None = None
    """Worker or enterprise that it is about."""
    score: int | None = None
    reason: str | None = None
    note: str | None = None


class AllianceThen(msgspec.Struct, frozen=True, kw_only=True):
    """Something of the alliance at an instant."""

    state: str
    began: datetime
    since: datetime
    """Since when it is in this state."""
    ended_at: datetime | None = None
    reason: str | None = None
    who: tuple[str, ...] = ()
    """Those signed up, or the enterprises that received it."""
    came: tuple[str, ...] = ()
    """Those who attended."""
    score: int | None = None
    """The last rating."""


_as = msgspec.structs.replace


def fact_of(envelope: EventEnvelope) -> tuple[str, AllianceFact]:
    """Return (id, fact) of an event of the alliance."""
    e = envelope.data
    key: str = getattr(e, str(subject_field(type(e))))
    return key, AllianceFact(
        at=envelope.at,
        position=envelope.position,
        kind=envelope.name.partition(".")[2],
        by=envelope.actor,
        who=getattr(e, "worker", None) or getattr(e, "enterprise", None),
        score=getattr(e, "score", None),
        reason=getattr(e, "reason", None),
        note=getattr(e, "note", None),
    )


def standing(facts: Sequence[AllianceFact], instant: datetime | None = None) -> AllianceThen | None:
    """Return it at an instant, or after all its facts; None before it began."""
    then: AllianceThen | None = None
    for fact in facts if instant is None else until(facts, instant):
        then = _after(then, fact)
    return then


def _after(then: AllianceThen | None, fact: AllianceFact) -> AllianceThen | None:
    begins = fact.kind in ("joined", "held", "made", "adopted", "announced")
    if then is None:
        state = STATES[fact.kind] if begins else ""
        return AllianceThen(state=state, began=fact.at, since=fact.at) if begins else None
    match fact.kind:
        case "signed_up" | "granted" if fact.who and fact.who not in then.who:
            return _as(then, who=(*then.who, fact.who))
        case "signed_off":
            return _as(then, who=tuple(one for one in then.who if one != fact.who))
        case "attended" if fact.who and fact.who not in then.came:
            return _as(then, came=(*then.came, fact.who))
        case "rated":
            return _as(then, score=fact.score)
        case kind if kind in STATES and then.state not in ENDED:
            ended = None if begins else fact.at
            return _as(then, state=STATES[kind], since=fact.at, ended_at=ended, reason=fact.reason)
        case _:
            return then
