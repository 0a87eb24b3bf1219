"""Rules of posts that other aggregates use as well: who answers for what, and who acts for a post."""

from collections.abc import Iterator
from datetime import datetime

from events import answering as pure
from events.answering import Answer, acts
from events.post_history import PostChange, PostPlace, PostThen, post_at, standing
from services.decisions import lookups
from services.decisions.base import Context
from services.decisions.post.table import CHARGES, POSTS
from services.decisions.state import State


def answering(state: State, task: str, area: str, trade: str | None, instant: datetime) -> Answer | None:
    """Return who answers for a task in an area and trade at an instant; None if no post is charged with it.

    `post` of the answer is None if the charged post and all above it were vacant.
    """
    return pure.answering(state[POSTS], state[CHARGES], task, area, trade, instant)


def holds(state: State, actor: str, post: str, instant: datetime) -> bool:
    """Whether an actor, as in `ctx.actor`, acts for the holder of a post at an instant."""
    known = state[POSTS].get(post)
    then = standing(known.changes, instant) if known else None
    return then is not None and acts(then.term, actor)


def standing_post(state: State, key: str, ctx: Context) -> PostThen | None:
    """Return a post that stood at that time; None only of an observed command that came too early."""
    then = post_at(lookups.known(state, POSTS, key).changes, ctx.at)
    ctx.rule(then, "post.not_yet", post=key, at=ctx.at)
    ended = then.abolished_at if then else None
    ctx.rule(ended is None, "post.abolished", post=key, since=ended)
    return then


def lasting_post(state: State, key: str, until: datetime | None, ctx: Context) -> None:
    """Require a post that stands at that time and is not abolished before `until`; None = to this day."""
    standing_post(state, key, ctx)
    ended = next((one.at for one in state[POSTS][key].changes if one.abolished), None)
    lasts = ended is None or ended <= ctx.at or (until is not None and until <= ended)
    ctx.rule(lasts, "post.abolished", post=key, since=ended)


def posts_of(state: State, unit: str, since: datetime) -> tuple[str, ...]:
    """Return the posts in a unit at an instant or later."""
    return tuple(
        sorted(
            key
            for key, row in state[POSTS].items()
            if any(one.unit == unit for one in _places(row.changes, since))
        )
    )


def posts_under(state: State, post: str, since: datetime) -> tuple[str, ...]:
    """Return the posts directly under one at an instant or later."""
    return tuple(
        sorted(
            key
            for key, row in state[POSTS].items()
            if any(one.parent == post for one in _places(row.changes, since))
        )
    )


def _places(changes: tuple[PostChange, ...], since: datetime) -> Iterator[PostPlace]:
    """Yield where a post was at an instant, and came to later."""
    for instant in (since, *(one.at for one in changes if one.place and one.at > since)):
        if then := standing(changes, instant):
            yield then.place
