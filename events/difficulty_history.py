"""What a difficulty was at an instant: computed from its dated facts, in whatever order they were recorded.

A fact that does not fit the state it meets has no effect: it can only come from an observed report.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from events.base import Event, EventEnvelope, Personal
from events.dated import until
from events.difficulty import (
    DifficultyAnswered,
    DifficultyAttached,
    DifficultyClosed,
    DifficultyConfirmed,
    DifficultyDeclined,
    DifficultyEscalated,
    DifficultyFollowed,
    DifficultyLapsed,
    DifficultyMerged,
    DifficultyOffered,
    DifficultyRaised,
    DifficultyReopened,
    DifficultyReturned,
    DifficultySettled,
    DifficultyTaken,
    DifficultyWaitsSet,
    DifficultyWithdrawn,
    Medium,
)

OPEN: Final = ("open", "offered", "answered")
"""open: with its owner. offered: another post is asked. answered: the asker's word is awaited."""
ENDS: Final = ("solved", "declined", "withdrawn", "closed")
MERGED: Final = "merged"
"""Counts at its original."""
STATES: Final = (*OPEN, *ENDS, MERGED)
ACTIVE: Final = ("open", "offered")
"""The owner can act."""
REOPENS: Final = ("answered", "solved", "declined", "closed")
"""The asker can say that it is not solved."""
MOST_ASKERS: Final = 500
MOST_FILES: Final = 5
"""Photos and recordings of one difficulty."""
TOOK_OVER: Final = "took_over"


class Attached(msgspec.Struct, frozen=True):
    """A photo or a recording from the asker, and when it arrived."""

    medium: Medium
    file: str
    at: datetime


class DifficultyFact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One dated fact about a difficulty, and where in the log it stands."""

    at: datetime
    position: int
    kind: str
    """The verb of its event; `took_over` when another one was merged into this."""
    by: str = ""
    """Who recorded it."""
    owner: str | None = None
    to: str | None = None
    """Post that is asked to take it on."""
    due: datetime | None = None
    """When the wait that it begins is over."""
    level: int = 0
    askers: tuple[str, ...] = ()
    """Whose word it is, or who is merged."""
    other: str | None = None
    """The one that it was merged into, or took over."""
    reason: str | None = None
    note: str | None = None
    text: Personal | None = None
    """What the asker or the owner says. None in the state of decisions, and once erased."""
    post: str | None = None
    """Post that answers from then on, if that is not the owner."""
    works: tuple[str, ...] = ()
    """Where the posts work that have it from then on, or are asked to take it on."""
    to_works: tuple[str, ...] = ()
    """It followed its post: where the posts work that are asked to take it on."""
    medium: Medium | None = None
    file: str | None = None


class DifficultyThen(msgspec.Struct, frozen=True, kw_only=True):
    """A difficulty at an instant."""

    state: str
    owner: str
    post: str
    """Post that answers for it: the owner, or the one that its duties rose to."""
    raised_at: datetime
    since: datetime
    """Since when it is in this state, or with this owner."""
    offered_to: str | None = None
    due: datetime | None = None
    level: int = 0
    lapses: int = 0
    """Offers that nobody answered."""
    reopened: int = 0
    askers: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    """Askers who said that it is solved, since it was answered last."""
    into: str | None = None
    reason: str | None = None
    ended_at: datetime | None = None
    works: tuple[str, ...] = ()
    """Where the owner works, and the post that answers for it."""
    to_works: tuple[str, ...] = ()
    """Where the post works that is asked to take it on, and the one that its duties rose to."""
    files: tuple[Attached, ...] = ()

    @property
    def passed(self) -> tuple[str, ...]:
        """Areas of the posts that have it, or are asked to."""
        return tuple(dict.fromkeys((*self.works, *self.to_works)))


FACTS: Final[tuple[type[Event], ...]] = (
    DifficultyRaised,
    DifficultyOffered,
    DifficultyTaken,
    DifficultyReturned,
    DifficultyLapsed,
    DifficultyEscalated,
    DifficultyFollowed,
    DifficultyAnswered,
    DifficultyConfirmed,
    DifficultySettled,
    DifficultyReopened,
    DifficultyDeclined,
    DifficultyClosed,
    DifficultyWithdrawn,
    DifficultyMerged,
    DifficultyAttached,
)
"""Events that are facts of a difficulty's history."""
_as = msgspec.structs.replace


