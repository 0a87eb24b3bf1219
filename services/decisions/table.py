"""The descriptor of an aggregate: one table, declared once, beside the rules that fill it.

The state, its snapshots, authorisation, erasures and the tests' comparisons all read what is declared here.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar

from events.base import Event
from events.refs import fields_by_kind

if TYPE_CHECKING:
    from services.decisions.state import State

Row = TypeVar("Row")

tables: dict[str, "Table[object]"] = {}
"""Every table of a State, by name."""
kinds: dict[str, "Table[object]"] = {}
"""Those that references may name, by kind."""


class Table(Generic[Row]):
    """Rows of one type, by id.

    `name` is the table's in snapshots. `kind` is what a `Ref` calls its rows; None = nothing refers to them.
    `areas` tells where a row lies: it limits tokens that are for some areas; it must be given with a kind.
    `own` tells whether a row is a worker's own: it limits workers' tokens; by default none is.
    `erasure` is the event with which the key of a row's personal data goes; its rows have a field `erased`.
    """

    def __init__(
        self,
        name: str,
        row: type[Row],
        *,
        kind: str | None = None,
        areas: "Callable[[State, str], Iterable[str]] | None" = None,
        own: "Callable[[State, str, str], bool] | None" = None,
        erasure: type[Event] | None = None,
    ) -> None:
        """Raises ValueError where it is declared twice or does not say where its rows lie."""
        if name in tables or kind in kinds:
            raise ValueError(f"table {name} of {kind} is declared twice")
        if (kind is None) != (areas is None):
            raise ValueError(f"table {name} must say what its rows are called and where they lie, or neither")
        self.name, self.row, self.kind, self.erasure = name, row, kind, erasure
        self._areas, self._own = areas, own
        tables[name] = self  # type: ignore[assignment]
        if kind:
            kinds[kind] = self  # type: ignore[assignment]

    def areas(self, state: "State", key: str) -> set[str]:
        """Where the row lies; nowhere = there is no such row."""
        return set(self._areas(state, key)) if self._areas and key in state[self] else set()

    def own(self, state: "State", key: str, worker: str) -> bool:
        """Whether the row is this worker's own."""
        return self._own is not None and self._own(state, key, worker)

    def erased(self, state: "State") -> list[str]:
        """`kind/id` of all rows whose keys must be gone by now."""
        if self.erasure is None:
            return []
        return [f"{self.kind}/{key}" for key, row in state[self].items() if getattr(row, "erased", False)]

    def key_of(self, event: Event) -> str:
        """The id of the row that an event of this aggregate is about."""
        return str(getattr(event, fields_by_kind(type(event))[str(self.kind)][0]))


def erasures() -> dict[type[Event], "Table[object]"]:
    """Event -> the table of which it erases a row."""
    return {table.erasure: table for table in tables.values() if table.erasure}
