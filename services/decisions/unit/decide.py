"""Decisions about units. All may be reported late: a rule holds at that time and after it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from events.base import Event
from events.dated import later
from events.unit import LEAD, UnitCharged, UnitDissolved, UnitEstablished, UnitMoved, UnitRenamed
from events.unit_history import (
    UnitChange,
    UnitPlace,
    UnitThen,
    above,
    leading,
    said_until,
    standing,
    unit_at,
)
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.late import is_news
from services.decisions.post.rules import posts_of
from services.decisions.state import State
from services.decisions.unit.commands import ChargeUnit, Dissolve, Establish, Move, Rename
from services.decisions.unit.rules import lasting_unit, standing_unit, units_under
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
        lasting_unit(state, c.parent, None, ctx)
    if c.duty == LEAD:
        _only_lead(state, key, ctx)
    yield UnitEstablished(unit=key, name=c.name, area=c.area, parent=c.parent, duty=c.duty)


def _same(now: UnitThen, c: Establish) -> bool:
    return (now.name, now.duty, now.parent, now.area) == (c.name, c.duty, c.parent, c.area)


def _only_lead(state: State, key: str, ctx: Context) -> None:
    """Require that no other unit leads as long as this one does."""
    units = state[UNITS]
    for instant in _while(state, key, "duty", ctx):
        other = next((one for one in leading(units, LEAD, instant) if one != key), None)
        ctx.rule(other is None, "unit.leads", unit=other, since=instant)


def _while(state: State, key: str, field: str, ctx: Context) -> list[datetime]:
    """Return that time, and the later ones at which any unit changes while what is said of a field holds."""
    known = state[UNITS].get(key)
    until = said_until(known.changes, field, ctx.at) if known else None
    changes = {when for row in state[UNITS].values() for when in later(row.changes, ctx.at)}
    return [ctx.at, *sorted(when for when in changes if until is None or when < until)]


@decides(Rename)
def _rename(state: State, c: Rename, ctx: Context) -> Iterable[Event]:
    then, known = standing_unit(state, c.unit, ctx), state[UNITS][c.unit]
    if is_news(bool(then and then.name == c.name), known.changes, lambda one: one.name, ctx):
        yield UnitRenamed(unit=c.unit, area=known.area, name=c.name)


@decides(Move)
def _move(state: State, c: Move, ctx: Context) -> Iterable[Event]:
    then = standing_unit(state, c.unit, ctx) or unit_at(state[UNITS][c.unit].changes, ctx.now)
    kept = tuple(name for name in ("area", "parent") if name not in c.model_fields_set)
    if then is None or len(kept) == 2:
        return
    parent = then.parent if "parent" in kept else c.parent
    area = then.area if "area" in kept else c.area
    lookups.open_area(state, area, ctx)
    if parent and "parent" not in kept:
        known = state[UNITS][c.unit].changes
        lasting_unit(state, parent, said_until(known, "parent", ctx.at), ctx)
        _no_circle(state, c.unit, parent, ctx)
    place = UnitPlace(area, parent, kept)
    holds = (then.parent, then.area) == (parent, area)
    if is_news(holds, state[UNITS][c.unit].changes, lambda one: _says_as_much(one, place), ctx):
        yield UnitMoved(unit=c.unit, area=area, parent=parent, kept=kept)


def _says_as_much(one: UnitChange, place: UnitPlace) -> bool:
    return one.place is not None and place.given.keys() <= one.place.given.keys()


def _no_circle(state: State, unit: str, parent: str, ctx: Context) -> None:
    """Require that the unit is not above its new parent as long as it is under it."""
    for instant in _while(state, unit, "parent", ctx):
        ctx.rule(
            unit not in (parent, *above(state[UNITS], parent, instant)),
            "unit.circle",
            unit=unit,
            parent=parent,
        )


@decides(ChargeUnit)
def _charge(state: State, c: ChargeUnit, ctx: Context) -> Iterable[Event]:
    then, known = standing_unit(state, c.unit, ctx), state[UNITS][c.unit]
    if not is_news(bool(then and then.duty == c.duty), known.changes, lambda one: one.duty, ctx):
        return
    if c.duty == LEAD:
        _only_lead(state, c.unit, ctx)
    yield UnitCharged(unit=c.unit, area=known.area, duty=c.duty)


@decides(Dissolve)
def _dissolve(state: State, c: Dissolve, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, UNITS, c.unit)
    then = unit_at(known.changes, ctx.at)
    if then and then.dissolved_at:
        return
    standing_unit(state, c.unit, ctx)
    after = later(known.changes, ctx.at)
    ctx.rule(not after, "unit.later", unit=c.unit, later=min(after, default=None))
    units, posts = units_under(state, c.unit, ctx.at), posts_of(state, c.unit, ctx.at)
    ctx.rule(not units, "unit.has_units", unit=c.unit, units=units)
    ctx.rule(not posts, "unit.has_posts", unit=c.unit, posts=posts)
    yield UnitDissolved(unit=c.unit, area=known.area, reason=c.reason)
