"""Read rows of XLSX sheets: values, not formulas."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from services.intake.errors import FileError
from services.intake.tables.spreadsheets import SINCE_1900, SINCE_1904
from services.intake.tables.xlsx_scan import Extent, extent, since_1904

MOST_BYTES: Final = 512 * 2**20
"""Decompressed size of a workbook."""
MOST_STRINGS: Final = 48 * 2**20
"""Decompressed size of the shared strings, which are kept in memory."""
MOST_ROWS: Final = 1_048_576
"""Rows per sheet, the limit of the format. A tiny file can claim a distant row."""
MOST_CELLS: Final = 20_000_000
"""Cells per sheet, including empty ones: the whole rectangle is held in memory."""
_EXACT: Final = 10**15
"""Numbers from here on have more digits than a spreadsheet keeps."""
_FIRST: Final = date(1900, 1, 1)
"""Day 1 of a spreadsheet: 24 hours, in a column of times."""
BROKEN: Final = (
    zipfile.BadZipFile,
    CalamineError,
    ParseError,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    NotImplementedError,
)
"""Exceptions that damaged workbooks raise."""


def sheet_names(path: Path) -> list[str]:
    """Return the names of the worksheets. Raise FileError."""
    found = _book(path).sheets_metadata
    return [one.name for one in found if one.typ == SheetTypeEnum.WorkSheet]


def day_zero(path: Path) -> datetime:
    """Return the day from which a workbook counts days that are not formatted as dates. Raise FileError."""
    try:
        with zipfile.ZipFile(path) as packed:
            return SINCE_1904 if since_1904(packed) else SINCE_1900
    except BROKEN as error:
        raise FileError("import.file", variant="xlsx", file=str(path)) from error


def xlsx_rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of every non-blank row. Raise FileError."""
    book = _book(path)
    try:
        found = _extent(path, sheet)
        rows = book.get_sheet_by_name(sheet).iter_rows()
    except BROKEN as error:
        raise FileError("import.file", variant="damaged", file=f"{path}#{sheet}", row=1) from error
    for line, values in enumerate(rows, 1):
        cells = [_TEXTS[type(value)](value) for value in values]
        if found.errors:
            _put_errors(found, line, cells)
        if any(cell and not cell.isspace() for cell in cells):
            yield line, cells


def _extent(path: Path, sheet: str) -> Extent:
    with zipfile.ZipFile(path) as packed:
        found = extent(packed, sheet)
    if found.rows > MOST_ROWS or found.rows * found.columns > MOST_CELLS:
        raise FileError(
            "import.file",
            variant="sheet",
            file=f"{path}#{sheet}",
            row=found.rows,
            rows=MOST_ROWS,
            cells=MOST_CELLS,
        )
    return found


def _put_errors(found: Extent, line: int, cells: list[str]) -> None:
    for place in range(len(cells)):
        if not cells[place]:
            cells[place] = found.errors.get((line, place + 1), "")


def _book(path: Path) -> CalamineWorkbook:
    try:
        with zipfile.ZipFile(path) as packed:
            sizes = {info.filename: info.file_size for info in packed.infolist()}
        strings = sum(size for name, size in sizes.items() if name.endswith("sharedStrings.xml"))
        if sum(sizes.values()) > MOST_BYTES or strings > MOST_STRINGS:
            size = sum(sizes.values())
            raise FileError("import.file", variant="workbook", file=str(path), size=size)
        return CalamineWorkbook.from_path(str(path))
    except BROKEN as error:
        raise FileError("import.file", variant="xlsx", file=str(path)) from error


def _number(value: float) -> str:
    if abs(value) >= _EXACT:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else f"{value:.15g}"


def _hours(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _day(value: date) -> str:
    return "24:00:00" if value == _FIRST else value.isoformat()


def _moment(value: datetime) -> str:
    return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")


_TEXTS: Final[dict[type, Callable[[Any], str]]] = {
    str: str,
    float: _number,
    int: _number,
    bool: lambda value: "true" if value else "false",
    datetime: _moment,
    date: _day,
    time: lambda value: value.isoformat("seconds"),
    timedelta: _hours,
}
"""How each type of cell is written in CSV. Numbers have the 15 digits that a spreadsheet keeps, whole ones no
fraction, for phones typed as numbers."""
