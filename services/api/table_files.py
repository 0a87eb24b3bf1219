"""Rows as spreadsheet files: CSV text, and XLSX workbooks written row by row. Cells are never formulas."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from services.intake.harmless import harmless

BOM: Final = "\ufeff"
"""Tells spreadsheet programs that a CSV file is UTF-8."""
MOST_ROWS: Final = 1_048_575
"""Rows of one sheet below its heading, the limit of the format; more go on the next sheet."""
MOST_LETTERS: Final = 32_767
"""Letters of one XLSX cell, the limit of the format."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = Sequence[Any]


def cell(value: Any, zone: ZoneInfo) -> str | int | float:
    """Return a value as a cell: instants in local time with their offset, lists separated by `; `."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ", "seconds")
    if isinstance(value, list | tuple | set | frozenset) and all(isinstance(one, str | int) for one in value):
        return "; ".join(map(str, value))
    return msgspec.json.encode(value).decode()


def csv_text(rows: Iterable[Row], zone: ZoneInfo) -> str:
    """Return rows as lines of RFC 4180. Text that a spreadsheet would take for a formula is escaped."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        cells = (cell(value, zone) for value in row)
        writer.writerow([harmless(one) if isinstance(one, str) else one for one in cells])
    return out.getvalue()


class XlsxWriter:
    """A workbook that is written to a file as its rows come; it never holds more than one of them."""

    def __init__(self, title: str, heading: Sequence[str], zone: ZoneInfo) -> None:
        self._book, self._title, self._heading, self._zone = Workbook(write_only=True), title, heading, zone
        self._sheets = 0
        self._begin()

    def _begin(self) -> None:
        self._sheets, self._rows = self._sheets + 1, 0
        name = self._title if self._sheets == 1 else f"{self._title} {self._sheets}"
        self._sheet: Any = self._book.create_sheet(name[:31])
        self._sheet.freeze_panes = "A2"
        self._sheet.append([self._cell(name) for name in self._heading])

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        for row in rows:
            if self._rows == MOST_ROWS:
                self._begin()
            self._rows += 1
            self._sheet.append([self._cell(cell(value, self._zone)) for value in row])

    def _cell(self, value: str | int | float) -> Any:
        """Return a cell; texts are typed as text, so that `=1+1` stays one."""
        if not isinstance(value, str):
            return value
        plain = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value.encode("utf-8", "replace").decode())
        made = WriteOnlyCell(self._sheet, plain[:MOST_LETTERS])
        made.data_type = "s"
        return made

    def saved(self) -> IO[bytes]:
        """Return the workbook as a temporary file without a name. It takes no more rows."""
        file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
        self._book.save(file)
        file.seek(0)
        return file

    def discard(self) -> None:
        """Remove the temporary files of a workbook that was not saved."""
        for sheet in self._book.worksheets:
            unsaved: Any = sheet
            if not unsaved.closed and unsaved._writer is not None:
                unsaved.close()
                unsaved._writer.cleanup()
