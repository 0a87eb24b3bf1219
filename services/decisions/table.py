"""The descriptor of an aggregate: one table, declared once, beside the rules that fill it.

The state, its snapshots, authorisation, erasures and the tests' comparisons all read what is declared here.
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
"""Those that references may name, by kind."""


class Table(Generic[Row]):
    """Rows of one type, by id.

    `name` is the table's in snapshots. `kind` is what a `Ref` calls its rows; None = nothing refers to them.
    `areas` tells where a row lies: it limits tokens that are for some areas; it is given with a kind.
    `belongs` tells where a row belongs as seen by an actor, beside where it lies; by default nowhere else.
    `nowhere` tells whether a row is in no area's care just now; by default none is.
    `own` tells whether an id is a worker's own: it limits workers' tokens; by default none is.
    `erasure` is the event with which the key of a row's personal data goes; its rows have a field `erased`.
    """

    def __init__(
        self,
        name: str,
        row: type[Row],
        *,
        kind: str | None = None,
        areas: "Callable[[State, str, Row], Iterable[str]] | None" = None,
        belongs: "Callable[[State, Row, str], Iterable[str]]" = lambda state, row, actor: (),
        nowhere: "Callable[[Row], bool]" = lambda row: False,
        own: "Callable[[State, str, str], bool]" = lambda state, key, worker: False,
        erasure: type[Event] | None = None,
    ) -> None:
        """Raises ValueError where it is declared twice or does not say where its rows lie."""
        if name in tables or kind in kinds:
            raise ValueError(f"table {name} of {kind} is declared twice")
        if (kind is None) != (areas is None):
            raise ValueError(f"table {name} must say what its rows are called and where they lie, or neither")
        self.name, self.row, self.kind, self.erasure = name, row, kind, erasure
        self.own = own
        self._areas, self._belongs, self._nowhere = areas, belongs, nowhere
        tables[name] = self
        if kind:
            kinds[kind] = self

    def areas(self, state: "State", key: str) -> set[str]:
        """Where the row lies, at least at the root; nowhere = there is none. An area lies in itself."""
        if self.kind == AREA:
            return {key}
        row = state[self].get(key)
        if row is None or self._areas is None:
            return set()
        return set(self._areas(state, key, row)) or {state.jurisdiction}

    def belongs(self, state: "State", key: str, actor: str) -> set[str]:
        """Where the row belongs, as seen by an actor."""
        row = state[self].get(key)
        return set() if row is None else set(self._belongs(state, row, actor))

    def nowhere(self, state: "State", key: str) -> bool:
        """Whether there is such a row and it lies nowhere in particular."""
        row = state[self].get(key)
        return row is not None and self._nowhere(row)

    def erased(self, state: "State") -> list[str]:
        """`kind/id` of all rows whose keys must be gone by now."""
        if self.erasure is None:
            return []
        rows = cast("dict[str, Any]", state[self])
        return [f"{self.kind}/{key}" for key, row in rows.items() if row.erased]


def erasures() -> dict[type[Event], "Table[Any]"]:
    """Event -> the table of which it erases a row."""
    return {table.erasure: table for table in tables.values() if table.erasure}
