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
from events.enterprise_facts import OPEN, Standing
from services.decisions import lookups
from services.decisions.amending import not_changed_since, subject, superseded
from services.decisions.base import Context, Refused, changes, decides
from services.decisions.enterprise.commands import Amend, Close, Merge, Move, Register, Reopen
from services.decisions.enterprise.table import ENTERPRISES, enterprise_at
from services.decisions.state import State


def known_at(state: State, key: str, ctx: Context) -> Standing:
    """Return an enterprise as it stood at the command's time. Raises Refused if it was not known then."""
    now = lookups.known(state, ENTERPRISES, key)
    then = enterprise_at(state, key, ctx.at)
    if then is None:
        ctx.rule(False, "enterprise.later", enterprise=key, since=now.facts[0].at)
    return then or now


def open_at(state: State, key: str, ctx: Context) -> Standing:
    """Return an enterprise that was open at the command's time."""
    then = known_at(state, key, ctx)
    ctx.rule(then.state == OPEN, "enterprise.ended", enterprise=key, state=then.state, since=then.closed_at)
    return then


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
    new = {name: value for name, value in changes(c, "enterprise").items() if getattr(then, name) != value}
    about = subject(f"enterprise/{c.enterprise}", then, then.facts[0].at)
    late = superseded(state, about, new, ctx)
    not_changed_since(state, about, c, {**new, "superseded": late}, ctx)
    if new:
        yield EnterpriseAmended(enterprise=c.enterprise, area=then.area, superseded=late, **new)


@decides(Move)
def _move(state: State, c: Move, ctx: Context) -> Iterable[Event]:
    if (c.area is None) == (c.to is None):
        raise Refused("enterprise.where", enterprise=c.enterprise)
    then = open_at(state, c.enterprise, ctx)
    if c.area is None:
        yield EnterpriseMoved(enterprise=c.enterprise, area=then.area, to=c.to)
    elif lookups.open_area(state, c.area, ctx) != then.area:
        yield EnterpriseMoved(enterprise=c.enterprise, area=c.area)


@decides(Merge)
def _merge(state: State, c: Merge, ctx: Context) -> Iterable[Event]:
    if c.enterprise == c.into:
        raise Refused("enterprise.into_itself", enterprise=c.enterprise)
    then = open_at(state, c.enterprise, ctx)
    open_at(state, c.into, ctx)
    yield EnterpriseMerged(enterprise=c.enterprise, into=c.into, area=then.area)


@decides(Close)
def _close(state: State, c: Close, ctx: Context) -> Iterable[Event]:
    then = known_at(state, c.enterprise, ctx)
    if then.state == OPEN:
        yield EnterpriseClosed(enterprise=c.enterprise, area=then.area, reason=c.reason)


@decides(Reopen)
def _reopen(state: State, c: Reopen, ctx: Context) -> Iterable[Event]:
    then = known_at(state, c.enterprise, ctx)
    if then.state != OPEN:
        yield EnterpriseReopened(enterprise=c.enterprise, area=then.area, reason=c.reason)
