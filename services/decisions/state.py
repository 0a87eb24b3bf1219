"""The state of one jurisdiction: only what decisions need, changed only through one journaled put."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

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


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """What a state knows of its jurisdiction itself."""

    timezone: str | None = None
    """None = nothing has established it yet."""
    name: str | None = None
    recorded_at: datetime | None = None
    """Of the last commit."""
    moved: str | None = None
    """Where to, in words, perhaps none; None = it is here."""

    @property
    def zone(self) -> ZoneInfo:
        """Raises ValueError where nothing has established it."""
        if self.timezone is None:
            raise ValueError("a jurisdiction has no timezone before it is established")
        return ZoneInfo(self.timezone)


COMMANDS: Final = Table("commands", RecordedCommand)


class State:
    """All tables of one jurisdiction, by their descriptors: `state[WORKERS]["W1"]`.

    Rows are immutable; every change goes through `put`.
    """

    def __init__(self, jurisdiction: str) -> None:
        self.jurisdiction = jurisdiction
        self.head = Head()
        self._meta = {jurisdiction: Meta()}
        """One row in a table of its own, so that its changes are journaled as all others are."""
        self._tables: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self._journal: list[tuple[dict[Any, Any], Any, Any]] = []

    def __getitem__(self, table: Table[R]) -> dict[str, R]:
        return self._tables[table.name]

    @property
    def meta(self) -> Meta:
        """To set it is a `put`."""
        return self._meta[self.jurisdiction]

    @meta.setter
    def meta(self, value: Meta) -> None:
        self.put(self._meta, self.jurisdiction, value)

    @property
    def established(self) -> bool:
        return self.meta.timezone is not None

    @property
    def moved(self) -> str | None:
        """Where to, in words, perhaps none; None = it is here."""
        return self.meta.moved

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
