"""Rows as spreadsheet files: CSV text, and XLSX workbooks written row by row. Cells are never formulas."""

import csv
import io
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from xlsxwriter import Workbook

from services.base.threads import beside
from services.intake.tables.harmless import harmless

BOM: Final = "\ufeff"
"""Tells spreadsheet programs that a CSV file is UTF-8."""
MOST_ROWS: Final = 1_048_575
"""Rows of one sheet below its heading, the limit of the format; more go on the next sheet."""
MOST_LETTERS: Final = 32_767
"""Letters of one XLSX cell, the limit of the format."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PART: Final = 1 << 16
"""Bytes that are sent at once."""
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML cannot hold."""

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


class XlsxFile:
    """A workbook that is written to a file as its rows come; it never holds more than one of them."""

    def __init__(self, title: str, heading: Sequence[str], zone: ZoneInfo) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  its reader closes it
        self._rest = tempfile.TemporaryDirectory()
        """Where the library keeps rows until it packs them."""
        options = {"constant_memory": True, "nan_inf_to_errors": True, "tmpdir": self._rest.name}
        self._book = Workbook(self._file, options)
        self._title, self._heading, self._zone = title, heading, zone
        self._sheets = 0
        self._begin()

    def _begin(self) -> None:
        self._sheets, self._rows = self._sheets + 1, 0
        name = self._title if self._sheets == 1 else f"{self._title} {self._sheets}"
        self._sheet = self._book.add_worksheet(name[:31])
        self._sheet.freeze_panes(1, 0)
        self._write(0, self._heading)

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        for row in rows:
            if self._rows == MOST_ROWS:
                self._begin()
            self._rows += 1
            self._write(self._rows, [cell(value, self._zone) for value in row])

    def _write(self, line: int, values: Sequence[str | int | float]) -> None:
        """Write a line. Texts are written as text, so that `=1+1` stays one."""
        for column, value in enumerate(values):
            if not isinstance(value, str):
                self._sheet.write_number(line, column, value)
            elif value:
                self._sheet.write_string(line, column, _plain(value))

    def saved(self) -> IO[bytes]:
        """Return the workbook as a temporary file without a name. It takes no more rows."""
        self._book.close()
        self._file.seek(0)
        return self._file

    def discard(self) -> None:
        """Remove all temporary files but the one that was saved."""
        self._rest.cleanup()


async def parts_of(file: IO[bytes]) -> AsyncIterator[bytes]:
    """Yield a saved workbook in parts, and close it."""
    try:
        while part := await beside(file.read, _PART):
            yield part
    finally:
        file.close()


def _plain(text: str) -> str:
    """Return a text as a cell of the format can hold it."""
    return _FORBIDDEN.sub("\ufffd", text.encode("utf-8", "replace").decode())[:MOST_LETTERS]
