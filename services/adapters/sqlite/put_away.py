"""Rows of one jurisdiction's state that were put away, in a file beside its snapshot.

A row keeps its older forms until the snapshot that belongs to the newest one is stored: what a crash left
between the two is cut off when the snapshot is read.
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

import apsw

from services.adapters.sqlite import data_file
from services.snapshots.port import Idle, RowsLost, Snapshot

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS made (id TEXT NOT NULL, log TEXT NOT NULL, code TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS kept (
    key TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
    sum INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (key, name, position)
) STRICT, WITHOUT ROWID;
"""
_FIND: Final = (
    "SELECT name, key, data, sum, max(position) FROM kept"
    " WHERE key IN (SELECT value FROM json_each(?)) AND position <= ? GROUP BY key, name"
)


class PutAway:
    """One file, for the one process that has the log open. Raises RowsLost, apsw.Error, OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: apsw.Connection | None = None
        self._reader: apsw.Connection | None = None

    def add(self, snapshot: Snapshot, rows: Iterable[Idle]) -> tuple[str, list[tuple[str, str]]]:
        """Store rows as they are at the snapshot. Return the id of the file's content, and their names."""
        db, names = self._writer(), list[tuple[str, str]]()
        known = self.id_for(snapshot)
        made = known or str(uuid4())

        def bound() -> Iterable[tuple[str, str, int, int, bytes]]:
            for name, key, data in rows:
                names.append((key, name))
                yield key, name, snapshot.position, zlib.crc32(data), data

        with db:
            if known is None:
                db.execute("DELETE FROM made; DELETE FROM kept")
                db.execute("INSERT INTO made VALUES (?, ?, ?)", (made, snapshot.log, snapshot.code))
            db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)", bound())
        return made, names

    def tidy(self, names: Iterable[tuple[str, str]], position: int) -> None:
        """Remove the forms before a position, now that its snapshot is stored."""
        db = self._writer()
        with db:
            db.executemany(
                "DELETE FROM kept WHERE key = ? AND name = ? AND position < ?",
                ((*name, position) for name in names),
            )

    def cut(self, position: int) -> None:
        """Remove what was stored for a snapshot that was not."""
        db = self._writer()
        with db:
            db.execute("DELETE FROM kept WHERE position > ?", (position,))

    def id_for(self, snapshot: Snapshot) -> str | None:
        """Return the id of what was put away with snapshots of this log and code; None if nothing was."""
        if not self._path.exists():
            return None
        asked = (snapshot.log, snapshot.code)
        found = self._writer().execute("SELECT id FROM made WHERE log = ? AND code = ?", asked).fetchone()
        return str(found[0]) if found else None

    def find(self, position: int, keys: Sequence[str]) -> list[Idle]:
        """Return the rows of these keys as they were at a position."""
        if self._reader is None:
            self._reader = data_file.open_reader(self._path)
        found: list[Idle] = []
        for name, key, data, checksum, _ in self._reader.execute(_FIND, (json.dumps(keys), position)):
            if zlib.crc32(data) != checksum:
                raise RowsLost(f"{self._path}: the row {name} {key} is not what was written")
            found.append((name, key, data))
        return found

    def close(self) -> None:
        for db in (self._db, self._reader):
            if db:
                db.close()
        self._db = self._reader = None

    def remove(self) -> None:
        """Remove the file."""
        self.close()
        for path in (self._path, *data_file.beside(self._path)):
            path.unlink(missing_ok=True)

    def _writer(self) -> apsw.Connection:
        if self._db is None:
            self._db = data_file.open_store(self._path, _SCHEMA)
        return self._db
