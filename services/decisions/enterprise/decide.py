"""Decisions about enterprises."""

from collections.abc import Iterable
from typing import Any

from events.base import Event
from events.enterprise import (
    DETAILS,
    EnterpriseAmended,
    EnterpriseClosed,
    EnterpriseMerged,
    EnterpriseMoved,
    EnterpriseRegistered,
    EnterpriseReopened,
)
from events.enterprise_facts import OPEN
from services.decisions import lookups
from services.decisions.amending import not_changed_since, subject, superseded
from services.decisions.base import Context, Refused, changes, decides
from services.decisions.enterprise.commands import Amend, Close, Merge, Move, Register, Reopen
from services.decisions.enterprise.rules import ends_then, known_at, note_verdicts_since, open_at, tells
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.review.who import not_judged
from services.decisions.state import State


@decides(Register)
def _register(state: State, c: Register, ctx: Context) -> Iterable[Event]:
    key, area = c.enterprise or ctx.id, c.area or state.jurisdiction
    known = state[ENTERPRISES].get(key)
    given: dict[str, Any] = {**{name: getattr(c, name) for name in DETAILS}, "area": area}
    if known and ctx.observed and all(getattr(known, name) == value for name, value in given.items()):
        return
    lookups.fresh(known, "enterprise.exists", enterprise=key)
    lookups.open_area(state, area, ctx)
    yield EnterpriseRegistered(enterprise=key, **given)


@decides(Amend)
def _amend(state: State, c: Amend, ctx: Context) -> Iterable[Event]:
    then = open_at(state, c.enterprise, ctx)
    not_judged(state, c.enterprise, then, ctx)
    given = changes(c, "enterprise")
    new = {name: value for name, value in given.items() if tells(then, name, value, ctx)}
    about = subject(f"enterprise/{c.enterprise}", then, then.facts[0].at)
    late = superseded(state, about, new, ctx)
    not_changed_since(state, about, c, {**new, "superseded": late}, ctx)
    if "trade" in new:
        note_verdicts_since(state, c.enterprise, "trade", ctx)
    if new:
        yield EnterpriseAmended(enterprise=c.enterprise, area=then.area, superseded=late, **new)


@decides(Move)
def _move(state: State, c: Move, ctx: Context) -> Iterable[Event]:
    if (c.area is None) == (c.to is None):
        raise Refused("enterprise.where", enterprise=c.enterprise)
    then = open_at(state, c.enterprise, ctx)
    not_judged(state, c.enterprise, then, ctx)
    if c.area is None:
        moved = EnterpriseMoved(enterprise=c.enterprise, area=then.area, to=c.to)
        ends_then(state, moved, ctx)
        yield moved
    elif tells(then, "area", lookups.open_area(state, c.area, ctx), ctx):
        note_verdicts_since(state, c.enterprise, "area", ctx)
        yield EnterpriseMoved(enterprise=c.enterprise, area=c.area)


@decides(Merge)
def _merge(state: State, c: Merge, ctx: Context) -> Iterable[Event]:
    if c.enterprise == c.into:
        raise Refused("enterprise.into_itself", enterprise=c.enterprise)
    then = open_at(state, c.enterprise, ctx)
    open_at(state, c.into, ctx)
    merged = EnterpriseMerged(enterprise=c.enterprise, into=c.into, area=then.area)
    ends_then(state, merged, ctx)
    yield merged


@decides(Close)
def _close(state: State, c: Close, ctx: Context) -> Iterable[Event]:
    then = known_at(state, c.enterprise, ctx)
    if then.state == OPEN:
        closed = EnterpriseClosed(enterprise=c.enterprise, area=then.area, reason=c.reason)
        ends_then(state, closed, ctx)
        yield closed


@decides(Reopen)
def _reopen(state: State, c: Reopen, ctx: Context) -> Iterable[Event]:
    then = known_at(state, c.enterprise, ctx)
    if then.state != OPEN:
        yield EnterpriseReopened(enterprise=c.enterprise, area=then.area, reason=c.reason)
