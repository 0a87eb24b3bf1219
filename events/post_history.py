"""How a post was at an instant: its place, its charges and its holder, folded from its dated changes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from events.base import EventEnvelope, Personal
from events.dated import dated
from events.post import (
    PostAbolished,
    PostAppointed,
    PostCharged,
    PostCreated,
    PostMoved,
    PostRelieved,
    PostRenamed,
    PostVacated,
)


class Charge(msgspec.Struct, frozen=True, gc=False):
    """What a post answers for: a task in an area, of one trade or of all."""

    task: str
    area: str
    trade: str | None = None


class PostPlace(msgspec.Struct, frozen=True, gc=False):
    """Where a post is in the order, and where it works."""

    unit: str
    area: str
    parent: str | None = None
    first: bool = False
    kept: tuple[str, ...] = ()
    """Of a change: what was not said, and stays as it was."""

    def over(self, before: "PostPlace") -> "PostPlace":
        """Return the place after a change of one before it."""
        if not self.kept:
            return self
        return msgspec.structs.replace(self, kept=(), **{name: getattr(before, name) for name in self.kept})


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One holder's time in a post."""

    holder: str
    holder_name: Personal | None = None
    """None in the state of decisions, and once erased."""
    acts_as: str | None = None
    since: datetime
    until: datetime | None = None
    """Its end, planned or come; None = open. The instant itself is no longer part of it."""


class PostChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change; None = unchanged."""

    at: datetime
    position: int
    name: str | None = None
    place: PostPlace | None = None
    charged: Charge | None = None
    relieved: Charge | None = None
    term: Term | None = None
    vacated: bool = False
    abolished: bool = False


class PostThen(msgspec.Struct, frozen=True, kw_only=True):
    """A post at an instant."""

    name: str
    place: PostPlace
    charges: tuple[Charge, ...] = ()
    term: Term | None = None
    """The holder's; None while it is vacant."""
    vacant_since: datetime | None = None
    """None while it has a holder."""
    created_at: datetime
    abolished_at: datetime | None = None


class HasPostChanges(Protocol):
    """A post with its history, in the state of decisions or a view."""

    @property
    def changes(self) -> tuple[PostChange, ...]: ...


Posts = Mapping[str, HasPostChanges]
EVENTS = (
    PostCreated,
    PostRenamed,
    PostMoved,
    PostCharged,
    PostRelieved,
    PostAppointed,
    PostVacated,
    PostAbolished,
)


def with_change(changes: tuple[PostChange, ...], envelope: EventEnvelope) -> tuple[PostChange, ...]:
    """Return the history with what an event says."""
    new = change_of(envelope)
    return dated(changes, new) if new else changes


def change_of(envelope: EventEnvelope) -> PostChange | None:
    """Return what an event changes."""
    at, position = envelope.at, envelope.position
    match envelope.data:
        case PostCreated() as e:
            place = PostPlace(e.unit, e.area, e.parent, e.first)
            return PostChange(at, position, name=e.name, place=place)
        case PostRenamed() as e:
            return PostChange(at, position, name=e.name)
        case PostMoved() as e:
            return PostChange(at, position, place=PostPlace(e.unit, e.area, e.parent, e.first, e.kept))
        case PostCharged() as e:
            return PostChange(at, position, charged=Charge(e.task, e.area, e.trade))
        case PostRelieved() as e:
            return PostChange(at, position, relieved=Charge(e.task, e.area, e.trade))
        case _:
            return _of_holders(envelope)


def _of_holders(envelope: EventEnvelope) -> PostChange | None:
    at, position = envelope.at, envelope.position
    match envelope.data:
        case PostAppointed() as e:
            term = Term(
                holder=e.holder, holder_name=e.holder_name, acts_as=e.acts_as, since=at, until=e.until
            )
            return PostChange(at, position, term=term)
        case PostVacated():
            return PostChange(at, position, vacated=True)
        case PostAbolished():
            return PostChange(at, position, abolished=True)
        case _:
            return None


def terms(changes: Sequence[PostChange]) -> list[Term]:
    """Return all terms in their order, each ended by its end, a leaving, the next term or the post's end.

    By construction no two of them have an instant in common.
    """
    found: list[Term] = []
    for one in changes:
        if found and (one.vacated or one.abolished or one.term):
            found[-1] = _ended(found[-1], one.at)
        if one.term:
            found.append(one.term)
    return [one for one in found if one.until is None or one.since < one.until]


def unrecorded_end(changes: Sequence[PostChange]) -> Term | None:
    """Return the last term if only its planned end ends it, and no fact has recorded that."""
    last = max(terms(changes), key=lambda one: one.since, default=None)
    ended = last and last.until
    if ended is None or any((c.vacated or c.abolished or c.term) and c.at >= ended for c in changes):
        return None
    return last


def _ended(term: Term, at: datetime) -> Term:
    return term if term.until and term.until <= at else msgspec.structs.replace(term, until=at)


def covering(found: Sequence[Term], instant: datetime) -> Term | None:
    """Return the term that an instant lies in."""
    held = (one for one in found if one.since <= instant and (one.until is None or instant < one.until))
    return next(held, None)


def post_at(changes: Sequence[PostChange], instant: datetime) -> PostThen | None:
    """Return the post at an instant, abolished or not; None if it was not created yet."""
    found: PostThen | None = None
    known = [one for one in changes if one.at <= instant]
    for one in known:
        found = _step(found, one)
    if found is None:
        return None
    spans = terms(known)
    term = None if found.abolished_at else covering(spans, instant)
    ends = [one.until for one in spans if one.until and one.until <= instant]
    vacant = None if term else max(ends, default=found.created_at)
    return msgspec.structs.replace(found, term=term, vacant_since=vacant)


def _step(then: PostThen | None, one: PostChange) -> PostThen | None:
    if then is None:
        if one.place is None or one.name is None:
            return None  # observed before it was created
        return PostThen(name=one.name, place=one.place, created_at=one.at)
    charges = tuple(c for c in then.charges if c not in (one.charged, one.relieved))
    return msgspec.structs.replace(
        then,
        name=one.name or then.name,
        place=one.place.over(then.place) if one.place else then.place,
        charges=(*charges, one.charged) if one.charged else charges,
        abolished_at=then.abolished_at or (one.at if one.abolished else None),
    )


def standing(changes: Sequence[PostChange], instant: datetime) -> PostThen | None:
    """Return the post at an instant; None if there was none, not yet or no longer."""
    found = post_at(changes, instant)
    return None if found is None or found.abolished_at else found


def said_until(changes: Sequence[PostChange], field: str, instant: datetime) -> datetime | None:
    """Return until when what is said of a post's place at an instant holds; None = to this day."""
    return _first(changes, instant, lambda one: one.place is not None and field not in one.place.kept)


def charged_until(changes: Sequence[PostChange], charge: Charge, instant: datetime) -> datetime | None:
    """Return until when a post that is charged at an instant answers for it; None = to this day."""
    return _first(changes, instant, lambda one: one.relieved == charge)


def _first(
    changes: Sequence[PostChange], after: datetime, ends: Callable[[PostChange], bool]
) -> datetime | None:
    """Return when a change after an instant, or the post's end, puts an end to something."""
    return min((one.at for one in changes if one.at > after and (one.abolished or ends(one))), default=None)
