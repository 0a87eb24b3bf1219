"""How a unit was at an instant: name, duty and place in the tree, folded from its dated changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from events.base import EventEnvelope
from events.dated import dated
from events.unit import UnitCharged, UnitDissolved, UnitEstablished, UnitMoved, UnitRenamed


class UnitPlace(msgspec.Struct, frozen=True, gc=False):
    """Where a unit is in the tree, and where it works."""

    area: str
    parent: str | None = None
    kept: tuple[str, ...] = ()
    """What was not said of it: that stays as it was."""

    @property
    def given(self) -> dict[str, Any]:
        """Return what was said of it."""
        return {name: getattr(self, name) for name in ("area", "parent") if name not in self.kept}


class UnitChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change; None = unchanged."""

    at: datetime
    position: int
    name: str | None = None
    duty: str | None = None
    place: UnitPlace | None = None
    dissolved: bool = False


class UnitThen(msgspec.Struct, frozen=True, kw_only=True):
    """A unit at an instant."""

    name: str
    area: str
    parent: str | None = None
    duty: str | None = None
    established_at: datetime
    dissolved_at: datetime | None = None


class HasUnitChanges(Protocol):
    """A unit with its history, in the state of decisions or a view."""

    @property
    def changes(self) -> tuple[UnitChange, ...]: ...


Units = Mapping[str, HasUnitChanges]
EVENTS = (UnitEstablished, UnitRenamed, UnitMoved, UnitCharged, UnitDissolved)


def with_change(changes: tuple[UnitChange, ...], envelope: EventEnvelope) -> tuple[UnitChange, ...]:
    """Return the history with what an event says."""
    new = _change(envelope)
    return dated(changes, new) if new else changes


def _change(envelope: EventEnvelope) -> UnitChange | None:
    at, position = envelope.at, envelope.position
    match envelope.data:
        case UnitEstablished() as e:
            return UnitChange(at, position, name=e.name, duty=e.duty, place=UnitPlace(e.area, e.parent))
        case UnitRenamed() as e:
            return UnitChange(at, position, name=e.name)
        case UnitMoved() as e:
            return UnitChange(at, position, place=UnitPlace(e.area, e.parent, e.kept))
        case UnitCharged() as e:
            return UnitChange(at, position, duty=e.duty)
        case UnitDissolved():
            return UnitChange(at, position, dissolved=True)
        case _:
            return None


def unit_at(changes: Sequence[UnitChange], instant: datetime) -> UnitThen | None:
    """Return the unit at an instant, dissolved or not; None if it was not established yet."""
    found: UnitThen | None = None
    for one in changes:
        if one.at > instant:
            break
        found = _step(found, one)
    return found


def _step(then: UnitThen | None, one: UnitChange) -> UnitThen | None:
    if then is None:
        if one.place is None or one.name is None:
            return None  # observed before it was established
        place = one.place
        return UnitThen(
            name=one.name, area=place.area, parent=place.parent, duty=one.duty, established_at=one.at
        )
    given = one.place.given if one.place else {}
    return msgspec.structs.replace(
        then,
        name=one.name or then.name,
        duty=one.duty or then.duty,
        **given,
        dissolved_at=then.dissolved_at or (one.at if one.dissolved else None),
    )


def standing(changes: Sequence[UnitChange], instant: datetime) -> UnitThen | None:
    """Return the unit at an instant; None if there was none, not yet or no longer."""
    found = unit_at(changes, instant)
    return None if found is None or found.dissolved_at else found


def said_until(changes: Sequence[UnitChange], field: str, instant: datetime) -> datetime | None:
    """Return until when what is said of a field at an instant holds; None = to this day."""
    return min((one.at for one in changes if one.at > instant and _says(one, field)), default=None)


def _says(one: UnitChange, field: str) -> bool:
    if field == "duty":
        return one.dissolved or one.duty is not None
    return one.dissolved or (one.place is not None and field in one.place.given)


def above(units: Units, unit: str, instant: datetime) -> list[str]:
    """Return the units above one, nearest first."""
    found: list[str] = []
    while unit in units and (then := unit_at(units[unit].changes, instant)) and then.parent:
        unit = then.parent
        if unit in found:
            break  # observed facts may contradict each other
        found.append(unit)
    return found


def leading(units: Units, duty: str, instant: datetime) -> list[str]:
    """Return the units that had this duty at an instant."""
    then = ((key, standing(row.changes, instant)) for key, row in units.items())
    return [key for key, one in then if one and one.duty == duty]
