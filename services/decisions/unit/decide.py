"""Decisions about units. All may be reported late: a rule holds at that time and after it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from events.base import Event
from events.dated import later
from events.unit import LEAD, UnitCharged, UnitDissolved, UnitEstablished, UnitMoved, UnitRenamed
from events.unit_history import UnitThen, above, leading, standing, unit_at
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.post.rules import posts_of
from services.decisions.state import State
from services.decisions.unit.commands import ChargeUnit, Dissolve, Establish, Move, Rename
from services.decisions.unit.rules import standing_unit, units_under
from services.decisions.unit.table import UNITS


@decides(Establish)
def _establish(state: State, c: Establish, ctx: Context) -> Iterator[Event]:
    key = c.unit or ctx.id
    known = state[UNITS].get(key)
    now = standing(known.changes, ctx.now) if known else None
    if now and _same(now, c):
        return
    lookups.fresh(known, "unit.exists", unit=key)
    lookups.open_area(state, c.area, ctx)
    if c.parent:
        standing_unit(state, c.parent, ctx)
    if c.duty == LEAD:
        _only_lead(state, key, ctx)
    yield UnitEstablished(unit=key, name=c.name, area=c.area, parent=c.parent, duty=c.duty)


def _same(now: UnitThen, c: Establish) -> bool:
    return (now.name, now.duty, now.parent, now.area) == (c.name, c.duty, c.parent, c.area)


def _only_lead(state: State, key: str, ctx: Context) -> None:
    """Require that no other unit leads, then or at any time after it."""
    units = state[UNITS]
    for instant in _from(state, ctx.at):
        other = next((one for one in leading(units, LEAD, instant) if one != key), None)
        ctx.rule(other is None, "unit.leads", unit=other, since=instant)


def _from(state: State, at: datetime) -> list[datetime]:
    """Return the instants from which units are different: that time, and each later change."""
    return [at, *sorted({when for row in state[UNITS].values() for when in later(row.changes, at)})]


@decides(Rename)
def _rename(state: State, c: Rename, ctx: Context) -> Iterable[Event]:
    then = standing_unit(state, c.unit, ctx)
    if then is None or then.name != c.name:
        yield UnitRenamed(unit=c.unit, area=state[UNITS][c.unit].area, name=c.name)


@decides(Move)
def _move(state: State, c: Move, ctx: Context) -> Iterable[Event]:
    then = standing_unit(state, c.unit, ctx) or unit_at(state[UNITS][c.unit].changes, ctx.now)
    given = c.model_fields_set
    parent = c.parent if "parent" in given or then is None else then.parent
    area = c.area if "area" in given or then is None else then.area
    lookups.open_area(state, area, ctx)
    if parent:
        standing_unit(state, parent, ctx)
        _no_circle(state, c.unit, parent, ctx)
    if then is None or (then.parent, then.area) != (parent, area):
        yield UnitMoved(unit=c.unit, area=area, parent=parent)


def _no_circle(state: State, unit: str, parent: str, ctx: Context) -> None:
    """Require that the unit is not above its new parent, then or later."""
    for instant in _from(state, ctx.at):
        ctx.rule(
            unit not in (parent, *above(state[UNITS], parent, instant)),
            "unit.circle",
            unit=unit,
            parent=parent,
        )


@decides(ChargeUnit)
def _charge(state: State, c: ChargeUnit, ctx: Context) -> Iterable[Event]:
    then = standing_unit(state, c.unit, ctx)
    if then and then.duty == c.duty:
        return
    if c.duty == LEAD:
        _only_lead(state, c.unit, ctx)
    yield UnitCharged(unit=c.unit, area=state[UNITS][c.unit].area, duty=c.duty)


@decides(Dissolve)
def _dissolve(state: State, c: Dissolve, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, UNITS, c.unit)
    now = unit_at(known.changes, ctx.now)
    if now and now.dissolved_at:
        return
    standing_unit(state, c.unit, ctx)
    units, posts = units_under(state, c.unit, ctx.at), posts_of(state, c.unit, ctx.at)
    ctx.rule(not units, "unit.has_units", unit=c.unit, units=units)
    ctx.rule(not posts, "unit.has_posts", unit=c.unit, posts=posts)
    yield UnitDissolved(unit=c.unit, area=known.area, reason=c.reason)
