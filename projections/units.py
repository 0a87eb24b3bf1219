"""Units 单位: the tree of departments, trade organisations, streets and stations, as of any date."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.dated import until
from events.unit_history import EVENTS, UnitChange, unit_at, with_change
from projections.base import Row, View


class UnitRow(Row, frozen=True, kw_only=True):
    """One unit."""

    unit: str
    name: str
    duty: str | None = None
    """lead, coordinate, carry_out, act_jointly, guarantee, or none of its own."""
    parent: str | None = None
    area: str
    areas: tuple[str, ...]
    """The same, as a list: a caller who sees a part of it sees the unit."""
    state: str = "standing"
    """`standing` or `dissolved`."""
    established_at: datetime
    dissolved_at: datetime | None = None
    changed: int = 0
    """Position of the last change."""
    changes: tuple[UnitChange, ...] = ()
    """Its dated history."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.unit,) if isinstance(e, EVENTS) else ()


def evolve(row: UnitRow | None, envelope: EventEnvelope, key: str) -> UnitRow | None:
    changes = with_change(row.changes if row else (), envelope)
    return _row(key, changes, changes[-1].at if changes else envelope.at, envelope.position)


def _row(key: str, changes: tuple[UnitChange, ...], instant: datetime, position: int) -> UnitRow | None:
    then = unit_at(changes, instant)
    if then is None:
        return None
    return UnitRow(
        unit=key,
        name=then.name,
        duty=then.duty,
        parent=then.parent,
        area=then.area,
        areas=(then.area,),
        state="dissolved" if then.dissolved_at else "standing",
        established_at=then.established_at,
        dissolved_at=then.dissolved_at,
        changed=position,
        changes=changes,
    )


def at(row: UnitRow, instant: datetime) -> UnitRow | None:
    """Return the unit as it was: its name, duty and parent of that time."""
    return _row(row.unit, until(row.changes, instant), instant, row.changed)


VIEW = View(
    name="units",
    row=UnitRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=("unit", "area", "duty", "parent", "state", "name", "established_at"),
    at=at,
)
