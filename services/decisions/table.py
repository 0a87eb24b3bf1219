"""Descriptor of an aggregate: one table, declared once, next to the rules that fill it.

The state, snapshots, authorisation, erasures and test comparisons all use these declarations.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from events.base import Event

if TYPE_CHECKING:
    from services.decisions.state import State

Row = TypeVar("Row")

AREA: Final = "area"
tables: dict[str, "Table[Any]"] = {}
"""Every table of a State, by name."""
kinds: dict[str, "Table[Any]"] = {}
"""Tables that references may name, by kind."""


class Table(Generic[Row]):
    """Rows of one type, by id.

    `name`: the table's name in snapshots.
    `kind`: what a `Ref` calls its rows; None if nothing refers to them.
    `areas`: where a row lies, which limits tokens restricted to areas; required with a kind.
    `belongs`: further areas a row belongs to, as seen by an actor; none by default.
    `passed`: areas it was passed to: who covers one of them reaches it; none by default.
    `nowhere`: whether a row is currently in no area's care; False by default.
    `spans`: whether a row may lie in several areas; who covers a part of them may know of it.
    `own`: whether an id is a worker's own, which limits workers' tokens; False by default.
    `idle`: whether a row is so seldom needed that it may be put away; such rows are never removed or looked
    through. None if all rows of the table stay.
    `erasure`: the event that destroys the key of a row's personal data; rows then have a field `erased`.
    """

    def __init__(
        self,
        name: str,
        row: type[Row],
        *,
        kind: str | None = None,
        areas: "Callable[[State, str, Row], Iterable[str]] | None" = None,
        belongs: "Callable[[State, Row, str], Iterable[str]]" = lambda state, row, actor: (),
        passed: "Callable[[Row], Iterable[str]]" = lambda row: (),
        nowhere: "Callable[[Row], bool]" = lambda row: False,
        spans: bool = False,
        own: "Callable[[State, str, str], bool]" = lambda state, key, worker: False,
        idle: "Callable[[Row], bool] | None" = None,
        erasure: type[Event] | None = None,
    ) -> None:
        """Raises ValueError if declared twice, or with only one of `kind` and `areas`."""
        if name in tables or kind in kinds:
            raise ValueError(f"table {name} of {kind} is declared twice")
        if (kind is None) != (areas is None):
            raise ValueError(f"table {name} must have both kind and areas, or neither")
        self.name, self.row, self.kind, self.erasure = name, row, kind, erasure
        self.own, self.spans, self.idle = own, spans, idle
        self._areas, self._belongs, self._nowhere = areas, belongs, nowhere
        self._passed = passed
        tables[name] = self
        if kind:
            kinds[kind] = self

    def has(self, state: "State", key: str) -> bool:
        """Whether there is a row with this id."""
        return key in state[self]

    def areas(self, state: "State", key: str) -> set[str]:
        """Return where the row lies, at least the root; empty if there is no such row. An area lies in
        itself."""
        if self.kind == AREA:
            return {key}
        row = state[self].get(key)
        if row is None or self._areas is None:
            return set()
        return set(self._areas(state, key, row)) or {state.jurisdiction}

    def belongs(self, state: "State", key: str, actor: str) -> set[str]:
        """Return where the row belongs, as seen by an actor."""
        row = state[self].get(key)
        return set() if row is None else set(self._belongs(state, row, actor))

    def passed(self, state: "State", key: str) -> set[str]:
        """Return the areas that a row was passed to."""
        row = state[self].get(key)
        return set() if row is None else set(self._passed(row))

    def nowhere(self, state: "State", key: str) -> bool:
        """Whether the row exists and is in no area's care."""
        row = state[self].get(key)
        return row is not None and self._nowhere(row)

    def erased(self, state: "State") -> list[str]:
        """Return `kind/id` of all rows whose keys must be destroyed by now."""
        if self.erasure is None:
            return []
        rows = cast("dict[str, Any]", state[self])
        return [f"{self.kind}/{key}" for key, row in rows.items() if row.erased]


def erasures() -> dict[type[Event], "Table[Any]"]:
    """Return event -> table in which it erases a row."""
    return {table.erasure: table for table in tables.values() if table.erasure}
