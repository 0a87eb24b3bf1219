"""The view store in one SQLite file (WAL): one writing thread, a few reading threads."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import apsw

from events.commit import Head
from projections.base import Row, View
from services.adapters.sqlite import views_file as file
from services.adapters.sqlite import views_reading as reading
from services.adapters.sqlite import views_steps as outbox
from services.adapters.sqlite import views_writing as writing
from services.adapters.sqlite.views_connections import Connections
from services.adapters.sqlite.views_table import Table
from services.views.port import (
    Answer,
    BadQuery,
    Batch,
    OutboxStep,
    Page,
    Query,
    Rows,
    Standing,
    StoredView,
    ViewsUnavailable,
)
from services.views.steps import chosen

Some = Mapping[str, Row]
ANALYSE_FROM: Final = 1_000
"""From this many events on, planner statistics are recomputed each time the log doubles."""
AT_ONCE: Final = 100
"""Rows that are read without waiting for a thread's turn."""


class SqliteViews:
    """Opening blocks for a few milliseconds; after that only quick reads run on the event loop's thread."""

    def __init__(
        self, path: Path | str | None, catalog: Mapping[str, View[Any]], *, readonly: bool = False
    ) -> None:
        """Open for writing, creating the file if missing; None means in memory. Raises ViewsUnavailable."""
        self._path = Path(path) if path is not None else None
        self.tables = {name: Table(view) for name, view in catalog.items()}
        self._analysed = 0
        """Position at which planner statistics were last computed."""
        self._disagreeing: set[str] = set()
        """Views whose table and indexes were found to disagree."""
        self._made: dict[str, tuple[str, str]] | None = None
        """If only read: the views in the file, which another version of Muster may have made."""
        self._connections = Connections(self._path, readonly=readonly)
        if readonly:
            self._look()
        else:
            self._migrate()

    @classmethod
    def open_readonly(cls, path: Path | str, catalog: Mapping[str, View[Any]]) -> "SqliteViews":
        """Open for reading, with or without a running server. Writes raise ViewsUnavailable."""
        return cls(path, catalog, readonly=True)

    def _look(self) -> None:
        if self._path is None or not self._path.exists():
            raise ViewsUnavailable(f"no views at {self._path}; start the server once")
        try:
            self._made = self._connections.read_here(file.versions)
            if self._made:
                self._connections.read_here(file.head, "")
        except apsw.Error as error:
            raise file.unavailable(self._path, error) from error

    def _migrate(self) -> None:
        db = self._connections.writer
        try:
            file.migrate(db, self.tables)
            self._analysed, newest = file.analysed(db), file.newest(db)
            if newest <= ANALYSE_FROM or self._outgrown(newest):
                file.analyse(db)
                self._analysed = file.analysed(db)
        except apsw.Error as error:
            db.close()
            raise file.unavailable(self._path, error) from error

    def _table(self, view: str) -> Table:
        table = self.tables.get(view)
        if table is None:
            raise BadQuery(
                "parameter.invalid", variant="view", name=view[:80], known=tuple(sorted(self.tables))
            )
        if self._made is not None and self._made.get(view) != (table.name, table.signature):
            raise ViewsUnavailable(
                f"the view {view} in {self._path} is of another version of Muster; start the service once: "
                "it folds the view again from the log"
            )
        return table

    @property
    def analysed(self) -> int:
        """Position at which planner statistics were last computed."""
        return self._analysed

    def renew_readers(self) -> None:
        """Let readers see statistics that another process computed."""
        self._connections.renew_readers()

    # -- reading -------------------------------------------------------------------------------------------

    async def jurisdictions(self) -> list[str]:
        return await self._connections.read(reading.jurisdictions)

    async def head(self, jurisdiction: str) -> Head:
        return await self._connections.read(file.head, jurisdiction)

    async def degraded(self, jurisdiction: str) -> dict[str, int]:
        return await self._connections.read(file.degraded, jurisdiction)

    async def stale(self, jurisdiction: str) -> list[str]:
        return [view for view, since in (await self.degraded(jurisdiction)).items() if since == 0]

    async def standing(self, jurisdictions: Sequence[str]) -> dict[str, Standing]:
        if len(jurisdictions) > AT_ONCE:
            return await self._connections.read(file.standing, jurisdictions)
        return await self._connections.read_at_once("standing", file.standing, jurisdictions)

    async def load_all(self, keys: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Rows]:
        wanted = {
            code: [(self._table(view), some) for view, some in views.items()] for code, views in keys.items()
        }
        return await self._connections.read(reading.load_all, wanted)

    async def load(self, jurisdiction: str, keys: Mapping[str, Sequence[str]]) -> Rows:
        wanted = [(self._table(view), some) for view, some in keys.items()]
        if sum(map(len, keys.values())) > AT_ONCE:
            return await self._connections.read(reading.load, jurisdiction, wanted)
        return await self._connections.read_at_once("rows", reading.load, jurisdiction, wanted)

    async def query(self, jurisdiction: str, view: str, query: Query) -> Page:
        table = self._table(view)
        if query.limit > AT_ONCE:
            return await self._connections.read(reading.page, jurisdiction, table, query)
        what = f"{jurisdiction} {view} {query.filters} {query.areas} {query.within} {query.sort}"
        return await self._connections.read_at_once(what, reading.page, jurisdiction, table, query)

    async def get(self, jurisdiction: str, view: str, key: str) -> Page:
        return await self.query(jurisdiction, view, Query(filters={"key": [key]}))

    async def snapshot(
        self, jurisdiction: str, queries: Mapping[str, Query]
    ) -> tuple[dict[str, list[tuple[str, Row]]], Head]:
        wanted = [(self._table(view), query) for view, query in queries.items()]
        return await self._connections.read(reading.snapshot, jurisdiction, wanted)

    async def stored(self, jurisdiction: str, view: str) -> StoredView:
        table = self._table(view)
        found = await self._connections.read(reading.stored, jurisdiction, table)
        said = await self._connections.read(reading.disagreement, table)
        if said:
            self._disagreeing.add(view)
            found.unsound.add(said)
        return found

    async def steps(
        self, jurisdiction: str, after: int, limit: int = 1000, views: Collection[str] | None = None
    ) -> list[OutboxStep] | None:
        return await self._connections.read(
            reading.steps, chosen(self.tables, views), jurisdiction, after, limit
        )

    async def oldest_step(self, jurisdiction: str) -> int | None:
        return await self._connections.read(outbox.oldest, jurisdiction)

    # -- writing -------------------------------------------------------------------------------------------

    async def write(self, batch: Batch) -> Answer:
        return (await self.write_all([batch]))[0]

    async def write_all(self, batches: Sequence[Batch]) -> list[Answer]:
        return await self._connections.write(self._write, batches)

    async def rebuild(self, jurisdiction: str, view: str, rows: Mapping[str, Row], head: Head) -> bool:
        return await self._connections.write(self._rebuild, jurisdiction, self._table(view), rows, head)

    async def fill(self, jurisdiction: str, rows: Mapping[str, Mapping[str, Row]], head: Head) -> None:
        """Replace everything with rows folded elsewhere, for in-memory stores."""
        by_table = {self._table(view): some for view, some in rows.items()}
        await self._connections.write(
            lambda: writing.fill(self._connections.writer, jurisdiction, by_table, head)
        )

    async def add(self, jurisdiction: str, view: str, rows: Mapping[str, Row], head: Head) -> None:
        """Add new rows folded elsewhere, for files of one reader."""
        table = self._table(view)
        await self._connections.write(
            lambda: writing.add(self._connections.writer, jurisdiction, table, rows, head)
        )

    async def change(self, jurisdiction: str, view: str, before: Some, after: Some, head: Head) -> None:
        """Replace the rows `before` by those `after`, worked out elsewhere; equal ones are not written."""
        table = self._table(view)
        await self._connections.write(
            lambda: writing.change(self._connections.writer, jurisdiction, table, before, after, head)
        )

    async def analyse(self) -> None:
        """Compute planner statistics, once many rows were added."""
        await self._connections.write(self._analyse)

    def _write(self, batches: Sequence[Batch]) -> list[Answer]:
        answers = writing.write(self._connections.writer, self.tables, batches)
        written = (b.head.position for b, a in zip(batches, answers, strict=True) if a == "written")
        if self._outgrown(max(written, default=0)):
            self._analyse()
        return answers

    def _outgrown(self, position: int) -> bool:
        return position > max(2 * self._analysed, ANALYSE_FROM)

    def _rebuild(self, jurisdiction: str, table: Table, rows: Mapping[str, Row], head: Head) -> bool:
        db = self._connections.writer
        if table.view.name in self._disagreeing:  # deleting row by row would leave some
            file.remake(db, table)
            self._disagreeing.discard(table.view.name)
        rebuilt = writing.rebuild(db, jurisdiction, table, rows, head)
        if rebuilt:
            self._analyse(table)
        return rebuilt

    def _analyse(self, only: Table | None = None) -> None:
        """Recompute planner statistics; readers reopen, as otherwise they would not see them."""
        file.analyse(self._connections.writer, only)
        self._analysed = file.analysed(self._connections.writer)
        self._connections.renew_readers()

    async def close(self) -> None:
        """Wait for writes in progress, then close."""
        await self._connections.close()
