"""One view's table in PostgreSQL: its DDL, and encoding and decoding of rows."""

from collections.abc import Mapping
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
_WANTED: Final = (
    "unnest(${}::text[], ${}::text[]) AS given(jurisdiction, keys), "
    "json_array_elements_text(given.keys::json) AS key"
)
"""Jurisdictions, and the keys of each as one text; for array parameters the driver inspects every element."""
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
        self._delete = (
            f"DELETE FROM {self.name} AS old USING {_WANTED.format(1, 2)} "  # noqa: S608
            "WHERE old.jurisdiction = given.jurisdiction AND old.key = key.value"
        )
        self._update = (
            f"UPDATE {self.name} AS old SET row = new.row "  # noqa: S608
            "FROM unnest($1::text[], $2::text[], $3::bytea[]) AS new(jurisdiction, key, row) "
            "WHERE old.jurisdiction = new.jurisdiction AND old.key = new.key"
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

    def select(self, number: int, parameter: int) -> str:
        """Select rows of the jurisdictions in $1 by their keys in $parameter; the first column is `number`.

        Each is looked up by itself, whatever the planner thinks of a table that has just been filled.
        """
        where = "t.jurisdiction = given.jurisdiction AND t.key = key.value"
        row = f"SELECT row FROM {self.name} AS t WHERE {where}"  # noqa: S608
        wanted = _WANTED.format(1, parameter)
        return f"SELECT {number}, given.jurisdiction, key.value, ({row}) FROM {wanted}"  # noqa: S608

    def encode(self, done: "Changes", jurisdiction: str, before: Rows, after: Rows) -> list[Changed]:
        """Add changed rows to those to be written; return them for the step. Raises whatever a bad row
        raises."""
        step: list[Changed] = []
        public, name, values = self.view.public, self.name, self.values
        for key, row in after.items():
            old = before.get(key)
            data = None if row is None else encoder.encode(row)
            if public:
                step.append((name, key, None if old is None else encoder.encode(old), data))
            if row is not None and data is not None:
                if old is not None and values(old) == values(row):
                    done.same.append((jurisdiction, key, data))
                    continue
                done.lines.append(self._line(jurisdiction, key, row, data))
            if old is not None:
                done.gone.setdefault(jurisdiction, []).append(key)
        return step

    async def write(self, db: asyncpg.Connection, changes: "Changes") -> None:
        """Write encoded changes. Inserts use COPY, which takes half the time of column arrays. Raises
        whatever a bad row raises."""
        if changes.gone:
            keys = [encoder.encode(keys).decode() for keys in changes.gone.values()]
            await db.execute(self._delete, list(changes.gone), keys)
        if changes.lines:
            await db.copy_records_to_table(self.name, records=changes.lines, columns=self._names)
        if changes.same:
            done = await db.execute(self._update, *map(list, zip(*changes.same, strict=True)))
            if done != f"UPDATE {len(changes.same)}":
                raise ValueError(f"{self.name} is missing rows ({done} of {len(changes.same)})")

    async def replace(self, db: asyncpg.Connection, jurisdiction: str, rows: Mapping[str, Row]) -> None:
        """Replace all rows with these."""
        await db.execute(self._clear, jurisdiction)
        ordered = sorted(rows.items())
        for start in range(0, len(ordered), PIECE):
            piece = ordered[start : start + PIECE]
            lines = [self._line(jurisdiction, key, row, encoder.encode(row)) for key, row in piece]
            await db.copy_records_to_table(self.name, records=lines, columns=self._names)


class Changes:
    """Encoded rows of one table, of any jurisdictions: to delete, perhaps to reinsert, as their index entries
    change; to insert; and to update."""

    def __init__(self) -> None:
        self.gone: dict[str, list[str]] = {}
        """Keys by jurisdiction."""
        self.lines: list[Line] = []
        self.same: list[tuple[str, str, bytes]] = []
