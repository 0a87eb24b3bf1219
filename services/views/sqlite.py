"""The view store in one SQLite file (WAL): written by one thread, read by a few others."""

import asyncio
import queue
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeVar

import apsw

from events.commit import Head
from projections.base import Row, View
from services.views import sqlite_file as file
from services.views import sqlite_steps as outbox
from services.views.port import BadQuery, Batch, Page, Query, Rows, Step, ViewsUnavailable
from services.views.query import KEY, cursor, select, sort_of
from services.views.sqlite_table import Table
from services.views.steps import Changed, unpack

READERS: Final = 3
# What SQLite or an encoder says where a row itself is at fault, not the file or the disk.
_BAD_ROW: Final = (
    apsw.ConstraintError,
    apsw.MismatchError,
    apsw.TooBigError,
    TypeError,
    ValueError,
    OverflowError,
    AttributeError,
)

P = ParamSpec("P")
T = TypeVar("T")


class SqliteViews:
    """Opening blocks for some milliseconds; afterwards nothing runs on the event loop's thread."""

    def __init__(
        self, path: Path | str | None, catalog: Mapping[str, View[Any]], *, readonly: bool = False
    ) -> None:
        """Open for writing, made if missing; None = in memory. Raises ViewsUnavailable."""
        self._path = Path(path) if path is not None else None
        self.tables = {name: Table(view) for name, view in catalog.items()}
        self._readonly, self._closed = readonly, False
        self._idle: queue.SimpleQueue[tuple[int, apsw.Connection]] = queue.SimpleQueue()
        self._analysed, self._analyses = 0, 0
        self._writing = ThreadPoolExecutor(1, "muster-views-write")
        self._reading = ThreadPoolExecutor(READERS, "muster-views-read") if self._path else self._writing
        if readonly:
            self._look()
        else:
            self._db = file.open_writer(self._path)
            self._migrate()

    @classmethod
    def open_readonly(cls, path: Path | str, catalog: Mapping[str, View[Any]]) -> "SqliteViews":
        """Beside a running server, or without one: reads work, writes raise ViewsUnavailable."""
        return cls(path, catalog, readonly=True)

    def _look(self) -> None:
        if self._path is None or not self._path.exists():
            raise ViewsUnavailable(f"there are no views at {self._path}; start the server once")
        self._read(file.head, "")

    def _migrate(self) -> None:
        try:
            file.migrate(self._db, self.tables)
            file.analyse(self._db)
        except apsw.Error as error:
            self._db.close()
            raise file.unavailable(self._path, error) from error

    # -- reading -------------------------------------------------------------------------------------------

    async def jurisdictions(self) -> list[str]:
        return await self._call(self._jurisdictions)

    async def head(self, jurisdiction: str) -> Head:
        return await self._call(file.head, jurisdiction)

    async def degraded(self, jurisdiction: str) -> dict[str, int]:
        return await self._call(file.degraded, jurisdiction)

    async def stale(self, jurisdiction: str) -> list[str]:
        return [view for view, since in (await self.degraded(jurisdiction)).items() if since == 0]

    async def load(self, jurisdiction: str, keys: Mapping[str, Sequence[str]]) -> Rows:
        return await self._call(self._load, jurisdiction, keys)

    async def query(self, jurisdiction: str, view: str, query: Query) -> Page:
        return await self._call(self._page, jurisdiction, self._table(view), query)

    async def get(self, jurisdiction: str, view: str, key: str) -> Page:
        return await self._call(self._page, jurisdiction, self._table(view), Query(filters={"key": [key]}))

    async def snapshot(
        self, jurisdiction: str, queries: Mapping[str, Query]
    ) -> tuple[dict[str, list[tuple[str, Row]]], Head]:
        asked = [(self._table(view), query) for view, query in queries.items()]
        return await self._call(self._snapshot, jurisdiction, asked)

    async def steps(self, jurisdiction: str, after: int, limit: int = 1000) -> list[Step] | None:
        return await self._call(self._steps, jurisdiction, after, limit)

    async def oldest(self, jurisdiction: str) -> int | None:
        return await self._call(outbox.oldest, jurisdiction)

    def _table(self, view: str) -> Table:
        table = self.tables.get(view)
        if table is None:
            raise BadQuery(f"there is no view {view[:80]!r}; there are {', '.join(sorted(self.tables))}.")
        return table

    def _jurisdictions(self, db: apsw.Connection) -> list[str]:
        return [code for (code,) in db.execute("SELECT jurisdiction FROM heads ORDER BY jurisdiction")]

    def _load(self, db: apsw.Connection, jurisdiction: str, keys: Mapping[str, Sequence[str]]) -> Rows:
        return {view: self._table(view).load(db, jurisdiction, wanted) for view, wanted in keys.items()}

    def _page(self, db: apsw.Connection, jurisdiction: str, table: Table, query: Query) -> Page:
        if query.limit < 1:
            raise BadQuery(f"limit must be at least 1, not {query.limit}.")
        sort = sort_of(table, query)
        chosen = select(table, jurisdiction, query, sort)
        found: list[Any] = db.execute(f"{chosen.sql} LIMIT ?", (*chosen.given, query.limit + 1)).fetchall()
        last = found[query.limit - 1] if len(found) > query.limit else None
        return Page(
            items=[(key, table.decode(key, data)) for key, data, *_ in found[: query.limit]],
            head=file.head(db, jurisdiction),
            next=cursor(sort, None if sort.column is KEY else last[2], last[0]) if last else None,
            degraded=file.degraded(db, jurisdiction).get(table.view.name),
        )

    def _snapshot(
        self, db: apsw.Connection, jurisdiction: str, asked: Sequence[tuple[Table, Query]]
    ) -> tuple[dict[str, list[tuple[str, Row]]], Head]:
        found: dict[str, list[tuple[str, Row]]] = {}
        for table, query in asked:
            whole = Query(filters=query.filters, areas=query.areas, within=query.within, sort=query.sort)
            chosen = select(table, jurisdiction, whole, sort_of(table, whole))
            rows: Any = db.execute(chosen.sql, chosen.given).fetchall()
            found[table.view.name] = [(key, table.decode(key, data)) for key, data, *_ in rows]
        return found, file.head(db, jurisdiction)

    def _steps(self, db: apsw.Connection, jurisdiction: str, after: int, limit: int) -> list[Step] | None:
        found = outbox.read(db, jurisdiction, after, file.head(db, jurisdiction).position, limit)
        if found is None:
            return None
        return [unpack(self.tables, since, upto, packed) for since, upto, packed in found]

    # -- writing -------------------------------------------------------------------------------------------

    async def write(self, batch: Batch) -> Literal["written", "raced"] | dict[str, str]:
        return await self._change(self._write, batch)

    async def rebuild(self, jurisdiction: str, view: str, rows: Mapping[str, Row], head: Head) -> bool:
        return await self._change(self._rebuild, jurisdiction, self._table(view), rows, head)

    async def fill(self, jurisdiction: str, rows: Mapping[str, Mapping[str, Row]], head: Head) -> None:
        """Take over rows that were folded elsewhere, whatever was there: for stores in memory."""
        await self._change(self._fill, jurisdiction, rows, head)

    def _write(self, batch: Batch) -> Literal["written", "raced"] | dict[str, str]:
        db, where = self._db, batch.jurisdiction
        db.execute("BEGIN IMMEDIATE")
        try:
            answer = self._write_all(db, batch, where)
            db.execute("COMMIT" if answer == "written" else "ROLLBACK")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        if answer == "written" and batch.head.position > max(2 * self._analysed, 1000):
            self._analyse(batch.head.position)
        return answer

    def _write_all(
        self, db: apsw.Connection, batch: Batch, where: str
    ) -> Literal["written", "raced"] | dict[str, str]:
        if file.head(db, where) != batch.expected or file.degraded(db, where).keys() != batch.aside:
            return "raced"
        changes, refused = self._write_rows(db, batch)
        if refused:
            return refused
        outbox.write(db, where, batch.expected.position, batch.head.position, changes)
        self._put_head(db, where, batch.head)
        for view, since in batch.degraded.items():
            db.execute("INSERT INTO degraded VALUES (?, ?, ?)", (where, view, since))
        return "written"

    def _write_rows(self, db: apsw.Connection, batch: Batch) -> tuple[list[Changed], dict[str, str]]:
        """What was changed, for the step; and the views whose rows cannot be held, with the reason."""
        changes: list[Changed] = []
        refused: dict[str, str] = {}
        for view, after in batch.after.items():
            table = self.tables[view]
            try:
                written = table.write(db, batch.jurisdiction, batch.before.get(view, {}), after)
            except _BAD_ROW as error:
                refused[view] = f"{type(error).__name__}: {error}"
                continue
            if table.view.public:
                changes += [(view, key, before, row) for key, before, row in written]
        return changes, refused

    def _put_head(self, db: apsw.Connection, jurisdiction: str, head: Head) -> None:
        db.execute(
            "INSERT INTO heads VALUES (?, ?, ?) ON CONFLICT (jurisdiction) "
            "DO UPDATE SET position = excluded.position, hash = excluded.hash",
            (jurisdiction, head.position, head.hash),
        )

    def _rebuild(self, jurisdiction: str, table: Table, rows: Mapping[str, Row], head: Head) -> bool:
        with file.transaction(self._db, "IMMEDIATE"):
            if file.head(self._db, jurisdiction) != head:
                return False
            table.replace(self._db, jurisdiction, rows)
            self._db.execute(
                "DELETE FROM degraded WHERE jurisdiction = ? AND view = ?", (jurisdiction, table.view.name)
            )
            outbox.restart(self._db, jurisdiction, head.position)
        self._analyse(self._analysed)
        return True

    def _analyse(self, position: int) -> None:
        """Again each time the log has doubled; readers open anew, for only then do they see it."""
        file.analyse(self._db)
        self._analysed = position
        self._analyses += 1

    def _fill(self, jurisdiction: str, rows: Mapping[str, Mapping[str, Row]], head: Head) -> None:
        with file.transaction(self._db, "IMMEDIATE"):
            for view, some in rows.items():
                self._table(view).replace(self._db, jurisdiction, some)
            self._put_head(self._db, jurisdiction, head)

    # -- threads -------------------------------------------------------------------------------------------

    async def _call(
        self, function: Callable[Concatenate[apsw.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run on a reading thread, in one read transaction."""
        return await self._on(self._reading, lambda: self._read(function, *args, **kwargs))

    async def _change(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run on the writing thread."""
        if self._readonly:
            raise ViewsUnavailable(f"{self._path} is open for reading only")
        return await self._on(self._writing, lambda: function(*args, **kwargs))

    async def _on(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._closed:
            raise ViewsUnavailable("the view store is closed")
        try:
            return await asyncio.wrap_future(threads.submit(work))
        except apsw.Error as error:
            raise file.unavailable(self._path, error) from error

    def _read(
        self, function: Callable[Concatenate[apsw.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self._path is None:
            return function(self._db, *args, **kwargs)
        seen, db = self._reader(self._path)
        try:
            with file.transaction(db):
                return function(db, *args, **kwargs)
        finally:
            self._idle.put((seen, db))

    def _reader(self, path: Path) -> tuple[int, apsw.Connection]:
        now = self._analyses
        try:
            seen, db = self._idle.get_nowait()
        except queue.Empty:
            return now, file.open_reader(path)
        if seen == now:
            return seen, db
        db.close()
        return now, file.open_reader(path)

    async def close(self) -> None:
        """Waits for what is being written."""
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    def _close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._writing.shutdown()
        self._reading.shutdown()
        while True:
            try:
                self._idle.get_nowait()[1].close()
            except queue.Empty:
                break
        if not self._readonly:
            self._db.close()