def facts_of(envelope: EventEnvelope) -> dict[str, DifficultyFact]:
    """Return the facts that an event reports, by difficulty. A merger is a fact of both."""
    e = envelope.data
    if not isinstance(e, FACTS):
        return {}
    key: str = e.difficulty  # type: ignore[attr-defined]
    verb = envelope.name.partition(".")[2]
    fact = DifficultyFact(
        at=envelope.at,
        position=envelope.position,
        kind=verb,
        by=envelope.actor,
        owner=getattr(e, "owner", None),
        to=getattr(e, "to", None),
        due=getattr(e, "due", None) or getattr(e, "until", None),
        level=getattr(e, "level", 0),
        askers=_askers(e, key),
        reason=getattr(e, "reason", None),
        note=getattr(e, "note", None),
        text=_said(e),
        post=getattr(e, "post", None),
        works=_works(e),
        to_works=getattr(e, "to_areas", ()),
        medium=getattr(e, "medium", None),
        file=getattr(e, "file", None),
    )
    if not isinstance(e, DifficultyMerged):
        return {key: fact}
    return {key: _as(fact, other=e.into), e.into: _as(fact, kind=TOOK_OVER, other=key)}


def _works(e: Event) -> tuple[str, ...]:
    """Return where the posts work that have it from then on, or are asked to take it on."""
    if isinstance(e, DifficultyFollowed):
        return e.areas
    one: str | None = getattr(e, "owner_area", None) or getattr(e, "to_area", None)
    return (one,) if one else ()


def _said(e: Event) -> str | None:
    """Return what an event says in words; the text of the difficulty itself is in its row."""
    if isinstance(e, DifficultyRaised):
        return None
    return getattr(e, "answer", None) or getattr(e, "text", None)


def _askers(e: Event, key: str) -> tuple[str, ...]:
    match e:
        case DifficultyRaised():
            return (key,)
        case DifficultyMerged():
            return e.askers
        case DifficultyConfirmed() | DifficultyReopened():
            return (e.asker,)
        case _:
            return ()


Step = Callable[[DifficultyThen, DifficultyFact], DifficultyThen]


def standing(facts: Sequence[DifficultyFact], instant: datetime | None = None) -> DifficultyThen | None:
    """Return the difficulty at an instant, or after all its facts; None before it was raised."""
    then: DifficultyThen | None = None
    for fact in facts if instant is None else until(facts, instant):
        then = _after(then, fact)
    return then


def fits(then: DifficultyThen | None, kind: str) -> bool:
    """Whether a fact of this kind has an effect on a difficulty in this state."""
    if then is None:
        return kind == "raised"
    return kind in _STEPS and then.state in _STEPS[kind][0]


def _after(then: DifficultyThen | None, fact: DifficultyFact) -> DifficultyThen | None:
    if then is None:
        if fact.kind != "raised" or fact.owner is None:
            return None
        return DifficultyThen(
            state="open",
            owner=fact.owner,
            post=fact.owner,
            raised_at=fact.at,
            since=fact.at,
            due=fact.due,
            askers=fact.askers,
            works=fact.works,
        )
    return _STEPS[fact.kind][1](then, fact) if fits(then, fact.kind) else then


def _with_owner(then: DifficultyThen, fact: DifficultyFact) -> DifficultyThen:
    return _as(
        then,
        state="open",
        owner=fact.owner or then.owner,
        post=fact.owner or then.post,
        works=fact.works if fact.owner else then.works,
        since=fact.at,
        due=fact.due,
        offered_to=None,
        to_works=(),
        level=max(then.level, fact.level),
        lapses=then.lapses + (fact.kind == "lapsed"),
    )


def _offered(then: DifficultyThen, fact: DifficultyFact) -> DifficultyThen:
    return _as(then, state="offered", since=fact.at, offered_to=fact.to, due=fact.due, to_works=fact.works)


