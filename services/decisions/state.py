"""One jurisdiction's state: only what decisions need, changed only through a journaled `put`."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar, cast
from zoneinfo import ZoneInfo

import msgspec

from events import disclosure, timers
from events.commit import Head
from events.disclosure import Disclosure
from events.timers import Timers
from services.decisions.table import Table, tables

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


MOST_LOOKED_UP: Final = 100_000
"""Keys remembered to have been taken back."""
COMMANDS: Final = Table("commands", RecordedCommand)


class Away(Exception):
    """Rows that a decision needs may be put away. The caller reads them back and decides again."""

    def __init__(self, keys: Iterable[str], *, exist: bool = False) -> None:
        """`exist`: whether there must be a row for each key."""
        self.keys, self.exist = tuple(keys), exist
        super().__init__(self.keys)


class Rows(dict[str, V]):
    """Rows of a table, some of which may be put away. Raises Away for a key of which that is not known."""

    def __init__(self, looked_up: set[str]) -> None:
        """`looked_up`: keys whose rows were taken back, so that what is not here does not exist."""
        super().__init__()
        self.partial = False
        """Whether some rows are put away."""
        self._looked_up = looked_up

    def __missing__(self, key: str) -> V:
        if self.partial and key not in self._looked_up:
            raise Away((key,))
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        if super().__contains__(key):
            return True
        if self.partial and key not in self._looked_up:
            raise Away((str(key),))
        return False

    def get(self, key: str, default: Any = None) -> Any:
        found = super().get(key)
        if found is None and self.partial and key not in self._looked_up:
            raise Away((key,))
        return default if found is None else found


class _Tables(dict[str, dict[str, Any]]):
    """Tables by name, made when first used."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_up = set[str]()

    def __missing__(self, name: str) -> dict[str, Any]:
        made = self[name] = Rows[Any](self.looked_up) if tables[name].idle else {}
        return made


class State:
    """All tables of one jurisdiction, indexed by descriptor: `state[WORKERS]["W1"]`.

    Rows are immutable; every change goes through `put`.
    """

    def __init__(self, jurisdiction: str) -> None:
        self.jurisdiction = jurisdiction
        self.head = Head()
        self._meta = {jurisdiction: Meta()}
        """A one-row table, so that changes are journaled like all others."""
        self._tables = _Tables()
        self.partial = False
        """Whether rows are put away."""
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
        self._journal.append((table, key, _here(table, key)))  # what is put away stays so if undone
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value

    def some(self, table: Table[R], keys: Iterable[str]) -> list[R]:
        """Return rows that exist. Raises Away for all that are put away at once."""
        keys, here = tuple(keys), self._tables[table.name]
        found = [_here(here, key) for key in keys]
        if None in found:
            raise Away((key for key, row in zip(keys, found, strict=True) if row is None), exist=True)
        return cast("list[R]", found)

    # -- what is put away ----------------------------------------------------------------------------------

    def put_away(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Let go of stored rows, by table, unless they have changed since."""
        for name, stored in rows.items():
            here = self._tables[name]
            for key, row in stored.items():
                if _here(here, key) is row:
                    del here[key]
        self.make_partial()

    def make_partial(self) -> None:
        """Expect rows that may be put away not to be here."""
        self.partial = True
        for name, table in tables.items():
            rows = self._tables[name]
            if table.idle and isinstance(rows, Rows):
                rows.partial = True
        self._tables.looked_up.clear()

    def unknown(self, table: Table[Any], keys: Iterable[str]) -> list[str]:
        """Return those keys of which it is not known whether a row is put away."""
        rows, looked_up = self._tables[table.name], self._tables.looked_up
        if not (isinstance(rows, Rows) and rows.partial):
            return []
        return [key for key in keys if _here(rows, key) is None and key not in looked_up]

    def take_back(self, keys: Iterable[str], found: Iterable[tuple[str, str, Any]]) -> None:
        """Take back the stored rows (table, key, row) of these keys, unless there are newer ones here.

        Not journaled: it changes nothing of what decisions see.
        """
        for name, key, row in found:
            self._tables[name].setdefault(key, row)
        if len(self._tables.looked_up) > MOST_LOOKED_UP:
            self._tables.looked_up.clear()
        self._tables.looked_up.update(keys)

    # -- the journal ---------------------------------------------------------------------------------------

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


def _here(table: dict[K, V], key: K) -> V | None:
    """Return a row unless it is put away or does not exist."""
    return cast("V | None", dict.get(table, key))  # pyright: ignore[reportUnknownMemberType]
