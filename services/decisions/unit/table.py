"""Descriptor of units."""

import msgspec

from events.unit_history import UnitChange
from services.decisions.table import Table


class Unit(msgspec.Struct, frozen=True):
    """A unit with its dated history, from which it is known at any instant."""

    area: str
    """Where it works by the last change; tokens that reach it reach its past."""
    changes: tuple[UnitChange, ...] = ()


UNITS = Table("units", Unit, kind="unit", areas=lambda state, key, row: (row.area,), spans=True)
