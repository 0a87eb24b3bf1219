"""Who answers for what at an instant: the post charged with it, or the one its duty rises to while vacant."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec

from events.area import parents
from events.post_history import Charge, PostChange, Posts, PostThen, Term, post_at, standing

ACTING_SCOPES: Final = ("dispatcher", "admin")
"""Scopes of the access tokens that may act for a holder."""


FIRST: Final = "first"
"""Key under which an index has the posts that were ever first-responsible."""
Index = Mapping[str, tuple[str, ...]]
"""Key of a charge -> the posts that ever had it."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for a task in an area and trade."""

    charge: Charge
    """The charge that covers what was asked for; it may be of a larger area, or of all trades."""
    charged: str
    """The post that is charged with it."""
    post: str | None
    """The post that answers: the charged one, or the next above it with a holder. None if all are vacant."""
    passed: tuple[str, ...] = ()
    """The vacant posts that the duty rose through, the charged one first."""
    term: Term | None = None
    """The term of the answering post's holder."""


def charge_key(charge: Charge) -> str:
    """Return the key of a charge in an index."""
    return f"{charge.task}/{charge.area}/{charge.trade or ''}"


def index_of(posts: Posts) -> dict[str, tuple[str, ...]]:
    """Return which posts ever had each charge."""
    found: dict[str, tuple[str, ...]] = {}
    for key, row in posts.items():
        for entry in dict.fromkeys(entry for one in row.changes for entry in index_keys(one)):
            found[entry] = (*found.get(entry, ()), key)
    return found


def index_keys(change: PostChange) -> tuple[str, ...]:
    """Return under which keys an index has the post of a change."""
    charged = (charge_key(change.charged),) if change.charged else ()
    return (*charged, FIRST) if change.place and change.place.first else charged


def covering(task: str, area: str, trade: str | None) -> Iterator[Charge]:
    """Yield the charges that cover something, the most special first.

    A post that answers for the trade goes before one that answers for all trades; within that, the nearest
    area goes first.
    """
    for own in dict.fromkeys((trade, None)):
        for place in (area, *parents(area)):
            yield Charge(task, place, own)


def charged_with(posts: Posts, index: Index, charge: Charge, instant: datetime) -> str | None:
    """Return the post that has exactly this charge at an instant: if observed facts gave it to several, the
    one that got it last."""
    has = [key for key in index.get(charge_key(charge), ()) if _has(posts, key, charge, instant)]
    return max(has, key=lambda key: (_since(posts, key, charge, instant), key), default=None)


def _has(posts: Posts, key: str, charge: Charge, instant: datetime) -> bool:
    then = standing(posts[key].changes, instant)
    return then is not None and charge in then.charges


def _since(posts: Posts, key: str, charge: Charge, instant: datetime) -> datetime:
    return max(one.at for one in posts[key].changes if one.charged == charge and one.at <= instant)


def answering(
    posts: Posts, index: Index, task: str, area: str, trade: str | None, instant: datetime
) -> Answer | None:
    """Return who answers for a task in an area and trade at an instant; None if no post is charged."""
    for charge in covering(task, area, trade):
        charged = charged_with(posts, index, charge, instant)
        if charged is not None:
            return _risen(posts, index, charge, charged, instant)
    return None


def _risen(posts: Posts, index: Index, charge: Charge, charged: str, instant: datetime) -> Answer:
    passed: list[str] = []
    for key, then in chain(posts, index, charged, instant):
        if then.term:
            return Answer(charge=charge, charged=charged, post=key, passed=tuple(passed), term=then.term)
        passed.append(key)
    return Answer(charge=charge, charged=charged, post=None, passed=tuple(passed))


def chain(posts: Posts, index: Index, post: str, instant: datetime) -> Iterator[tuple[str, PostThen]]:
    """Yield a post and those above it that stand, up to the first-responsible one."""
    seen = set[str]()
    for start in (post, first_responsible(posts, index, instant)):
        key = start
        while key is not None and key not in seen and key in posts:
            seen.add(key)
            then = post_at(posts[key].changes, instant)
            if then is not None and then.abolished_at is None:
                yield key, then
            key = then.place.parent if then else None


def risen(posts: Posts, index: Index, post: str, instant: datetime) -> str:
    """Return the post that a post's duties are with: itself, or the next above it with a holder.

    If all are vacant, the first of them that stands; if none stands any more, the post itself: a duty is with
    a post at every instant.
    """
    higher = list(chain(posts, index, post, instant))
    held = (key for key, then in higher if then.term)
    return next(held, higher[0][0] if higher else post)


def first_responsible(posts: Posts, index: Index, instant: datetime) -> str | None:
    """Return the first-responsible post at an instant."""
    for key in index.get(FIRST, ()):
        then = standing(posts[key].changes, instant)
        if then is not None and then.place.first:
            return key
    return None


def acts(term: Term | None, actor: str) -> bool:
    """Whether an actor of the log, such as `dispatcher/desk`, acts for the holder of a term."""
    if term is None or term.acts_as is None:
        return False
    return actor in (term.acts_as, *(f"{scope}/{term.acts_as}" for scope in ACTING_SCOPES))
