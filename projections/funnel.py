"""The funnel of three reviews: how many enterprises are at each place and for how long, and what is overdue,
by name and post."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from events.answering import Answer, Index, answering
from events.area import inside
from events.enterprise_facts import OPEN
from events.review import Turn
from events.review_path import PLACES, Deadlines, Place, Review, awaited, due
from projections.enterprises import EnterpriseRow, at
from projections.posts import PostRow
from projections.where import lies_in

AGES: Final = (2, 5, 10)
"""Ages in days by which enterprises at a place are counted; more is the rest."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One place in the path."""

    place: Place
    enterprises: int = 0
    ages: tuple[int, ...] = (0,) * (len(AGES) + 1)
    """Enterprises that are there for up to 2, 5 and 10 days, and for longer."""
    overdue: int = 0
    oldest: datetime | None = None
    """Since when the first of them is there."""


class Overdue(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise whose place was silent past its deadline."""

    enterprise: str
    name: str
    area: str
    trade: str | None
    place: Place
    since: datetime
    due: datetime
    """When this place, or the post that it went up to last, should have answered."""
    level: int
    """How often it was escalated."""
    posts: tuple[str, ...]
    """The posts that answer for it now, or to which it was escalated. None if no post is charged."""
    elsewhere: bool = False
    """Whether it is also a post's that the caller may not know of."""


class Funnel(msgspec.Struct, frozen=True, kw_only=True):
    """All places at an instant."""

    enterprises: int
    """All that are open at that time."""
    in_ledger: int
    steps: tuple[Step, ...]
    overdue: tuple[Overdue, ...]
    """The oldest first."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for."""

    instant: datetime
    within: tuple[str, ...] = ()
    """Areas asked for; none = all."""
    reach: tuple[str, ...] = ()
    """Areas of the caller, to whom posts elsewhere are not named; none = all."""
    trade: str | None = None
    most: int = 100


def funnel(
    rows: Iterable[EnterpriseRow],
    settings: tuple[Deadlines, ...],
    posts: Mapping[str, PostRow],
    index: Index,
    asked: Asked,
) -> Funnel:
    """Return the funnel from the rows of `enterprises`, the deadlines and the rows of `posts`."""
    steps = {place: Step(place=place) for place in PLACES}
    late: list[Overdue] = []
    listed = 0
    for row in _standing(rows, asked):
        listed += row.in_ledger
        ends = due(row.review, settings)
        overdue = row.level > 0 or (ends is not None and ends <= asked.instant)
        steps[row.place] = _counted(steps[row.place], row, asked.instant, overdue=overdue)
        if row.review is not None and overdue:
            late.append(_overdue(row, row.review, ends, posts, index, asked))
    late.sort(key=lambda one: (one.since, one.enterprise))
    return Funnel(
        enterprises=sum(one.enterprises for one in steps.values()),
        in_ledger=listed,
        steps=tuple(steps.values()),
        overdue=tuple(late[: asked.most]),
    )


def _standing(rows: Iterable[EnterpriseRow], asked: Asked) -> Iterator[EnterpriseRow]:
    """Yield the enterprises that were open at the instant, in the areas and the trade asked for."""
    places = (asked.within, asked.reach)
    for row in rows:
        then = at(row, asked.instant)
        if then is None or then.state != OPEN:
            continue
        if asked.trade is not None and then.trade != asked.trade:
            continue
        if all(not outers or any(inside(then.area, one) for one in outers) for outers in places):
            yield then


def _counted(step: Step, row: EnterpriseRow, instant: datetime, *, overdue: bool) -> Step:
    since = row.place_since or row.since
    days = (instant - since) / timedelta(days=1)
    bucket = next((place for place, most in enumerate(AGES) if days <= most), len(AGES))
    return msgspec.structs.replace(
        step,
        enterprises=step.enterprises + 1,
        ages=tuple(many + (place == bucket) for place, many in enumerate(step.ages)),
        overdue=step.overdue + overdue,
        oldest=min(since, step.oldest or since),
    )


def _overdue(
    row: EnterpriseRow,
    review: Review,
    ends: datetime | None,
    posts: Mapping[str, PostRow],
    index: Index,
    asked: Asked,
) -> Overdue:
    turns: tuple[Turn, ...] = awaited(review) or ("answer",)
    answers = (answering(posts, index, turn, row.area, row.trade, asked.instant) for turn in turns)
    whose = review.raised_to or _whose(answers)
    seen = tuple(post for post in whose if post in posts and lies_in(posts[post], asked.reach))
    return Overdue(
        enterprise=row.enterprise,
        name=row.name,
        area=row.area,
        trade=row.trade,
        place=review.place,
        since=review.since,
        due=ends or review.raised_at or review.since,
        level=review.level,
        posts=seen,
        elsewhere=len(seen) < len(whose),
    )


def _whose(answers: Iterable[Answer | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.post or one.charged for one in answers if one))


def settings_of(rows: Mapping[str, Any]) -> tuple[Deadlines, ...]:
    """Return all settings from the rows of `review_deadlines`."""
    return tuple(one for row in rows.values() for one in row.settings)
