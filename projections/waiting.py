"""The board of difficulties: what is open at an instant, with whom, for how long, and what waits too long."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from events.answering import chain, index_of, risen
from events.difficulty_history import OPEN, DifficultyThen, standing
from events.post_history import post_at
from projections.difficulties import DifficultyRow

Waits = Literal["owner", "receiver", "asker"]
_DAY: Final = 86_400


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """A post that a difficulty rises through, or is with."""

    post: str
    name: str
    vacant: bool
    """It has no holder, so its duties rise to the next one."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One open difficulty."""

    difficulty: str
    category: str
    area: str
    state: str
    enterprise: str | None = None
    group: str | None = None
    owner: str
    """Post that owns it."""
    post: str
    """Post that it is with: the owner, or the one that its duties rose to."""
    post_name: str
    vacant: bool
    """Nobody holds that post."""
    path: tuple[Passed, ...] = ()
    """From the owner, or the receiving post, up to the post that it is with."""
    waits_for: Waits
    raised_at: datetime
    days: float
    """Since it was raised."""
    since: datetime
    due: datetime | None
    overdue: bool
    """It went up, or its wait is over."""
    level: int
    reopened: int
    askers: int


def waiting(
    rows: Iterable[tuple[str, DifficultyRow]], posts: Mapping[str, Any], instant: datetime
) -> list[Waiting]:
    """Return what is open at an instant: overdue ones first, then the oldest."""
    index = index_of(posts)
    found = [
        _one(key, row, then, posts, index, instant)
        for key, row in rows
        if (then := standing(row.history, instant)) and then.state in OPEN
    ]
    return sorted(found, key=lambda one: (not one.overdue, one.raised_at, one.difficulty))


def _one(
    key: str,
    row: DifficultyRow,
    then: DifficultyThen,
    posts: Mapping[str, Any],
    index: dict[str, tuple[str, ...]],
    instant: datetime,
) -> Waiting:
    asked = then.offered_to if then.state == "offered" and then.offered_to else then.owner
    post = risen(posts, index, asked, instant)
    path = _path(posts, index, asked, post, instant)
    last = path[-1]
    late = then.due is not None and then.due <= instant
    return Waiting(
        difficulty=key,
        category=row.category,
        area=row.area,
        state=then.state,
        enterprise=row.enterprise,
        group=row.group,
        owner=then.owner,
        post=post,
        post_name=last.name,
        vacant=last.vacant,
        path=path,
        waits_for=_WAITS[then.state],
        raised_at=then.raised_at,
        days=round((instant - then.raised_at).total_seconds() / _DAY, 1),
        since=then.since,
        due=then.due,
        overdue=late or (then.level > 0 and then.state != "answered"),
        level=then.level,
        reopened=then.reopened,
        askers=len(then.askers),
    )


def _path(
    posts: Mapping[str, Any], index: dict[str, tuple[str, ...]], given: str, post: str, instant: datetime
) -> tuple[Passed, ...]:
    """Return the posts from the one that was given something up to the one that it is with."""
    found: list[Passed] = []
    for key in dict.fromkeys((given, *(key for key, _ in chain(posts, index, given, instant)), post)):
        then = post_at(posts[key].changes, instant) if key in posts else None
        found.append(Passed(post=key, name=then.name if then else key, vacant=not then or then.term is None))
        if key == post:
            break
    return tuple(found)


_WAITS: Final[Mapping[str, Waits]] = {"open": "owner", "offered": "receiver", "answered": "asker"}
