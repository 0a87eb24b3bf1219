"""Apply events to units."""

from events.base import EventEnvelope
from events.unit import UnitCharged, UnitDissolved, UnitEstablished, UnitMoved, UnitRenamed
from events.unit_history import unit_at, with_change
from services.decisions.base import evolves
from services.decisions.state import State
from services.decisions.unit.table import UNITS, Unit

UnitEvent = UnitEstablished | UnitRenamed | UnitMoved | UnitCharged | UnitDissolved


@evolves(UnitEstablished, UnitRenamed, UnitMoved, UnitCharged, UnitDissolved)
def _changed(state: State, e: UnitEvent, envelope: EventEnvelope) -> None:
    known = state[UNITS].get(e.unit) or Unit(e.area)
    changes = with_change(known.changes, envelope)
    then = unit_at(changes, changes[-1].at) if changes else None
    new = Unit(then.area if then else known.area, changes)
    state.put(state[UNITS], e.unit, new)
