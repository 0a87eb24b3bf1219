"""The table of one view's live version in PostgreSQL: its DDL, and its rows on the way in and out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import asyncpg

from projections.base import Row, View
from services.views.columns import Column, held
from services.views.steps import Changed
from services.views.table import Table, encoder

_TYPES: Final = {
    "text": 'text COLLATE "C"',
    "integer": "bigint",
    "real": "double precision",
    "boolean": "bigint",
    "instant": "bigint",
}
_ARRAYS: Final = {
    "text": "text[]",
    "integer": "bigint[]",
    "real": "double precision[]",
    "boolean": "bigint[]",
    "instant": "bigint[]",
}
PIECE: Final = 5_000
"""Rows of one statement at most."""

Rows = Mapping[str, Row | None]
Line = tuple[Any, ...]


class PgTable(Table):
    """As Table; another row type or fold is another table, beside this one until nobody reads it."""

    def __init__(self, view: View[Any]) -> None:
        super().__init__(view)
        self.name = f"view_{view.name}_{self.signature[:10]}"
        names = ["jurisdiction", "key", *(c.sql for c in self.columns), "row"]
        self._names = names
        self._instants = any(c.kind == "instant" for c in self.columns)
        arrays = ["text[]", *(_ARRAYS[c.kind] for c in self.columns), "bytea[]"]
        asked = ", ".join(f"${n}::{kind}" for n, kind in enumerate(arrays, 2))
        sets = ", ".join(f"{name} = excluded.{name}" for name in names[2:])
        self._upsert = (
            f"INSERT INTO {self.name} ({', '.join(names)}) SELECT $1, * FROM unnest({asked})"  # noqa: S608
            f" ON CONFLICT (jurisdiction, key) DO UPDATE SET {sets}"
        )
        self._delete = f"DELETE FROM {self.name} WHERE jurisdiction = $1 AND key = ANY($2::text[])"  # noqa: S608
        self._clear = f"DELETE FROM {self.name} WHERE jurisdiction = $1"  # noqa: S608

    def _columns(self, row: Row) -> Iterable[Any]:
        return map(held, self.values(row)) if self._instants else self.values(row)

    def ddl(self) -> str:
        """Makes the table and its indexes where they are missing."""
        cols = "".join(f", {c.sql} {_TYPES[c.kind]}" for c in self.columns)
        table = (
            f'CREATE TABLE IF NOT EXISTS {self.name} (jurisdiction text COLLATE "C" NOT NULL, '
            f'key text COLLATE "C" NOT NULL{cols}, row bytea NOT NULL, PRIMARY KEY (jurisdiction, key)) '
            "WITH (fillfactor = 70);"
        )
        return "".join((table, *(self._index(c) for c in self.columns)))

    def _index(self, column: Column) -> str:
        some = f" WHERE {column.sql} IS NOT NULL" if column.nullable and column.kind == "text" else ""
        name = f"{self.name}_{column.field}"[:63]
        return (
            f"CREATE INDEX IF NOT EXISTS {name} ON {self.name} "
            f"(jurisdiction, {column.sql} NULLS FIRST, key){some};"
        )

    def select(self, number: int) -> str:
        """Rows of $1 whose key is in the array $number+2; the first column is the number."""
        return (
            f"SELECT {number}, key, row FROM {self.name} "  # noqa: S608
            f"WHERE jurisdiction = $1 AND key = ANY(${number + 2}::text[])"
        )

    async def write(
        self, db: asyncpg.Connection, jurisdiction: str, before: Rows, after: Rows
    ) -> list[Changed]:
        """Write changed rows; what goes into the step of it. Raises whatever a bad row raises."""
        inserts: list[Line] = []
        updates: list[Line] = []
        deletes: list[str] = []
        changes: list[Changed] = []
        public, name, columns = self.view.public, self.name, self._columns
        for key, row in after.items():
            old = before.get(key)
            data = None if row is None else encoder.encode(row)
            if public:
                changes.append((name, key, None if old is None else encoder.encode(old), data))
            if row is None:
                deletes.append(key)
            elif old is None:
                inserts.append((jurisdiction, key, *columns(row), data))
            else:
                updates.append((key, *columns(row), data))
        if deletes:
            await db.execute(self._delete, jurisdiction, deletes)
        await self._add(db, inserts)
        await self._put(db, jurisdiction, updates)
        return changes

    async def replace(self, db: asyncpg.Connection, jurisdiction: str, rows: Mapping[str, Row]) -> None:
        """Put these rows in the place of all there are."""
        await db.execute(self._clear, jurisdiction)
        ordered = sorted(rows.items())
        for start in range(0, len(ordered), PIECE):
            piece = ordered[start : start + PIECE]
            lines = [(jurisdiction, key, *self._columns(row), encoder.encode(row)) for key, row in piece]
            await self._add(db, lines)

    async def _add(self, db: asyncpg.Connection, lines: Sequence[Line]) -> None:
        """Rows that are new: by COPY, in a third of the time that arrays of columns take."""
        if lines:
            await db.copy_records_to_table(self.name, records=lines, columns=self._names)

    async def _put(self, db: asyncpg.Connection, jurisdiction: str, lines: Sequence[Line]) -> None:
        if lines:
            await db.execute(self._upsert, jurisdiction, *map(list, zip(*lines, strict=True)))
