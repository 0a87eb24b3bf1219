"""Rules of units that other aggregates use as well."""

from datetime import datetime

from events.unit_history import UnitChange, UnitThen, standing, unit_at
from services.decisions import lookups
from services.decisions.base import Context
from services.decisions.state import State
from services.decisions.unit.table import UNITS


def standing_unit(state: State, key: str, ctx: Context) -> UnitThen | None:
    """Return a unit that stood at that time; None only of an observed command that came too early or late."""
    changes = lookups.known(state, UNITS, key).changes
    then = unit_at(changes, ctx.at)
    ctx.rule(then, "unit.not_yet", unit=key, at=ctx.at)
    ended = then.dissolved_at if then else None
    ctx.rule(ended is None, "unit.dissolved", unit=key, since=ended)
    return then


def lasting_unit(state: State, key: str, until: datetime | None, ctx: Context) -> None:
    """Require a unit that stands at that time and is not dissolved before `until`; None = to this day."""
    standing_unit(state, key, ctx)
    ended = next((one.at for one in state[UNITS][key].changes if one.dissolved), None)
    lasts = ended is None or ended <= ctx.at or (until is not None and until <= ended)
    ctx.rule(lasts, "unit.dissolved", unit=key, since=ended)


def units_under(state: State, key: str, since: datetime) -> tuple[str, ...]:
    """Return the units directly under one at an instant or later."""
    return tuple(sorted(other for other, row in state[UNITS].items() if key in _parents(row.changes, since)))


def _parents(changes: tuple[UnitChange, ...], since: datetime) -> list[str | None]:
    """Return the unit that one was under at an instant, and those it came under later."""
    instants = (since, *(one.at for one in changes if one.place and one.at > since))
    return [then.parent for at in instants if (then := standing(changes, at))]
