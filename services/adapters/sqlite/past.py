"""Past rows of all views in one SQLite file: as of the end of every batch that was folded into it.

The file is disposable: it is rebuilt from the log. It holds what the log and the views hold, sealed values
among them, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import apsw
import msgspec

from events.commit import Head
from projections.base import Row, View
from services.adapters.sqlite import disposable
from services.adapters.sqlite import views_file as file
from services.adapters.sqlite.past_table import PastTable, as_of, beyond, merged
from services.views.columns import micros
from services.views.match import matches
from services.views.past_port import Mark
from services.views.port import Batch, Page, Query, Rows
from services.views.query import cursor_of, cut, most_read, select, sort_of

FORMAT: Final = 1
_SCHEMA: Final = """
CREATE TABLE marks (jurisdiction TEXT NOT NULL, position INTEGER NOT NULL, hash TEXT NOT NULL,
  recorded INTEGER NOT NULL, PRIMARY KEY (jurisdiction, position)) STRICT, WITHOUT ROWID;
"""


class SqlitePast:
    """See PastRows. Reads run on threads beside the one that writes."""

    def __init__(self, path: Path, catalog: Mapping[str, View[Any]]) -> None:
        """Open, or begin again if the file is of other views or cannot be read."""
        self.tables = {name: PastTable(view) for name, view in catalog.items()}
        self.path = path
        schema = _SCHEMA + "".join(table.ddl() for table in self.tables.values())
        self._connections = disposable.opened(path, schema, FORMAT, self.tables.values())

    # -- what run_batch needs ------------------------------------------------------------------------------

    async def head(self, jurisdiction: str) -> Head:
        return await self._connections.read(file.head, jurisdiction)

    async def degraded(self, jurisdiction: str) -> dict[str, int]:
        return await self._connections.read(file.degraded, jurisdiction)

    async def load(self, jurisdiction: str, keys: Mapping[str, Sequence[str]]) -> Rows:
        def work(db: apsw.Connection) -> Rows:
            return {view: self.tables[view].load(db, jurisdiction, some) for view, some in keys.items()}

        return await self._connections.read(work)

    async def write(self, batch: Batch) -> Literal["written", "raced"] | dict[str, str]:
        return await self._connections.write(self._write, batch)

    def _write(self, batch: Batch) -> Literal["written", "raced"]:
        db, where, upto = self._connections.writer, batch.jurisdiction, batch.head.position
        with file.transaction(db, "IMMEDIATE"):
            if file.head(db, where) != batch.expected:
                return "raced"
            for view, after in batch.after.items():
                self.tables[view].write(db, where, batch.before.get(view, {}), after, upto)
            for view, since in batch.degraded.items():
                db.execute("INSERT OR IGNORE INTO degraded VALUES (?, ?, ?)", (where, view, since))
            db.execute("INSERT OR REPLACE INTO heads VALUES (?, ?, ?)", (where, upto, batch.head.hash))
        return "written"

    async def mark(self, jurisdiction: str, head: Head, recorded_at: datetime) -> None:
        def work() -> None:
            db = self._connections.writer
            with file.transaction(db, "IMMEDIATE"):
                last = _mark(db, jurisdiction, head.position, "position")
                recorded = max(micros(recorded_at), last.recorded if last else 0)
                db.execute(
                    "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)",
                    (jurisdiction, head.position, head.hash, recorded),
                )

        await self._connections.write(work)

    async def size(self) -> int:
        return await self._connections.read(disposable.size)

    async def forget(self, jurisdiction: str) -> bool:
        def work() -> bool:
            db = self._connections.writer
            with file.transaction(db, "IMMEDIATE"):
                sql = "SELECT position FROM marks WHERE jurisdiction = ? ORDER BY position"
                marks: list[Any] = db.execute(sql, (jurisdiction,)).fetchall()
                if len(marks) < 2:
                    return False
                (oldest,) = marks[len(marks) // 2]
                db.execute(
                    "DELETE FROM marks WHERE jurisdiction = ? AND position < ?", (jurisdiction, oldest)
                )
                for table in self.tables.values():
                    table.forget(db, jurisdiction, oldest)
            return True

        return await self._connections.write(work)

    async def clear(self, jurisdiction: str) -> None:
        def work() -> None:
            db = self._connections.writer
            with file.transaction(db, "IMMEDIATE"):
                for table in self.tables.values():
                    table.clear(db, jurisdiction)
                for name in ("heads", "marks", "degraded"):
                    db.execute(f"DELETE FROM {name} WHERE jurisdiction = ?", (jurisdiction,))  # noqa: S608

        await self._connections.write(work)

    # -- reading -------------------------------------------------------------------------------------------

    async def before(self, jurisdiction: str, when: int | datetime) -> Mark | None:
        by, most = ("position", when) if isinstance(when, int) else ("recorded", micros(when))
        return await self._connections.read(_mark, jurisdiction, most, by)

    async def rows(
        self, jurisdiction: str, view: str, keys: Iterable[str], position: int
    ) -> dict[str, Row | None]:
        return await self._connections.read(self.tables[view].load, jurisdiction, list(keys), position)

    async def page(
        self, jurisdiction: str, view: str, query: Query, mark: Mark, newer: Mapping[str, Row | None]
    ) -> Page:
        return await self._connections.read(self._page, jurisdiction, self.tables[view], query, mark, newer)

    def _page(
        self,
        db: apsw.Connection,
        jurisdiction: str,
        table: PastTable,
        query: Query,
        mark: Mark,
        newer: Mapping[str, Row | None],
    ) -> Page:
        sort, most = sort_of(table, query), most_read(table, query)
        chosen = select(table, jurisdiction, query, sort, also=as_of(mark.head.position, newer))
        found: Any = db.execute(f"{chosen.sql} LIMIT ?", (*chosen.given, most)).fetchall()
        some = {key: row for key, row in newer.items() if row is not None}
        fit = {key: row for key, row in some.items() if _fits(table, query, key, row)}
        lines = merged(table, found, fit, sort.column.field, descending=sort.descending)
        if query.cursor is not None:
            last = cursor_of(sort, query.cursor)
            lines = [one for one in lines if beyond(one, last.value, last.key, descending=sort.descending)]
        items, following = cut(table, query, sort, lines[:most])
        return Page(items=items, head=mark.head, next=following)

    async def close(self) -> None:
        """Wait for writes in progress, then close."""
        await self._connections.close()


def _fits(table: PastTable, query: Query, key: str, row: Row) -> bool:
    """Whether a row matches the filters; who may see rows that span areas is decided when they are cut."""
    plain = {field: values for field, values in query.filters.items() if field != "key"}
    within = () if table.spans else query.within
    wanted = msgspec.structs.replace(query, filters=plain, within=within)
    return key in query.filters.get("key", (key,)) and matches(table.view, wanted, row)


def _mark(db: apsw.Connection, jurisdiction: str, most: int, by: str) -> Mark | None:
    sql = f"SELECT position, hash, recorded FROM marks WHERE jurisdiction = ? AND {by} <= ?"  # noqa: S608
    found: Any = db.execute(f"{sql} ORDER BY position DESC LIMIT 1", (jurisdiction, most)).fetchall()
    return Mark(Head(found[0][0], found[0][1]), found[0][2]) if found else None