def _followed(then: DifficultyThen, fact: DifficultyFact) -> DifficultyThen:
    owner = fact.owner or then.owner
    return _as(
        then,
        owner=owner,
        post=fact.post or owner,
        works=fact.works,
        to_works=fact.to_works if then.offered_to else (),
        since=then.since if owner == then.owner else fact.at,
    )


def _answered(then: DifficultyThen, fact: DifficultyFact) -> DifficultyThen:
    return _as(
        then,
        state="answered",
        since=fact.at,
        offered_to=None,
        to_works=(),
        due=fact.due,
        confirmed=(),
    )


def _confirmed(then: DifficultyThen, fact: DifficultyFact) -> DifficultyThen:
    confirmed = tuple(dict.fromkeys((*then.confirmed, *fact.askers)))
    after = _as(then, confirmed=confirmed)
    return _ended(after, _as(fact, kind="solved")) if set(then.askers) <= set(confirmed) else after


def _settled(then: DifficultyThen, fact: DifficultyFact) -> DifficultyThen:
    return _ended(then, _as(fact, kind="solved"))


def _reopened(then: DifficultyThen, fact: DifficultyFact) -> DifficultyThen:
    return _as(
        then,
        state="open",
        since=fact.at,
        due=fact.due,
        confirmed=(),
        reason=None,
        ended_at=None,
        reopened=then.reopened + 1,
    )


def _ended(then: DifficultyThen, fact: DifficultyFact) -> DifficultyThen:
    return _as(
        then,
        state=fact.kind,
        since=fact.at,
        ended_at=fact.at,
        due=None,
        offered_to=None,
        to_works=(),
        reason=fact.reason,
        into=fact.other,
    )


def _took_over(then: DifficultyThen, fact: DifficultyFact) -> DifficultyThen:
    return _as(then, askers=tuple(dict.fromkeys((*then.askers, *fact.askers))))


def _attached(then: DifficultyThen, fact: DifficultyFact) -> DifficultyThen:
    if fact.medium is None or fact.file is None or fact.file in (one.file for one in then.files):
        return then
    return _as(then, files=(*then.files, Attached(fact.medium, fact.file, fact.at)))


_STEPS: Final[Mapping[str, tuple[tuple[str, ...], Step]]] = {
    "offered": (ACTIVE, _offered),
    "taken": (("offered",), _with_owner),
    "returned": (("offered",), _with_owner),
    "lapsed": (("offered",), _with_owner),
    "escalated": (("open",), _with_owner),
    "followed": (OPEN, _followed),
    "answered": (ACTIVE, _answered),
    "confirmed": (("answered",), _confirmed),
    "settled": (("answered",), _settled),
    "reopened": (REOPENS, _reopened),
    "declined": (ACTIVE, _ended),
    "closed": (ACTIVE, _ended),
    "withdrawn": (OPEN, _ended),
    "merged": (OPEN, _ended),
    TOOK_OVER: ((*OPEN, *ENDS), _took_over),
    "attached": (STATES, _attached),
}
"""Kind of fact -> the states in which it has an effect, and what that is."""


# -- waits -------------------------------------------------------------------------------------------------

DEFAULTS: Final[Mapping[str, int | None]] = {"act": 10, "offer": 3, "confirm": 7}
"""Days that each wait has."""


class Windows(msgspec.Struct, frozen=True, gc=False):
    """Days that each wait has, from an instant on."""

    at: datetime
    position: int
    days: dict[str, int | None]


def days_of(e: DifficultyWaitsSet) -> dict[str, int | None]:
    """Return the days by wait."""
    return {wait: getattr(e, wait) for wait in DEFAULTS}


def allowed(settings: Iterable[Windows], wait: str, since: datetime) -> int | None:
    """Return the days that a wait has that begins then; None if it has no end."""
    known = [one for one in settings if one.at <= since]
    chosen = max(known, key=lambda one: (one.at, one.position), default=None)
    return chosen.days.get(wait) if chosen else DEFAULTS[wait]
