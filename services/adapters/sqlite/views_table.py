"""One view's table in SQLite: its DDL, and encoding and decoding of rows."""

from collections.abc import Iterable, Mapping
from itertools import compress
from operator import ne
from typing import Any, Final

import apsw

from projections.base import Row, View
from services.views.columns import Column, Stored, stored_value
from services.views.table import Table as AnyTable
from services.views.table import encoder as _encoder

TYPES: Final = {
    "text": "TEXT",
    "integer": "INTEGER",
    "real": "REAL",
    "boolean": "INTEGER",
    "instant": "INTEGER",
}
Rows = Mapping[str, Row | None]
MANY: Final = 1_000
"""Rows from which on it is faster to make a table's indexes again than to keep them up to date."""


class Table(AnyTable):
    """Rows as JSON, plus a typed, indexed column for each field that the view filters by."""

    def __init__(self, view: View[Any]) -> None:
        super().__init__(view)
        self._updates: dict[tuple[bool, ...], str] = {}
        marks = ", ".join("?" * (len(self.columns) + 3))
        self._insert = f"INSERT INTO {self.name} VALUES ({marks})"  # noqa: S608

    def ddl(self) -> str:
        """Return the statements that create the table and its indexes."""
        cols = "".join(f", {c.sql} {TYPES[c.kind]}" for c in self.columns)
        table = (
            f"CREATE TABLE {self.name} (jurisdiction TEXT NOT NULL, key TEXT NOT NULL{cols}, "
            "row BLOB NOT NULL, PRIMARY KEY (jurisdiction, key)) STRICT, WITHOUT ROWID;"
        )
        return table + self._indexes()

    def _indexes(self) -> str:
        return "".join(
            f"CREATE INDEX {self.name}_{c.sql} ON {self.name} (jurisdiction, {c.sql}, key){_only(c)};"
            for c in self.columns
        )

    def load(self, db: apsw.Connection, jurisdiction: str, keys: Iterable[str]) -> dict[str, Row | None]:
        """Return rows by key; None for missing rows. Raises RowUnreadable."""
        rows: dict[str, Row | None] = dict.fromkeys(keys)
        found: Any = db.execute(
            f"SELECT t.key, t.row FROM json_each(?) AS asked CROSS JOIN {self.name} AS t "  # noqa: S608
            "ON t.jurisdiction = ? AND t.key = asked.value",
            (_encoder.encode(list(rows)).decode(), jurisdiction),
        )
        for key, data in found.fetchall():  # a half-read statement would hold its snapshot
            rows[key] = self.decode(key, data)
        return rows

    def write(
        self, db: apsw.Connection, jurisdiction: str, before: Rows, after: Rows
    ) -> list[tuple[str, bytes | None, bytes | None]]:
        """Write changed rows and return (key, before, after) as JSON. Raises whatever a bad row raises."""
        inserts: list[tuple[Stored | bytes, ...]] = []
        deletes: list[tuple[str, str]] = []
        updates: dict[tuple[bool, ...], list[tuple[Stored | bytes, ...]]] = {}
        changes: list[tuple[str, bytes | None, bytes | None]] = []
        for key, row in after.items():
            old = before.get(key)
            data = None if row is None else _encoder.encode(row)
            changes.append((key, None if old is None else _encoder.encode(old), data))
            if row is None:
                deletes.append((jurisdiction, key))
            elif old is None:
                inserts.append((jurisdiction, key, *map(stored_value, self.values(row)), data))
            else:
                self._update(updates, jurisdiction, key, old, row, data)
        self._execute(db, inserts, deletes, updates)
        return changes

    def _update(
        self,
        updates: dict[tuple[bool, ...], list[tuple[Stored | bytes, ...]]],
        jurisdiction: str,
        key: str,
        old: Row,
        row: Row,
        data: bytes | None,
    ) -> None:
        """Name only changed columns, so that the indexes of the others are not touched."""
        was, now = self.values(old), self.values(row)
        changed = tuple(map(ne, was, now))
        updates.setdefault(changed, []).append(
            (data, *map(stored_value, compress(now, changed)), jurisdiction, key)
        )

    def _execute(
        self,
        db: apsw.Connection,
        inserts: list[tuple[Stored | bytes, ...]],
        deletes: list[tuple[str, str]],
        updates: dict[tuple[bool, ...], list[tuple[Stored | bytes, ...]]],
    ) -> None:
        if deletes:
            db.executemany(f"DELETE FROM {self.name} WHERE jurisdiction = ? AND key = ?", deletes)  # noqa: S608
        for changed, rows in updates.items():
            db.executemany(self._update_sql(changed), rows)
        if inserts:
            db.executemany(self._insert, inserts)

    def _update_sql(self, changed: tuple[bool, ...]) -> str:
        sql = self._updates.get(changed)
        if sql is None:
            named = (column.sql for column in compress(self.columns, changed))
            sets = ", ".join(f"{name} = ?" for name in ("row", *named))
            sql = f"UPDATE {self.name} SET {sets} WHERE jurisdiction = ? AND key = ?"  # noqa: S608
            self._updates[changed] = sql
        return sql

    def replace(self, db: apsw.Connection, jurisdiction: str, rows: Mapping[str, Row]) -> None:
        """Replace all rows with these."""
        if len(rows) < MANY or self._shared(db, jurisdiction):
            db.execute(f"DELETE FROM {self.name} WHERE jurisdiction = ?", (jurisdiction,))  # noqa: S608
            self.add(db, jurisdiction, rows)
            return
        db.execute("".join(f"DROP INDEX {self.name}_{column.sql};" for column in self.columns))
        db.execute(f"DELETE FROM {self.name}")  # noqa: S608
        self.add(db, jurisdiction, rows)
        db.execute(self._indexes())

    def _shared(self, db: apsw.Connection, jurisdiction: str) -> bool:
        """Whether there are rows of another jurisdiction."""
        sides = (f"SELECT 1 FROM {self.name} WHERE jurisdiction {side} ? LIMIT 1" for side in "<>")  # noqa: S608
        return any(db.execute(side, (jurisdiction,)).fetchall() for side in sides)

    def add(self, db: apsw.Connection, jurisdiction: str, rows: Mapping[str, Row]) -> None:
        """Insert new rows."""
        inserts = [
            (jurisdiction, key, *map(stored_value, self.values(row)), _encoder.encode(row))
            for key, row in rows.items()
        ]
        self._execute(db, sorted(inserts, key=lambda one: str(one[1])), [], {})


def _only(column: Column) -> str:
    """Leave empty texts out of the index: they are common and rarely queried. Instants are sorted by."""
    return f" WHERE {column.sql} IS NOT NULL" if column.nullable and column.kind == "text" else ""
