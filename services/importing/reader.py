"""Tables from files: CSV (also gzip) and XLSX, row by row; never the whole file in memory."""

import codecs
import csv
import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from services.importing.errors import FileError
from services.importing.mapping import Mapping

MOST_CELL: Final = 100_000
"""Characters of one cell."""
MOST_COLUMNS: Final = 1_000
MOST_BYTES: Final = 4 * 2**30
"""Unpacked size of a gzip file."""
MOST_XLSX: Final = 512 * 2**20
"""Unpacked size of an XLSX file."""
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

csv.field_size_limit(MOST_CELL * 10)


class Table(NamedTuple):
    """A header and its rows: (line number, cells)."""

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def table(path: Path, mapping: Mapping, sheet: str | None = None) -> Iterator[Table]:
    """Open a file. Raises FileError."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start[:2] == b"PK":
            with _xlsx(path, sheet) as found:
                yield found
        else:
            with _csv(path, mapping, gzipped=start[:2] == b"\x1f\x8b") as found:
                yield found
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror or error}") from error
    except EOFError as error:
        raise FileError(f"{path}: the gzip file is cut off; copy it again.") from error
    except UnicodeError as error:
        raise FileError(
            f"{path}: is not text in the encoding expected; name it in the mapping: {error}"
        ) from error
    except csv.Error as error:
        raise FileError(f"{path}: is not a CSV table: {error}") from error


# -- CSV ---------------------------------------------------------------------------------------------------


@contextmanager
def _csv(path: Path, mapping: Mapping, *, gzipped: bool) -> Iterator[Table]:
    with _bytes(path, gzipped=gzipped) as probe:
        start = probe.read(65_536)
    encoding = mapping.encoding or _encoding(start)
    with (
        _bytes(path, gzipped=gzipped) as raw,
        io.TextIOWrapper(
            raw, encoding, errors="strict" if "16" in encoding else "surrogateescape", newline=""
        ) as text,
    ):
        sample = start.decode(encoding, errors="replace")
        reader = csv.reader(_bounded(text, path), delimiter=mapping.delimiter or _delimiter(sample))
        header = next((row for row in reader if any(row)), None)
        yield Table(_header(header, path), _lines(reader))


def _bytes(path: Path, *, gzipped: bool) -> Any:
    return gzip.open(path, "rb") if gzipped else path.open("rb")


def _bounded(text: IO[str], path: Path) -> Iterator[str]:
    """A gzip bomb ends here, and so does a line without an end."""
    seen = 0
    while line := text.readline(MOST_CELL * 20):
        seen += len(line)
        if seen > MOST_BYTES or len(line) >= MOST_CELL * 20:
            raise FileError(f"{path}: is too large to be a table; split it.")
        yield line


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    for row in reader:
        if any(cell.strip() for cell in row):
            yield reader.line_num, row


def _encoding(start: bytes) -> str:
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(start)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _delimiter(sample: str) -> str:
    first = sample.partition("\n")[0]
    return max(",;\t|", key=first.count)


def _header(cells: list[str] | None, path: Path) -> list[str]:
    if cells is None:
        raise FileError(f"{path}: is empty; its first row must name the columns.")
    header = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]
    if len(header) > MOST_COLUMNS:
        raise FileError(f"{path}: has {len(header)} columns; at most {MOST_COLUMNS}.")
    double = {name for name in header if name and header.count(name) > 1}
    if double:
        raise FileError(f"{path}: two columns are named {sorted(double)[0]!r}; rename one.")
    return header


# -- XLSX --------------------------------------------------------------------------------------------------


@contextmanager
def _xlsx(path: Path, sheet: str | None) -> Iterator[Table]:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(info.file_size for info in packed.infolist())
        if size > MOST_XLSX:
            raise FileError(f"{path}: unpacks to {size} bytes; save it as CSV.")
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise FileError(f"{path}: is not an XLSX workbook: {error}") from error
    try:
        if sheet and sheet not in book.sheetnames:
            raise FileError(f"{path}: has no sheet {sheet!r}; it has {', '.join(book.sheetnames)}.")
        rows = _sheet_rows(book[sheet] if sheet else book[book.sheetnames[0]])
        header = next((cells for _, cells in rows if any(cells)), None)
        named = _header(_trimmed(header), path)
        yield Table(named, ((line, cells[: len(named)]) for line, cells in rows if any(cells)))
    finally:
        book.close()


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        yield line, [_text(cell) for cell in cells]


def _trimmed(header: list[str] | None) -> list[str] | None:
    while header and not header[-1].strip():
        header = header[:-1]
    return header


def _text(cell: Any) -> str:
    """Cells as a CSV would hold them; whole numbers without a fraction (phones typed as numbers)."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell)
