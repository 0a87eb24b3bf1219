"""Posts 岗位: what each answers for, who holds it for which term, and since when it is vacant."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope, Personal
from events.dated import until
from events.holder import HolderErased
from events.post_history import EVENTS, Charge, PostChange, Term, post_at, terms, with_change
from projections.base import Row, View


class PostRow(Row, frozen=True, kw_only=True):
    """One post."""

    post: str
    name: str
    unit: str
    parent: str | None = None
    """The post to which its duties rise while it is vacant; None = the first-responsible post."""
    first: bool = False
    """Whether its holder is the first-responsible person."""
    area: str
    areas: tuple[str, ...]
    """The same, as a list: a caller who sees a part of it sees the post."""
    state: str
    """`held`, `vacant` or `abolished`. The service records the end of a term when it is reached."""
    vacant_since: datetime | None = None
    holder: str | None = None
    holder_name: Personal | None = None
    acts_as: str | None = None
    since: datetime | None = None
    """Beginning of the holder's term."""
    until: datetime | None = None
    """Planned end of the holder's term."""
    charges: tuple[Charge, ...] = ()
    """What it answers for."""
    created_at: datetime
    abolished_at: datetime | None = None
    terms: tuple[Term, ...] = ()
    """All terms until then, in their order."""
    changed: int = 0
    """Position of the last change."""
    changes: tuple[PostChange, ...] = ()
    """Its dated history."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    if isinstance(e, HolderErased):
        return e.posts
    return (e.post,) if isinstance(e, EVENTS) else ()


def evolve(row: PostRow | None, envelope: EventEnvelope, key: str) -> PostRow | None:
    e = envelope.data
    if isinstance(e, HolderErased):
        return _erased(row, e.holder) if row else None
    changes = with_change(row.changes if row else (), envelope)
    return _row(key, changes, changes[-1].at if changes else envelope.at, envelope.position)


def _row(key: str, changes: tuple[PostChange, ...], instant: datetime, position: int) -> PostRow | None:
    then = post_at(changes, instant)
    if then is None:
        return None
    term, place = then.term, then.place
    return PostRow(
        post=key,
        name=then.name,
        unit=place.unit,
        parent=place.parent,
        first=place.first,
        area=place.area,
        areas=(place.area,),
        state="abolished" if then.abolished_at else "held" if term else "vacant",
        vacant_since=None if then.abolished_at else then.vacant_since,
        holder=term.holder if term else None,
        holder_name=term.holder_name if term else None,
        acts_as=term.acts_as if term else None,
        since=term.since if term else None,
        until=term.until if term else None,
        charges=then.charges,
        created_at=then.created_at,
        abolished_at=then.abolished_at,
        terms=tuple(terms(changes)),
        changed=position,
        changes=changes,
    )


def _erased(row: PostRow, holder: str) -> PostRow:
    """Return the row without one holder's name; their terms stay."""
    return msgspec.structs.replace(
        row,
        holder_name=None if row.holder == holder else row.holder_name,
        terms=tuple(_nameless(one, holder) for one in row.terms),
        changes=tuple(
            msgspec.structs.replace(one, term=_nameless(one.term, holder)) if one.term else one
            for one in row.changes
        ),
    )


def _nameless(term: Term, holder: str) -> Term:
    return msgspec.structs.replace(term, holder_name=None) if term.holder == holder else term


def at(row: PostRow, instant: datetime) -> PostRow | None:
    """Return the post as it was: its name, place, charges and holder of that time."""
    return _row(row.post, until(row.changes, instant), instant, row.changed)


VIEW = View(
    name="posts",
    row=PostRow,
    keys=keys,
    evolve=evolve,
    events=(*EVENTS, HolderErased),
    filters=("post", "area", "unit", "parent", "state", "first", "holder", "vacant_since", "until", "name"),
    at=at,
)
