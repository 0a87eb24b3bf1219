"""Read CSV, JSON (both also gzipped) and XLSX files row by row."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.intake.errors import FileError
from services.intake.mapping import Mapping
from services.intake.tables.csv_table import csv_rows
from services.intake.tables.encodings import Guess
from services.intake.tables.json_table import is_json, json_rows
from services.intake.tables.text_file import guess
from services.intake.tables.xlsx_table import sheet_names, xlsx_rows

Rows = Iterator[tuple[int, list[str]]]
"""(line, cells), without blank rows."""
_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b"
_OLD: Final = b"\xd0\xcf\x11\xe0"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sheets(path: Path) -> list[str | None]:
    """List the tables in a file: a workbook's sheets, or [None] for CSV. Raise FileError."""
    return [*sheet_names(path)] if _start(path) == _ZIP else [None]


def rows(path: Path, mapping: Mapping, sheet: str | None) -> Rows:
    """Yield the rows of one table. Raise FileError, which names the file, row and remedy."""
    start = _start(path)
    if start == _OLD:
        raise FileError("import.file", variant="old_excel", file=str(path))
    with _readable(path):
        if sheet is not None:
            yield from xlsx_rows(path, sheet)
        else:
            gzipped = start[:2] == _GZIP
            read = json_rows if is_json(path, gzipped=gzipped) else csv_rows
            yield from read(path, mapping, gzipped=gzipped)


def guessed(path: Path) -> Guess | None:
    """Guess the encoding of a text file; None for a workbook. Raise FileError."""
    start = _start(path)
    if start in (_ZIP, _OLD):
        return None
    gzipped = start[:2] == _GZIP
    with _readable(path):
        return guess(path, gzipped=gzipped)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Raise FileError for what cannot be read or unpacked."""
    try:
        yield
    except EOFError as error:
        raise FileError("import.file", variant="cut_off", file=str(path)) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise FileError("import.file", variant="gzip", file=str(path)) from error
    except OSError as error:
        raise _unread(path, error) from error


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise _unread(path, error) from error
    if not start:
        raise FileError("import.file", variant="empty", file=str(path))
    return start


def _unread(path: Path, error: OSError) -> FileError:
    why = error.strerror or type(error).__name__
    return FileError("import.file", variant="unread", file=str(path), why=why)
