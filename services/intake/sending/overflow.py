"""A dictionary that spills its least recently used entries to a database table."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import apsw
import msgspec

T = TypeVar("T")
_encode = msgspec.msgpack.Encoder().encode


class Overflow(Generic[T]):
    """Keeps at most `most` entries in memory."""

    def __init__(self, db: apsw.Connection, table: str, of: type[T], most: int) -> None:
        self._db, self._table, self._most = db, table, most
        self._decode = msgspec.msgpack.Decoder(of).decode
        self._memory = OrderedDict[str, T]()
        self._spilt = False
        db.execute(f"CREATE TABLE {table} (seq INTEGER PRIMARY KEY, key TEXT UNIQUE, value BLOB)")

    def get(self, key: str) -> T | None:
        """Return the entry, or None, and mark it as recently used."""
        if (found := self._memory.get(key)) is not None:
            self._memory.move_to_end(key)
            return found
        if not self._spilt:
            return None
        row: Any = self._db.execute(
            f"SELECT value FROM {self._table} WHERE key=?",  # noqa: S608  fixed table name
            (key,),
        ).fetchone()
        return self._decode(row[0]) if row else None

    def put(self, key: str, value: T) -> None:
        """Set an entry."""
        self._memory[key] = value
        self._memory.move_to_end(key)
        if len(self._memory) > self._most:
            self._spill(self._most // 2)

    def _spill(self, keep: int) -> None:
        """Write the least recently used entries to the table, keeping `keep` in memory."""
        self._spilt = True
        oldest = [self._memory.popitem(last=False) for _ in range(len(self._memory) - keep)]
        self._db.executemany(
            f"INSERT INTO {self._table} (key, value) VALUES (?,?) "  # noqa: S608
            "ON CONFLICT (key) DO UPDATE SET value=excluded.value",
            [(key, _encode(value)) for key, value in oldest],
        )

    def values(self) -> Iterator[T]:
        """Yield all entries."""
        self._spill(0)
        for (value,) in self._db.execute(f"SELECT value FROM {self._table} ORDER BY seq"):  # noqa: S608
            yield self._decode(value)
