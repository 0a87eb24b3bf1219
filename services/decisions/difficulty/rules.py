"""Rules of difficulties: their state at the command's time, whose they are, and whose word counts."""

from datetime import datetime, timedelta
from typing import Final

from events.answering import chain, first_responsible, risen
from events.difficulty_history import MERGED, DifficultyThen, fits, standing
from events.post_history import post_at
from services.decisions import lookups
from services.decisions.base import Context, Refused
from services.decisions.difficulty.table import DIFFICULTIES, Difficulty, days
from services.decisions.post.rules import answering, holds
from services.decisions.post.table import CHARGES, POSTS
from services.decisions.state import State

BESIDE: Final = ("attached", "followed")
"""Facts that no late fact can contradict."""


def first_owner(state: State, area: str, trade: str | None, ctx: Context) -> str | None:
    """Return the post that a new difficulty is with: the charged one, else the first-responsible one."""
    found = answering(state, "answer", area, trade, ctx.at)
    if found is not None:
        return found.charged
    return first_responsible(state[POSTS], state[CHARGES], ctx.at)


def works(state: State, post: str, ctx: Context) -> str | None:
    """Return the area of a post at the command's time."""
    row = state[POSTS].get(post)
    then = post_at(row.changes, ctx.at) if row else None
    return then.place.area if then else None


def due(state: State, wait: str, ctx: Context) -> datetime | None:
    """Return when a wait that begins now is over."""
    allowed = days(state, wait, ctx.at)
    return None if allowed is None else ctx.at + timedelta(days=allowed)


def owner_now(state: State, then: DifficultyThen, instant: datetime) -> str:
    """Return the post that a difficulty is with at an instant, risen while its own is vacant."""
    return risen(state[POSTS], state[CHARGES], then.owner, instant)


def at_its_time(state: State, key: str, kind: str, ctx: Context) -> tuple[Difficulty, DifficultyThen]:
    """Return a difficulty at the command's time. This kind of fact must fit it, with nothing told since."""
    row = lookups.known(state, DIFFICULTIES, key)
    then = standing(row.facts, ctx.at)
    ctx.rule(then, "difficulty.not_yet", difficulty=key, since=row.facts[0].at)
    then = then or standing(row.facts)
    if then is None:  # it cannot be: what is known was raised
        raise Refused("difficulty.unknown", difficulty=key)
    ctx.rule(fits(then, kind), "difficulty.state", difficulty=key, state=then.state, since=then.since)
    since = next((one.at for one in row.facts if one.at > ctx.at and one.kind not in BESIDE), None)
    ctx.rule(since is None, "difficulty.told_since", difficulty=key, since=since)
    return row, then


def original(state: State, key: str, ctx: Context) -> str:
    """Return the difficulty that counts for this one: the one that it was merged into, or itself."""
    row = lookups.known(state, DIFFICULTIES, key)
    then = standing(row.facts, ctx.at)
    while then is not None and then.state == MERGED and then.into is not None:
        key = then.into
        then = standing(state[DIFFICULTIES][key].facts, ctx.at)
    return key


def acts_for_owner(state: State, then: DifficultyThen, ctx: Context) -> bool:
    """Whether the sender acts for the post that it is with."""
    return holds(state, ctx.actor, owner_now(state, then, ctx.at), ctx.at)


def is_owners(state: State, key: str, then: DifficultyThen, ctx: Context) -> None:
    """Require that the sender acts for the post that it is with."""
    post = owner_now(state, then, ctx.at)
    ctx.rule(holds(state, ctx.actor, post, ctx.at), "difficulty.not_yours", difficulty=key, post=post)


def is_receivers(state: State, key: str, then: DifficultyThen, ctx: Context) -> None:
    """Require that the sender acts for the post that was asked to take it on."""
    asked = then.offered_to or then.owner
    post = risen(state[POSTS], state[CHARGES], asked, ctx.at)
    ctx.rule(holds(state, ctx.actor, post, ctx.at), "difficulty.not_asked", difficulty=key, post=post)


def is_askers_word(state: State, key: str, then: DifficultyThen, ctx: Context) -> None:
    """Require that it is not the owner's own word: only the asker calls it solved."""
    ctx.rule(not acts_for_owner(state, then, ctx), "difficulty.own_word", difficulty=key)


def heir(state: State, post: str, instant: datetime) -> str:
    """Return the post that has what a post was given: itself, or if it is abolished the next one above it."""
    return next((key for key, _ in chain(state[POSTS], state[CHARGES], post, instant)), post)


def above(state: State, post: str, instant: datetime) -> str | None:
    """Return the next post above one that has a holder; None at the top."""
    higher = (key for key, then in chain(state[POSTS], state[CHARGES], post, instant) if then.term)
    return next((key for key in higher if key != post), None)
