"""Workbooks for tests: written by the library of the exports, read by that of the imports."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

_FORMATS: Final[Mapping[type, str]] = {
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}


def written(
    *sheets: Iterable[Sequence[Any]],
    names: Sequence[str] = (),
    formats: Mapping[str, str] | None = None,
    since_1904: bool = False,
) -> bytes:
    """Return a workbook with these sheets of rows. `formats` are number formats of single cells, as `E3`."""
    held = io.BytesIO()
    options = {"in_memory": True, "default_date_format": _FORMATS[datetime], "date_1904": since_1904}
    with Workbook(held, options) as book:
        known = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        for number, rows in enumerate(sheets or ((),)):
            sheet = book.add_worksheet(names[number] if names else None)
            for line, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        own = (formats or {}).get(f"{chr(65 + column)}{line + 1}")
                        form = book.add_format({"num_format": own}) if own else known.get(type(value))
                        _write(sheet, line, column, value, form)
    return held.getvalue()


def _write(sheet: Any, line: int, column: int, value: Any, form: Any) -> None:
    if isinstance(value, str) and value.startswith("#"):
        sheet.write_formula(line, column, "=NA()", form, value)
    elif isinstance(value, bool):
        sheet.write_boolean(line, column, value, form)
    elif isinstance(value, str):
        sheet.write_string(line, column, value, form)
    elif isinstance(value, datetime | date | time | timedelta):
        sheet.write_datetime(line, column, value, form)
    else:
        sheet.write_number(line, column, value, form)


def filled_in(content: bytes, rows: Iterable[Sequence[str]]) -> bytes:
    """Return a workbook whose first sheet has these rows of text below its headings."""
    lines = "".join(_line(line, row) for line, row in enumerate(rows, 2))
    held, sheet = io.BytesIO(), "xl/worksheets/sheet1.xml"
    with ZipFile(io.BytesIO(content)) as old, ZipFile(held, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == sheet:
                data = data.replace(b"</sheetData>", lines.encode() + b"</sheetData>")
            new.writestr(name, data)
    return held.getvalue()


def _line(line: int, row: Sequence[str]) -> str:
    cells = "".join(_text(column, line, text) for column, text in enumerate(row) if text)
    return f'<row r="{line}">{cells}</row>'


def _text(column: int, line: int, text: str) -> str:
    return f'<c r="{chr(65 + column)}{line}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def rows_of(content: bytes, sheet: int = 0) -> list[list[Any]]:
    """Return the rows of a sheet; empty cells are empty texts, whole numbers are floats."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()
