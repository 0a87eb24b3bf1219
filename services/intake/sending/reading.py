"""Read the rows of a table into the spool, rejecting those that cannot be used."""

import threading
from collections.abc import Callable, Iterator

import msgspec

from services.intake.cells.texts import Cells
from services.intake.errors import RowError
from services.intake.mapping import Mapping
from services.intake.mapping.columns import NUMBER, PREVIOUS
from services.intake.rows.draft import UNDATED, micros
from services.intake.rows.drafts import Drafts
from services.intake.sending.overflow import Overflow
from services.intake.sending.spool import Spool
from services.intake.tables.header import Found, body, cells_of, named

Progress = Callable[[float, float | None], None]
"""(done, total): rows read (total unknown), then commands sent."""


class Stopped(Exception):
    """The import was cancelled."""


class Reading:
    """Reads one table."""

    def __init__(
        self,
        found: Found,
        mapping: Mapping,
        drafts: Drafts,
        spool: Spool,
        progress: Progress | None,
        stop: threading.Event,
    ) -> None:
        self._found, self._mapping, self._drafts, self._spool = found, mapping, drafts, spool
        self._progress, self._stop = progress, stop
        self._above: Cells = {}
        self._states = Overflow(spool.db, "states", dict, 5000) if found.source.key else None
        self.rows = self._read = 0

    def all(self) -> None:
        """Read every row. Raise FileError or Stopped."""
        rows = self._in_order() if self._found.source.order_by else self._cells()
        for line, cells in rows:
            try:
                self._row(line, cells)
            except RowError as error:
                self._spool.outcomes.reject(line, error.code, named(self._found, error.values))
        if self._progress:
            self._progress(self.rows, None)

    def _row(self, line: int, cells: Cells) -> None:
        thing = self._with_previous(cells)
        if self._drafts.skipped(cells):
            self._spool.outcomes.skip(line)
            return
        if self._drafts.root(cells):
            self._spool.add(line, [], [])
            return
        singles, parts = self._drafts.row(cells)
        if not singles and not parts:
            raise RowError("no_command")
        self._read += 1
        for draft in (*singles, *(part.draft for part in parts)):
            draft.thing, draft.row = thing, self._read
        self._spool.outcomes.noted.see(line, (*singles, *(part.draft for part in parts)))
        self._spool.add(line, singles, parts)

    def _cells(self) -> Iterator[tuple[int, Cells]]:
        """Yield readable rows as cells by column; reject the others."""
        for line, raw in body(self._found, self._mapping):
            self._count()
            try:
                cells = cells_of(self._found, raw)
            except RowError as error:
                self._spool.outcomes.reject(line, error.code, named(self._found, error.values))
                continue
            for column in self._found.source.fill_down:
                if cells.get(column, "").strip():
                    self._above[column] = cells[column]
                elif column in cells:
                    cells[column] = self._above.get(column, "")
            yield line, cells

    def _count(self) -> None:
        self.rows += 1
        if self.rows % 500 == 0:
            if self._stop.is_set():
                raise Stopped
            if self._progress:
                self._progress(self.rows, None)

    def _with_previous(self, cells: Cells) -> str | None:
        """Add the cells of the previous row with the same key. Return the key, if the source has one."""
        if self._states is None:
            return None
        key = "\0".join(cells.get(column, "").strip() for column in self._found.source.key)
        before = dict(self._states.get(key) or {})
        number = str(int(before.pop(NUMBER, "0")) + 1)
        self._states.put(key, {**cells, NUMBER: number})
        cells.update({f"{PREVIOUS}{column}": cell for column, cell in before.items()})
        cells[NUMBER] = number
        return key

    def _in_order(self) -> Iterator[tuple[int, Cells]]:
        """Yield rows in the order of their instants; rows without one come first."""
        db, spec = self._spool.db, self._found.source.order_by
        db.execute("CREATE TABLE waiting (sort INTEGER, line INTEGER, cells BLOB)")
        for line, cells in self._cells():
            try:
                at = self._drafts.values.at(spec, cells) if spec else None
            except RowError as error:
                self._spool.outcomes.reject(line, error.code, named(self._found, error.values))
                continue
            row = (micros(at) if at else UNDATED, line, msgspec.msgpack.encode(cells))
            db.execute("INSERT INTO waiting VALUES (?,?,?)", row)
        for line, cells in db.execute("SELECT line, cells FROM waiting ORDER BY sort, line"):
            yield line, msgspec.msgpack.decode(cells, type=dict[str, str])
