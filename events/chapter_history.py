"""What a chapter was at an instant: computed from its dated facts, in whatever order they were recorded."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from events.base import Event, EventEnvelope
from events.chapter import (
    ChapterDissolved,
    ChapterFormed,
    ChapterJoined,
    ChapterLeft,
    ChapterMerged,
    ChapterRenewed,
)

FORMED: Final = "formed"
RENEWED: Final = "renewed"
JOINED: Final = "joined"
LEFT: Final = "left"
TOOK_OVER: Final = "took_over"
MERGED: Final = "merged"
DISSOLVED: Final = "dissolved"

ALIVE: Final = "alive"
"""A chapter whose term has run out is overdue and lives on, until it is merged or dissolved."""
ENDS: Final = (MERGED, DISSOLVED)


class ChapterFact(msgspec.Struct, frozen=True, gc=False):
    """One dated fact about a chapter, and where in the log it stands."""

    at: datetime
    position: int
    kind: str
    """formed, renewed, joined, left, took_over, merged or dissolved."""
    by: str = ""
    """Who recorded it."""
    enterprises: tuple[str, ...] = ()
    """Those it brings, takes away, or ends with."""
    ends: datetime | None = None
    """End of the term that it begins."""
    other: str | None = None
    """The chapter it merged into, or took over."""
    reason: str | None = None


FACTS: Final[tuple[type[Event], ...]] = (
    ChapterFormed,
    ChapterRenewed,
    ChapterJoined,
    ChapterLeft,
    ChapterMerged,
    ChapterDissolved,
)
"""Events that are facts of a chapter's history."""


class Standing(msgspec.Struct, frozen=True):
    """A chapter at an instant."""

    state: str
    """alive, merged or dissolved."""
    enterprises: tuple[str, ...]
    since: datetime
    """Begin of the present or last term."""
    ends: datetime | None
    ended_at: datetime | None = None
    into: str | None = None


class ChapterTerm(msgspec.Struct, frozen=True):
    """One term: from its begin to the next one or to the end of the chapter."""

    since: datetime
    ends: datetime | None
    """When it was to end."""
    until: datetime | None
    """When it ended; None = it still runs."""


class Tie(msgspec.Struct, frozen=True, gc=False):
    """A time during which an enterprise belonged to the living chapter, with the facts that began and ended
    it."""

    enterprise: str
    since: datetime
    until: datetime | None
    began: int
    """Position of the fact."""
    ended: int | None = None


def facts_of(envelope: EventEnvelope) -> dict[str, ChapterFact]:
    """Return the facts that an event reports, by chapter. A merger is a fact of both."""
    fact = ChapterFact(envelope.at, envelope.position, "", by=envelope.actor)
    match envelope.data:
        case ChapterFormed() as e:
            return {e.chapter: _as(fact, kind=FORMED, enterprises=e.enterprises, ends=e.ends)}
        case ChapterRenewed() as e:
            return {e.chapter: _as(fact, kind=RENEWED, ends=e.ends)}
        case ChapterJoined() as e:
            return {e.chapter: _as(fact, kind=JOINED, enterprises=(e.enterprise,))}
        case ChapterLeft() as e:
            return {e.chapter: _as(fact, kind=LEFT, enterprises=(e.enterprise,))}
        case ChapterMerged() as e:
            given = _as(fact, enterprises=e.enterprises)
            return {
                e.chapter: _as(given, kind=MERGED, other=e.into),
                e.into: _as(given, kind=TOOK_OVER, other=e.chapter),
            }
        case ChapterDissolved() as e:
            return {e.chapter: _as(fact, kind=DISSOLVED, reason=e.reason)}
        case _:
            return {}


_as = msgspec.structs.replace


def standing(facts: Sequence[ChapterFact], instant: datetime | None = None) -> Standing | None:
    """Return the chapter at an instant, or after all its facts; None before it was formed."""
    lived = list(_lived(facts, instant))
    if not lived:
        return None
    first = lived[0]
    last, since, ends = first, first.at, first.ends
    members = dict.fromkeys(first.enterprises)
    for last in lived[1:]:
        if last.kind == RENEWED:
            since, ends = last.at, last.ends
        _change(members, last)
    if last.kind in ENDS:
        return Standing(last.kind, (), since, ends, last.at, last.other)
    return Standing(ALIVE, tuple(members), since, ends)


def void_leaving(facts: Sequence[ChapterFact]) -> ChapterFact | None:
    """Return the first leaving of an enterprise that did not belong to the chapter; None if all did."""
    members: dict[str, None] = {}
    for fact in _lived(facts):
        if fact.kind == LEFT and not members.keys() >= {*fact.enterprises}:
            return fact
        _change(members, fact)
    return None


def ties(facts: Sequence[ChapterFact]) -> list[Tie]:
    """Return when which enterprises belonged to the living chapter."""
    found: list[Tie] = []
    open_: dict[str, ChapterFact] = {}
    for fact in _lived(facts):
        if fact.kind in ENDS or fact.kind == LEFT:
            gone = tuple(open_) if fact.kind in ENDS else fact.enterprises
            found += [_tie(one, open_.pop(one), fact) for one in gone if one in open_]
        else:
            for enterprise in fact.enterprises:
                open_.setdefault(enterprise, fact)
    return found + [_tie(one, begin) for one, begin in open_.items()]


def _tie(enterprise: str, begin: ChapterFact, end: ChapterFact | None = None) -> Tie:
    if end is None:
        return Tie(enterprise, begin.at, None, begin.position)
    return Tie(enterprise, begin.at, end.at, begin.position, end.position)


def terms(facts: Sequence[ChapterFact], instant: datetime | None = None) -> list[ChapterTerm]:
    """Return the terms begun by an instant, or all of them."""
    found: list[ChapterTerm] = []
    for fact in _lived(facts, instant):
        if found and fact.kind in (RENEWED, *ENDS):
            found[-1] = msgspec.structs.replace(found[-1], until=fact.at)
        if fact.kind in (FORMED, RENEWED):
            found.append(ChapterTerm(fact.at, fact.ends, None))
    return found


def _change(members: dict[str, None], fact: ChapterFact) -> None:
    for enterprise in fact.enterprises:
        if fact.kind == LEFT:
            members.pop(enterprise, None)
        elif fact.kind not in ENDS:
            members[enterprise] = None


def _lived(facts: Iterable[ChapterFact], instant: datetime | None = None) -> Iterator[ChapterFact]:
    """Yield the facts from the formation to the end, up to an instant. What is dated outside has no effect:
    it can only come from an observed report."""
    begun = False
    for fact in facts:
        if instant is not None and fact.at > instant:
            return
        begun = begun or fact.kind == FORMED
        if begun:
            yield fact
        if begun and fact.kind in ENDS:
            return
