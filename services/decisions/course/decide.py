"""Decisions about courses and the target of training."""

from collections.abc import Iterable

from events.base import Event
from events.course import CourseOffered, CourseWithdrawn, TrainingTargetSet, target_at
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.course.commands import Offer, SetTarget, Withdraw
from services.decisions.course.table import COURSES, TARGETS
from services.decisions.post.rules import standing_post
from services.decisions.state import State


@decides(Offer)
def _offer(state: State, c: Offer, ctx: Context) -> Iterable[Event]:
    key, area = c.course or ctx.id, c.area or state.jurisdiction
    known = state[COURSES].get(key)
    given = {"area": area, "title": c.title, "mode": c.mode, "owner": c.owner}
    if known and ctx.observed and all(getattr(known, name) == value for name, value in given.items()):
        return
    lookups.fresh(known, "course.exists", course=key)
    lookups.open_area(state, area, ctx)
    if c.owner:
        standing_post(state, c.owner, ctx)
    yield CourseOffered(course=key, area=area, title=c.title, mode=c.mode, owner=c.owner)


@decides(Withdraw)
def _withdraw(state: State, c: Withdraw, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, COURSES, c.course)
    ctx.rule(ctx.at >= known.offered_at, "course.not_yet", course=c.course, since=known.offered_at)
    if known.withdrawn_at is None:
        yield CourseWithdrawn(course=c.course, area=known.area, reason=c.reason)


@decides(SetTarget)
def _set_target(state: State, c: SetTarget, ctx: Context) -> Iterable[Event]:
    targets = state[TARGETS].values()
    said = any(one.at == ctx.at for one in targets)
    if c.hours != target_at(targets, ctx.at) or (ctx.late and not said):
        yield TrainingTargetSet(hours=c.hours)
