"""Stream rows of XLSX sheets: values, not formulas."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from services.intake.errors import FileError

MOST_BYTES: Final = 512 * 2**20
"""Decompressed size of a workbook."""
MOST_STRINGS: Final = 48 * 2**20
"""Decompressed size of the shared strings, which are kept in memory."""
MOST_ROWS: Final = 1_048_576
"""Rows per sheet, the limit of the format. A tiny file can claim a distant row; all before it are read."""
MOST_CELLS: Final = 20_000_000
"""Cells per sheet, including empty ones before the last cell of a row, which cost no bytes either."""
BROKEN: Final = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
)
"""Exceptions openpyxl raises for damaged workbooks."""


def sheet_names(path: Path) -> list[str]:
    """Return the names of the worksheets. Raise FileError."""
    book = _book(path)
    try:
        return [sheet.title for sheet in book.worksheets]
    finally:
        book.close()


def xlsx_rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of every non-blank row. Raise FileError."""
    book, line, seen = _book(path), 0, 0
    try:
        found: Any = book[sheet]
        found.reset_dimensions()
        rows = iter(found.iter_rows(values_only=True))
        while True:
            line += 1
            cells = _next(rows, path, sheet, line)
            if cells is None:
                return
            seen += len(cells)
            if line > MOST_ROWS or seen > MOST_CELLS:
                raise FileError(
                    "import.file",
                    variant="sheet",
                    file=f"{path}#{sheet}",
                    row=line,
                    rows=MOST_ROWS,
                    cells=MOST_CELLS,
                )
            if any(cell.strip() for cell in cells):
                yield line, cells
    finally:
        book.close()


def _next(rows: Iterator[Any], path: Path, sheet: str, line: int) -> list[str] | None:
    try:
        return [_text(cell) for cell in next(rows)]
    except StopIteration:
        return None
    except BROKEN as error:
        raise FileError("import.file", variant="damaged", file=f"{path}#{sheet}", row=line) from error


def _book(path: Path) -> Any:
    try:
        with zipfile.ZipFile(path) as packed:
            sizes = {info.filename: info.file_size for info in packed.infolist()}
        strings = sum(size for name, size in sizes.items() if name.endswith("sharedStrings.xml"))
        if sum(sizes.values()) > MOST_BYTES or strings > MOST_STRINGS:
            size = sum(sizes.values())
            raise FileError("import.file", variant="workbook", file=str(path), size=size)
        return load_workbook(path, read_only=True, data_only=True)
    except BROKEN as error:
        raise FileError("import.file", variant="xlsx", file=str(path)) from error


def _text(cell: Any) -> str:
    """Return a cell as CSV text; whole numbers without a fraction, for phones typed as numbers."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
