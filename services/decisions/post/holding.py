"""Decisions about who holds a post: at any instant at most one holder, whenever a term is reported."""

from collections.abc import Iterable
from datetime import datetime

from events.base import Event
from events.post import TERM_OVER, PostAppointed, PostVacated
from events.post_history import Term, covering, terms, unrecorded_end
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.holder.table import HOLDERS
from services.decisions.post.commands import Appoint, Lapse, Vacate
from services.decisions.post.rules import standing_post
from services.decisions.post.table import POSTS
from services.decisions.state import State


@decides(Appoint)
def _appoint(state: State, c: Appoint, ctx: Context) -> Iterable[Event]:
    standing_post(state, c.post, ctx)
    known = state[POSTS][c.post]
    if c.until and c.until <= ctx.at:
        raise Refused("post.term_ends_first", post=c.post, since=ctx.at, until=c.until)
    before = state[HOLDERS].get(c.holder)
    lookups.fresh(before and before.erased, "holder.exists", holder=c.holder)
    held = terms(known.changes)
    mine = covering(held, ctx.at)
    if mine and (mine.holder, mine.acts_as) == (c.holder, c.acts_as) and mine.until == c.until:
        return
    ctx.rule(mine is None, "post.held", post=c.post, holder=mine and mine.holder, since=mine and mine.since)
    _ends_before_the_next(c, held, ctx)
    yield PostAppointed(
        post=c.post,
        area=known.area,
        holder=c.holder,
        holder_name=c.holder_name,
        until=c.until,
        acts_as=c.acts_as,
    )


def _ends_before_the_next(c: Appoint, held: list[Term], ctx: Context) -> None:
    """Require that a term reported late is over when the next one begins."""
    following = next((one for one in held if one.since > ctx.at), None)
    clear = following is None or _over(c.until, following.since)
    ctx.rule(
        clear,
        "post.held_later",
        post=c.post,
        holder=following and following.holder,
        since=following and following.since,
    )


def _over(until: datetime | None, next_begins: datetime) -> bool:
    return until is not None and until <= next_begins


@decides(Vacate)
def _vacate(state: State, c: Vacate, ctx: Context) -> Iterable[Event]:
    standing_post(state, c.post, ctx)
    known = state[POSTS][c.post]
    mine = covering(terms(known.changes), ctx.at)
    if mine is None and not ctx.observed:
        return
    yield PostVacated(post=c.post, area=known.area, holder=mine.holder if mine else None, reason=c.reason)


@decides(Lapse)
def _lapse(state: State, c: Lapse, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, POSTS, c.post)
    term = unrecorded_end(known.changes)
    if term and term.until == ctx.at:
        yield PostVacated(post=c.post, area=known.area, holder=term.holder, reason=TERM_OVER)
