"""The state of one jurisdiction: only what decisions need, changed only through one journaled put."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Any, Final, TypeVar

import msgspec

from events.commit import Head
from services.decisions.table import Table

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R")


class RecordedCommand(msgspec.Struct, frozen=True, gc=False):
    """A command that is in the log: for repeats."""

    position: int
    """Of its last event."""
    body: str
    name: str = ""
    """Of its first event, as in the view of commands."""


COMMANDS: Final = Table("commands", RecordedCommand)


class State:
    """All tables of one jurisdiction, by their descriptors: `state[WORKERS]["W1"]`.

    Rows are immutable; every change goes through `put`.
    """

    def __init__(self, jurisdiction: str) -> None:
        self.jurisdiction = jurisdiction
        self.head = Head()
        self.meta: dict[str, Any] = {}
        """timezone, name, zone, recorded_at (of the last commit), moved."""
        self._tables: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self._journal: list[tuple[dict[Any, Any], Any, Any]] = []

    def __getitem__(self, table: Table[R]) -> dict[str, R]:
        return self._tables[table.name]

    @property
    def established(self) -> bool:
        return "timezone" in self.meta

    @property
    def moved(self) -> str | None:
        """Where to, in words, perhaps none; None = it is here."""
        return self.meta.get("moved")

    def put(self, table: dict[K, V], key: K, value: V | None) -> None:
        """Set, or with None remove, a value; remembered until `settle` so that `undo` can take it back."""
        self._journal.append((table, key, table.get(key)))
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value

    def mark(self) -> int:
        """A point that `undo` can go back to."""
        return len(self._journal)

    def undo(self, mark: int = 0) -> None:
        """Take back every change since `mark`, newest first."""
        while len(self._journal) > mark:
            table, key, old = self._journal.pop()
            if old is None:
                table.pop(key, None)
            else:
                table[key] = old

    def settle(self) -> None:
        """All changes so far are confirmed."""
        self._journal.clear()

    def changed(self, mark: int) -> Iterable[tuple[dict[Any, Any], Any, Any]]:
        """(table, key, value before) of the changes since `mark`."""
        return self._journal[mark:]
