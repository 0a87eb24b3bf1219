"""Decisions about posts. All may be reported late: a rule holds at that time and after it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from events.answering import FIRST, charge_key, index_keys
from events.area import inside
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
from events.post_history import (
    Charge,
    PostChange,
    PostPlace,
    PostThen,
    charged_until,
    post_at,
    said_until,
    standing,
)
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.difficulty.following import got_later, stranded
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.late import is_news
from services.decisions.post.commands import Abolish, ChargePost, Create, MovePost, Relieve, RenamePost
from services.decisions.post.rules import lasting_post, posts_under, standing_post
from services.decisions.post.table import CHARGES, POSTS
from services.decisions.state import State
from services.decisions.unit.rules import lasting_unit

PLACE: Final = ("unit", "area", "parent", "first")
"""What a move may say of a post's place."""


@decides(Create)
def _create(state: State, c: Create, ctx: Context) -> Iterator[Event]:
    key = c.post or ctx.id
    known = state[POSTS].get(key)
    now = standing(known.changes, ctx.now) if known else None
    place = PostPlace(c.unit, c.area, c.parent, c.first)
    if now and (now.name, now.place) == (c.name, place):
        return
    lookups.fresh(known, "post.exists", post=key)
    lookups.open_area(state, c.area, ctx)
    _sound(state, key, place, ctx)
    yield PostCreated(post=key, name=c.name, unit=c.unit, area=c.area, parent=c.parent, first=c.first)


def _sound(state: State, key: str, place: PostPlace, ctx: Context) -> None:
    """Require a place that a post can have as long as it has it: in a unit that stands, under a post that
    stands and is not under it."""
    known = state[POSTS].get(key)
    changes = known.changes if known else ()
    until = {field: said_until(changes, field, ctx.at) for field in PLACE}
    if "unit" not in place.kept:
        lasting_unit(state, place.unit, until["unit"], ctx)
    if place.parent and "parent" not in place.kept:
        lasting_post(state, place.parent, until["parent"], ctx)
        for instant in _while(state, until["parent"], ctx):
            circle = key in _above(state, place.parent, instant)
            ctx.rule(not circle, "post.circle", post=key, parent=place.parent)
    if place.first and "first" not in place.kept:
        other, since = _other(state, FIRST, key, until["first"], ctx) or (None, None)
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


def _while(state: State, until: datetime | None, ctx: Context) -> list[datetime]:
    """Return that time, and the later ones before `until` at which any post changes."""
    changes = {when for row in state[POSTS].values() for when in later(row.changes, ctx.at)}
    return [ctx.at, *sorted(when for when in changes if until is None or when < until)]


def _other(
    state: State, entry: str, key: str, until: datetime | None, ctx: Context
) -> tuple[str, datetime] | None:
    """Return another post that has what an index has under an entry, then or later before `until`."""
    for other in state[CHARGES].get(entry, ()):
        changes = state[POSTS][other].changes
        for instant in (ctx.at, *later(changes, ctx.at)):
            if until is not None and instant >= until:
                break
            then = standing(changes, instant)
            if other != key and then is not None and entry in _entries(then):
                return other, instant
    return None


def _entries(then: PostThen) -> list[str]:
    first = PostChange(then.created_at, 0, place=then.place)
    return [*map(charge_key, then.charges), *index_keys(first)]


@decides(RenamePost)
def _rename(state: State, c: RenamePost, ctx: Context) -> Iterable[Event]:
    then, known = standing_post(state, c.post, ctx), state[POSTS][c.post]
    if is_news(bool(then and then.name == c.name), known.changes, lambda one: one.name, ctx):
        yield PostRenamed(post=c.post, area=known.area, name=c.name)


@decides(MovePost)
def _move(state: State, c: MovePost, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, POSTS, c.post)
    then = standing_post(state, c.post, ctx) or post_at(known.changes, ctx.now)
    kept = tuple(name for name in PLACE if name not in c.model_fields_set)
    if then is None or kept == PLACE:
        return
    given = {name: getattr(c, name) for name in PLACE if name not in kept}
    place = msgspec.structs.replace(then.place, **given, kept=kept)
    lookups.open_area(state, place.area, ctx)
    holds = all(getattr(then.place, name) == value for name, value in given.items())
    if is_news(holds, known.changes, lambda one: one.place and {*one.place.kept} <= {*kept}, ctx):
        _sound(state, c.post, place, ctx)
        yield PostMoved(
            post=c.post, unit=place.unit, area=place.area, parent=place.parent, first=place.first, kept=kept
        )


@decides(ChargePost)
def _charge(state: State, c: ChargePost, ctx: Context) -> Iterable[Event]:
    then, known = standing_post(state, c.post, ctx), state[POSTS][c.post]
    lookups.open_area(state, c.area, ctx)
    charge = Charge(c.task, c.area, c.trade)
    if not is_news(
        bool(then and charge in then.charges), known.changes, lambda one: one.charged == charge, ctx
    ):
        return
    until = charged_until(known.changes, charge, ctx.at)
    ended = next((one.at for one in known.changes if one.abolished and one.at == until), None)
    ctx.rule(ended is None, "post.abolished", post=c.post, since=ended)
    other, since = _other(state, charge_key(charge), c.post, until, ctx) or (None, None)
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
    known = lookups.known(state, POSTS, c.post)
    then, charge = post_at(known.changes, ctx.at), Charge(c.task, c.area, c.trade)
    has = bool(then and charge in then.charges)
    if has or (then and is_news(not has, known.changes, lambda one: one.relieved == charge, ctx)):
        if ctx.late and _judged_since(state, c, ctx):
            ctx.note("post.judged_since")
        yield PostRelieved(post=c.post, task=c.task, area=c.area, trade=c.trade)


def _judged_since(state: State, c: Relieve, ctx: Context) -> bool:
    """Whether the post gave verdicts after it was relieved of the charge, as is told only now."""
    return any(
        fact.post == c.post and fact.stage == c.task and fact.at > ctx.at
        for firm in state[ENTERPRISES].values()
        if inside(firm.area, c.area) and c.trade in (None, firm.trade)
        for fact in firm.facts
    )


@decides(Abolish)
def _abolish(state: State, c: Abolish, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, POSTS, c.post)
    then = post_at(known.changes, ctx.at)
    if then and then.abolished_at:
        return
    standing_post(state, c.post, ctx)
    under = posts_under(state, c.post, ctx.at)
    ctx.rule(not under, "post.has_posts", post=c.post, posts=under)
    given = (one.charged for one in known.changes if one.charged and one.at > ctx.at)
    charges = (*(then.charges if then else ()), *given)
    tasks = tuple(dict.fromkeys(f"{one.task} {one.area}" for one in charges))
    ctx.rule(not tasks, "post.has_tasks", post=c.post, tasks=tasks)
    after = [one.at for one in known.changes if one.at > ctx.at and not one.vacated and not one.relieved]
    after += [got] if (got := got_later(state, c.post, ctx.at)) else []
    ctx.rule(not after, "post.later", post=c.post, later=min(after, default=None))
    left = stranded(state, c.post, ctx.at)
    ctx.rule(not left, "post.has_difficulties", post=c.post, difficulties=left)
    yield PostAbolished(post=c.post, area=known.area, reason=c.reason)
