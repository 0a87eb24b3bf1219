"""Decisions about posts. All may be reported late: a rule holds at that time and after it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from events.answering import FIRST, charge_key, index_keys
from events.base import Event
from events.dated import later
from events.post import (
    PostAbolished,
    PostCharged,
    PostCreated,
    PostMoved,
    PostRelieved,
    PostRenamed,
)
from events.post_history import Charge, PostChange, PostPlace, PostThen, post_at, standing
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.post.commands import Abolish, ChargePost, Create, MovePost, Relieve, RenamePost
from services.decisions.post.rules import posts_under, standing_post
from services.decisions.post.table import CHARGES, POSTS
from services.decisions.state import State
from services.decisions.unit.rules import standing_unit


@decides(Create)
def _create(state: State, c: Create, ctx: Context) -> Iterator[Event]:
    key = c.post or ctx.id
    known = state[POSTS].get(key)
    now = standing(known.changes, ctx.now) if known else None
    place = PostPlace(c.unit, c.area, c.parent, c.first)
    if now and (now.name, now.place) == (c.name, place):
        return
    lookups.fresh(known, "post.exists", post=key)
    _sound(state, key, place, ctx)
    yield PostCreated(post=key, name=c.name, unit=c.unit, area=c.area, parent=c.parent, first=c.first)


def _sound(state: State, key: str, place: PostPlace, ctx: Context) -> None:
    """Require a place that a post can have: in a unit that stands, under a post that is not under it."""
    lookups.open_area(state, place.area, ctx)
    standing_unit(state, place.unit, ctx)
    if place.parent:
        standing_post(state, place.parent, ctx)
        for instant in _from(state, ctx.at):
            circle = key in _above(state, place.parent, instant)
            ctx.rule(not circle, "post.circle", post=key, parent=place.parent)
    if place.first:
        other, since = _other(state, FIRST, key, ctx) or (None, None)
        ctx.rule(other is None, "post.first_taken", post=other, since=since)


def _above(state: State, post: str, instant: datetime) -> list[str]:
    """Return a post and those above it, without the step to the first-responsible one."""
    found: list[str] = []
    key: str | None = post
    while key and key not in found and key in state[POSTS]:
        found.append(key)
        then = post_at(state[POSTS][key].changes, instant)
        key = then.place.parent if then else None
    return found


def _from(state: State, at: datetime) -> list[datetime]:
    """Return the instants from which posts are different: that time, and each later change."""
    return [at, *sorted({when for row in state[POSTS].values() for when in later(row.changes, at)})]


def _other(state: State, entry: str, key: str, ctx: Context) -> tuple[str, datetime] | None:
    """Return another post that has what an index has under an entry, then or at a time after it."""
    for other in state[CHARGES].get(entry, ()):
        changes = state[POSTS][other].changes
        for instant in (ctx.at, *later(changes, ctx.at)):
            then = standing(changes, instant)
            if other != key and then is not None and entry in _entries(then):
                return other, instant
    return None


def _entries(then: PostThen) -> list[str]:
    first = PostChange(then.created_at, 0, place=then.place)
    return [*map(charge_key, then.charges), *index_keys(first)]


@decides(RenamePost)
def _rename(state: State, c: RenamePost, ctx: Context) -> Iterable[Event]:
    then = standing_post(state, c.post, ctx)
    if then is None or then.name != c.name:
        yield PostRenamed(post=c.post, area=state[POSTS][c.post].area, name=c.name)


@decides(MovePost)
def _move(state: State, c: MovePost, ctx: Context) -> Iterable[Event]:
    then = standing_post(state, c.post, ctx) or post_at(state[POSTS][c.post].changes, ctx.now)
    if then is None:
        return
    given = {name: getattr(c, name) for name in c.model_fields_set - {"post"}}
    now = then.place
    place = PostPlace(
        given.get("unit", now.unit),
        given.get("area", now.area),
        given.get("parent", now.parent),
        given.get("first", now.first),
    )
    if place == now:
        return
    _sound(state, c.post, place, ctx)
    yield PostMoved(post=c.post, unit=place.unit, area=place.area, parent=place.parent, first=place.first)


@decides(ChargePost)
def _charge(state: State, c: ChargePost, ctx: Context) -> Iterable[Event]:
    then = standing_post(state, c.post, ctx)
    lookups.open_area(state, c.area, ctx)
    charge = Charge(c.task, c.area, c.trade)
    if then and charge in then.charges:
        return
    other, since = _other(state, charge_key(charge), c.post, ctx) or (None, None)
    ctx.rule(
        other is None,
        "post.charge_taken",
        post=other,
        since=since,
        task=c.task,
        area=c.area,
        trade=c.trade,
    )
    yield PostCharged(post=c.post, task=c.task, area=c.area, trade=c.trade)


@decides(Relieve)
def _relieve(state: State, c: Relieve, ctx: Context) -> Iterable[Event]:
    then = post_at(lookups.known(state, POSTS, c.post).changes, ctx.at)
    if then and Charge(c.task, c.area, c.trade) in then.charges:
        yield PostRelieved(post=c.post, task=c.task, area=c.area, trade=c.trade)


@decides(Abolish)
def _abolish(state: State, c: Abolish, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, POSTS, c.post)
    now = post_at(known.changes, ctx.now)
    if now and now.abolished_at:
        return
    standing_post(state, c.post, ctx)
    under, then = posts_under(state, c.post, ctx.at), post_at(known.changes, ctx.at)
    ctx.rule(not under, "post.has_posts", post=c.post, posts=under)
    given = (one.charged for one in known.changes if one.charged and one.at > ctx.at)
    charges = (*(then.charges if then else ()), *given)
    tasks = tuple(dict.fromkeys(f"{one.task} {one.area}" for one in charges))
    ctx.rule(not tasks, "post.has_tasks", post=c.post, tasks=tasks)
    yield PostAbolished(post=c.post, area=known.area, reason=c.reason)
