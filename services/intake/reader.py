"""Files as tables: CSV (also gzip) and XLSX, row by row."""

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from services.intake.csv_table import csv_rows
from services.intake.errors import FileError
from services.intake.mapping import Mapping
from services.intake.xlsx_table import sheet_names, xlsx_rows

Rows = Iterator[tuple[int, list[str]]]
"""(line, cells), blank rows left out."""
_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b"
_OLD: Final = b"\xd0\xcf\x11\xe0"


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sheets(path: Path) -> list[str | None]:
    """The tables in a file: a workbook's sheets, or [None] for a CSV file. Raises FileError."""
    return [*sheet_names(path)] if _start(path) == _ZIP else [None]


def rows(path: Path, mapping: Mapping, sheet: str | None) -> Rows:
    """The rows of one table. Raises FileError naming file, row and remedy."""
    start = _start(path)
    if start == _OLD:
        raise FileError(f"{path}: is an old Excel workbook (.xls); save it as .xlsx or CSV.")
    try:
        if sheet is not None:
            yield from xlsx_rows(path, sheet)
        else:
            yield from csv_rows(path, mapping, gzipped=start[:2] == _GZIP)
    except EOFError as error:
        raise FileError(f"{path}: the gzip file is cut off; copy it again.") from error
    except zlib.error as error:
        raise FileError(f"{path}: the gzip file is damaged: {error}; copy it again.") from error
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror or error}.") from error


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror or error}.") from error
    if not start:
        raise FileError(f"{path}: is empty; its first row must name the columns.")
    return start
