"""Apply events to units."""

from events.base import EventEnvelope
from events.unit import UnitCharged, UnitDissolved, UnitEstablished, UnitMoved, UnitRenamed
from events.unit_history import with_change
from services.decisions.base import evolves
from services.decisions.state import State
from services.decisions.unit.table import UNITS, Unit

UnitEvent = UnitEstablished | UnitRenamed | UnitMoved | UnitCharged | UnitDissolved


@evolves(UnitEstablished, UnitRenamed, UnitMoved, UnitCharged, UnitDissolved)
def _changed(state: State, e: UnitEvent, envelope: EventEnvelope) -> None:
    known = state[UNITS].get(e.unit) or Unit(e.area)
    changes = with_change(known.changes, envelope)
    placed = next((one.place for one in reversed(changes) if one.place), None)
    new = Unit(placed.area if placed else known.area, changes)
    state.put(state[UNITS], e.unit, new)
