"""One view's table of past rows in SQLite: each row from one position, or instant, until another."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import apsw
import msgspec

from projections.base import Row
from projections.spans import Span
from services.adapters.sqlite.views_table import TYPES, Rows
from services.views.columns import Stored, micros, stored_value
from services.views.query import Also, place
from services.views.table import Table, encoder

Lines = list[tuple[int, int, Row]]
"""Since, until, and the row."""
STILL: Final = 2**63 - 1
"""`until` of the present row."""


class PastTable(Table):
    """Rows as JSON with typed columns, as in the live table, and the positions between which they held."""

    def ddl(self) -> str:
        """Return the statements that create the table and its indexes.

        Each index holds the positions too, so that rows of other times are passed over unread. SQLite does so
        only in tables with row ids.
        """
        cols = "".join(f", {c.sql} {TYPES[c.kind]}" for c in self.columns)
        table = (
            f"CREATE TABLE {self.name} (jurisdiction TEXT NOT NULL, key TEXT NOT NULL, "
            f"until INTEGER NOT NULL, since INTEGER NOT NULL{cols}, row BLOB NOT NULL) STRICT; "
            f"CREATE UNIQUE INDEX {self.name}_key ON {self.name} (jurisdiction, key, until, since);"
        )
        indexes = (
            f"CREATE INDEX {self.name}_{c.sql} ON {self.name} (jurisdiction, {c.sql}, key, until, since);"
            for c in self.columns
        )
        return "".join((table, *indexes))

    def load(
        self, db: apsw.Connection, jurisdiction: str, keys: Iterable[str], at: int = STILL - 1
    ) -> dict[str, Row | None]:
        """Return rows as of a position, by default the present ones; None for missing rows."""
        rows: dict[str, Row | None] = dict.fromkeys(keys)
        found: Any = db.execute(
            f"SELECT t.key, t.row FROM json_each(?) AS asked CROSS JOIN {self.name} AS t "  # noqa: S608
            "ON t.jurisdiction = ? AND t.key = asked.value AND t.until > ? AND t.since <= ?",
            (encoder.encode(list(rows)).decode(), jurisdiction, at, at),
        )
        for key, data in found.fetchall():
            rows[key] = self.decode(key, data)
        return rows

    def write(self, db: apsw.Connection, jurisdiction: str, before: Rows, after: Rows, upto: int) -> None:
        """End the rows before a position, and begin those after it."""
        ended = [
            (upto, jurisdiction, key, STILL) for key, row in after.items() if before.get(key) is not None
        ]
        db.executemany(
            f"UPDATE {self.name} SET until = ? WHERE jurisdiction = ? AND key = ? AND until = ?",  # noqa: S608
            ended,
        )
        begun = [
            (jurisdiction, key, STILL, upto, *map(stored_value, self.values(row)), encoder.encode(row))
            for key, row in after.items()
            if row is not None
        ]
        self._insert(db, begun)

    def replace(
        self, db: apsw.Connection, jurisdiction: str, key: str, spans: Iterable[Span]
    ) -> tuple[Lines, Lines]:
        """Write a row as it was through time, where positions are microseconds since 1970.

        Return what is gone and what has come.
        """
        where = (jurisdiction, key)
        held: Any = db.execute(
            f"SELECT since, until, row FROM {self.name} WHERE jurisdiction = ? AND key = ?",  # noqa: S608
            where,
        )
        old: set[tuple[int, int, bytes]] = set(held.fetchall())
        new = {
            (micros(one.since), micros(one.until) if one.until else STILL, encoder.encode(one.row)): one.row
            for one in spans
        }
        gone = old - new.keys()
        come = [
            (since, until, data, row)
            for (since, until, data), row in new.items()
            if (since, until, data) not in old
        ]
        db.executemany(
            f"DELETE FROM {self.name} WHERE jurisdiction = ? AND key = ? AND until = ? AND since = ?",  # noqa: S608
            [(*where, until, since) for since, until, _ in gone],
        )
        self._insert(
            db,
            [
                (*where, until, since, *map(stored_value, self.values(row)), data)
                for since, until, data, row in come
            ],
        )
        return (
            [(since, until, self.decode(key, data)) for since, until, data in gone],
            [(since, until, row) for since, until, _, row in come],
        )

    def _insert(self, db: apsw.Connection, lines: Iterable[tuple[Stored | bytes, ...]]) -> None:
        marks = ", ".join("?" * (len(self.columns) + 5))
        db.executemany(f"INSERT INTO {self.name} VALUES ({marks})", lines)  # noqa: S608

    def forget(self, db: apsw.Connection, jurisdiction: str, before: int) -> None:
        """Delete the rows that had ended by a position."""
        db.execute(
            f"DELETE FROM {self.name} WHERE jurisdiction = ? AND until <= ?",  # noqa: S608
            (jurisdiction, before),
        )

    def clear(self, db: apsw.Connection, jurisdiction: str) -> None:
        """Delete all rows."""
        db.execute(f"DELETE FROM {self.name} WHERE jurisdiction = ?", (jurisdiction,))  # noqa: S608


def as_of(position: int, without: Iterable[str]) -> tuple[Also, ...]:
    """Return conditions of a query: rows as of a position, except these.

    `+` keeps the planner from seeking by position: a page would read and sort all rows of that time, where
    the index of its order passes over those of other times.
    """
    keys = msgspec.json.encode(list(without)).decode()
    return (
        Also("+until > {}", position),
        Also("+since <= {}", position),
        Also("key NOT IN (SELECT value FROM json_each({}))", keys),
    )


def merged(
    table: Table, found: Iterable[Any], newer: Mapping[str, Row], column: str, *, descending: bool
) -> list[Any]:
    """Return selected rows (key, row, [sort value]) and newer ones together, in the order of the query."""
    at = None if column == "key" else [one.field for one in table.columns].index(column)

    def line(key: str, row: Row) -> tuple[Any, ...]:
        plain = (key, encoder.encode(row))
        if at is None:
            return plain
        value = stored_value(table.values(row)[at])
        return (*plain, int(value) if isinstance(value, bool) else value)  # as it comes from the file

    def order(line: Any) -> Any:
        return place(None if at is None else line[2], line[0])

    lines = [*found, *(line(key, row) for key, row in newer.items())]
    return sorted(lines, key=order, reverse=descending)


def beyond(line: Any, value: Stored, key: str, *, descending: bool) -> bool:
    """Whether a line (key, row, [sort value]) comes after the one with this value and key."""
    here, last = place(line[2] if len(line) > 2 else None, line[0]), place(value, key)
    return here < last if descending else here > last
