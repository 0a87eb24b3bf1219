"""One view's table in PostgreSQL: its DDL, and encoding and decoding of rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from projections.base import Row, View
from services.views.columns import Column, stored_value
from services.views.steps import Changed
from services.views.table import Table, encoder

_TYPES: Final = {
    "text": 'text COLLATE "C"',
    "integer": "bigint",
    "real": "double precision",
    "boolean": "bigint",
    "instant": "bigint",
}
_AMONG: Final = "key = ANY(ARRAY(SELECT json_array_elements_text(${}::json)))"
"""Passes many keys as one text; for array parameters the driver inspects every element."""
PIECE: Final = 5_000
"""Most rows per statement."""

Rows = Mapping[str, Row | None]
Line = tuple[Any, ...]


class PgTable(Table):
    """See Table. A changed row type or fold gets a new table; the old one stays until nobody reads it."""

    def __init__(self, view: View[Any]) -> None:
        super().__init__(view)
        self.name = f"view_{view.name}_{self.signature[:10]}"
        self._names = ["jurisdiction", "key", *(c.sql for c in self.columns), "row"]
        self._instants = any(c.kind == "instant" for c in self.columns)
        self._clear = f"DELETE FROM {self.name} WHERE jurisdiction = $1"  # noqa: S608
        cells = "".join(f", {column.sql}" for column in self.columns)
        self.every = f"SELECT key, row{cells} FROM {self.name} WHERE jurisdiction = $1"  # noqa: S608
        """All rows of $1 with their columns."""
        self._delete = f"{self._clear} AND {_AMONG.format(2)}"
        self._update = (
            f"UPDATE {self.name} AS old SET row = new.row "  # noqa: S608
            "FROM unnest($2::text[], $3::bytea[]) AS new(key, row) "
            "WHERE old.jurisdiction = $1 AND old.key = new.key"
        )

    def _line(self, jurisdiction: str, key: str, row: Row, data: bytes) -> Line:
        cells = self.values(row)
        return (jurisdiction, key, *(map(stored_value, cells) if self._instants else cells), data)

    def ddl(self) -> str:
        """Return the statements that create the table and its indexes if missing."""
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
        """Select the rows of $1 whose key is in JSON array $number+2; the first column is the number."""
        where = f"jurisdiction = $1 AND {_AMONG.format(number + 2)}"
        return f"SELECT {number}, key, row FROM {self.name} WHERE {where}"  # noqa: S608

    def encode(self, jurisdiction: str, before: Rows, after: Rows) -> "Changes":
        """Encode changed rows for writing. Raises whatever a bad row raises."""
        done = Changes(self)
        public, name, values = self.view.public, self.name, self.values
        for key, row in after.items():
            old = before.get(key)
            data = None if row is None else encoder.encode(row)
            if public:
                done.step.append((name, key, None if old is None else encoder.encode(old), data))
            if row is not None and data is not None:
                if old is not None and values(old) == values(row):
                    done.same[key] = data
                    continue
                done.lines.append(self._line(jurisdiction, key, row, data))
            if old is not None:
                done.gone.append(key)
        return done

    async def write(self, db: asyncpg.Connection, jurisdiction: str, changes: "Changes") -> None:
        """Write encoded changes. Raises whatever a bad row raises."""
        await self._replace(db, jurisdiction, changes.gone, changes.lines)
        await self._change(db, jurisdiction, changes.same)

    async def replace(self, db: asyncpg.Connection, jurisdiction: str, rows: Mapping[str, Row]) -> None:
        """Replace all rows with these."""
        await db.execute(self._clear, jurisdiction)
        ordered = sorted(rows.items())
        for start in range(0, len(ordered), PIECE):
            piece = ordered[start : start + PIECE]
            lines = [self._line(jurisdiction, key, row, encoder.encode(row)) for key, row in piece]
            await self._replace(db, jurisdiction, (), lines)

    async def _replace(
        self, db: asyncpg.Connection, jurisdiction: str, gone: Sequence[str], lines: Sequence[Line]
    ) -> None:
        """Delete and reinsert rows whose index entries change. Inserts use COPY, which takes half the time of
        column arrays."""
        if gone:
            await db.execute(self._delete, jurisdiction, encoder.encode(gone).decode())
        if lines:
            await db.copy_records_to_table(self.name, records=lines, columns=self._names)

    async def _change(self, db: asyncpg.Connection, jurisdiction: str, rows: Mapping[str, bytes]) -> None:
        """Update rows whose index entries do not change."""
        if not rows:
            return
        done = await db.execute(self._update, jurisdiction, list(rows), list(rows.values()))
        if done != f"UPDATE {len(rows)}":
            raise ValueError(f"{self.name} is missing rows ({done} of {len(rows)})")


class Changes:
    """Encoded rows of one table: to delete (perhaps to reinsert), to insert, to update; and the step."""

    def __init__(self, table: PgTable) -> None:
        self.table = table
        self.gone: list[str] = []
        self.lines: list[Line] = []
        self.same: dict[str, bytes] = {}
        self.step: list[Changed] = []
