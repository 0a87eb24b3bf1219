"""One jurisdiction's state: only what decisions need, changed only through a journaled `put`."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from events import disclosure, timers
from events.commit import Head
from events.disclosure import Disclosure
from events.timers import Timers
from services.decisions.table import Table

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R")


class RecordedCommand(msgspec.Struct, frozen=True, gc=False):
    """A recorded command, to recognise repeats."""

    position: int
    """Position of its last event."""
    body: str
    name: str = ""
    """Name of its first event, as in the view of commands."""


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about the jurisdiction itself."""

    timezone: str | None = None
    """None until the jurisdiction is established."""
    name: str | None = None
    recorded_at: datetime | None = None
    """Time of the last commit."""
    moved: str | None = None
    """Where it moved to, in words, perhaps empty; None if it has not moved."""
    closed: bool = False
    """Whether it takes no commands, see `jurisdiction.close`."""
    timers: Timers = timers.DEFAULTS
    """Limits in seconds after which silence becomes an alert."""
    disclosure: Disclosure = disclosure.DEFAULTS
    """Who sees which personal data."""

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone. Raises ValueError before the jurisdiction is established."""
        if self.timezone is None:
            raise ValueError("the jurisdiction has no timezone until it is established")
        return ZoneInfo(self.timezone)


COMMANDS: Final = Table("commands", RecordedCommand)


class State:
    """All tables of one jurisdiction, indexed by descriptor: `state[WORKERS]["W1"]`.

    Rows are immutable; every change goes through `put`.
    """

    def __init__(self, jurisdiction: str) -> None:
        self.jurisdiction = jurisdiction
        self.head = Head()
        self._meta = {jurisdiction: Meta()}
        """A one-row table, so that changes are journaled like all others."""
        self._tables: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self._journal: list[tuple[dict[Any, Any], Any, Any]] = []

    def __getitem__(self, table: Table[R]) -> dict[str, R]:
        return self._tables[table.name]

    @property
    def size(self) -> int:
        """Number of entries in all tables."""
        return sum(map(len, self._tables.values()))

    @property
    def meta(self) -> Meta:
        """Facts about the jurisdiction; assigning is journaled."""
        return self._meta[self.jurisdiction]

    @meta.setter
    def meta(self, value: Meta) -> None:
        self.put(self._meta, self.jurisdiction, value)

    @property
    def established(self) -> bool:
        return self.meta.timezone is not None

    @property
    def moved(self) -> str | None:
        """Where it moved to, in words, perhaps empty; None if it has not moved."""
        return self.meta.moved

    def put(self, table: dict[K, V], key: K, value: V | None) -> None:
        """Set a value, or remove it with None. Journaled until `settle`, so that `undo` can revert it."""
        self._journal.append((table, key, table.get(key)))
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value

    def mark(self) -> int:
        """Return a point that `undo` can return to."""
        return len(self._journal)

    def undo(self, mark: int = 0) -> None:
        """Revert every change since `mark`, newest first."""
        while len(self._journal) > mark:
            table, key, old = self._journal.pop()
            if old is None:
                table.pop(key, None)
            else:
                table[key] = old

    def settle(self) -> None:
        """Confirm all changes so far."""
        self._journal.clear()

    def changed(self, mark: int) -> Iterable[tuple[dict[Any, Any], Any, Any]]:
        """Return (table, key, previous value) for the changes since `mark`."""
        return self._journal[mark:]
