"""Match tables to a mapping's sources by their header; read rows as cells by column."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from services.intake.errors import ColumnsMissing, FileError, MappingError, RowError
from services.intake.mapping import Mapping, Source
from services.intake.mapping.columns import used_columns
from services.intake.tables.harmless import HEADINGS, restored
from services.intake.tables.reader import guessed, rows, sheets
from services.intake.tables.spreadsheets import SINCE_1900, rounded
from services.intake.tables.xlsx_scan import UNWORKED
from services.intake.tables.xlsx_table import day_zero

MOST_CELL: Final = 100_000
"""Characters per cell."""
MOST_COLUMNS: Final = 20_000
SEARCHED: Final = 20
"""Rows searched for the header, as sheets have titles above it."""
_ERRORS: Final = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", UNWORKED))
_SPACE: Final = re.compile(r"\s+")


class Found(NamedTuple):
    """A table and its source."""

    path: Path
    sheet: str | None
    source: Source
    header: list[str]
    line: int
    """Line of the header."""
    columns: dict[str, int]
    """Column name in the mapping -> index."""
    exact: frozenset[str]
    """Columns whose numbers are not looked at for rounding."""
    day_zero: datetime = SINCE_1900
    """Of its serial dates."""

    @property
    def name(self) -> str:
        return f"{self.path}" if self.sheet is None else f"{self.path}#{self.sheet}"


def plain(heading: str) -> str:
    """Normalize a heading's case, width and spaces, for comparison."""
    text = unicodedata.normalize("NFKC", heading.replace("\ufeff", ""))
    return _SPACE.sub(" ", text).strip().casefold()


class Heads:
    """The first rows of a file's tables. A sheet or a document of JSON is parsed once, however many mappings
    look at it: to parse 100,000 rows takes a second."""

    def __init__(self, path: Path) -> None:
        """Raise FileError."""
        self._path, self.sheets = path, sheets(path)
        self.day_zero = day_zero(path) if any(self.sheets) else SINCE_1900
        self._known: dict[tuple[str | None, ...], list[tuple[int, list[str]]]] = {}

    def of(self, sheet: str | None, mapping: Mapping) -> list[tuple[int, list[str]]]:
        """Return the first rows of a table. How a text is read depends on the mapping. Raise FileError."""
        text = (mapping.encoding, mapping.delimiter, mapping.records) if sheet is None else ()
        if (sheet, *text) not in self._known:
            self._known[sheet, *text] = list(islice(rows(self._path, mapping, sheet), SEARCHED))
        return self._known[sheet, *text]


def find(path: Path, mapping: Mapping, heads: Heads | None = None) -> list[Found]:
    """Find the tables of a file. Raise FileError, or MappingError, which names the missing columns."""
    heads = heads or Heads(path)
    found: list[Found] = []
    problems: list[MappingError] = []
    unread = [FileError("import.file", variant="empty", file=str(path))]
    for sheet in heads.sheets:
        try:
            one = _find(path, sheet, mapping, heads.of(sheet, mapping))
            found.append(one._replace(day_zero=heads.day_zero))
        except MappingError as error:
            problems.append(error)
        except FileError as error:
            unread.append(error)
    if not found:
        raise problems[0] if problems else unread[-1]  # a workbook may have no sheets
    return found


def recognised(path: Path, mappings: Iterable[Mapping]) -> Mapping:
    """Return the mapping that uses most of a file's headings, the plainest of equals.

    Raise FileError, or the MappingError of the mapping that lacks the smallest part of its columns.
    """
    guess, heads = guessed(path), Heads(path)
    fitting: list[tuple[int, int, Mapping]] = []
    lacking: list[tuple[float, MappingError]] = []
    for mapping in mappings:
        try:
            tables = find(
                path,
                mapping if mapping.encoding or not guess else mapping.in_encoding(guess.encoding),
                heads,
            )
        except MappingError as error:
            lacking.append((_lacking(error, mapping), error))
            continue
        wanted = sum(len(used_columns(source)) for source in mapping.source)
        fitting.append((-sum(len(one.columns) for one in tables), wanted, mapping))
    if fitting:
        return min(fitting, key=lambda one: one[:2])[2]
    if lacking:
        raise min(lacking, key=lambda one: one[0])[1]
    raise FileError("import.file", variant="empty", file=str(path))


def _lacking(error: MappingError, mapping: Mapping) -> float:
    """Return the part of the required columns that a file lacks, 0 to 1."""
    columns = error.values.get("columns")
    if not isinstance(columns, tuple):
        return 1
    return len(columns) / max(len(columns), *(len(_required(source)) for source in mapping.source))


def _find(path: Path, sheet: str | None, mapping: Mapping, head: list[tuple[int, list[str]]]) -> Found:
    if not head:
        raise FileError("import.file", variant="empty", file=str(path))
    candidates = [s for s in mapping.source if s.sheet is None or sheet is None or s.sheet == sheet]
    if not candidates:
        raise MappingError(
            "import.file", variant="no_sheet", file=str(path), mapping=mapping.name, sheet=sheet
        )
    nearest: tuple[Source, list[str]] | None = None
    for line, cells in head:
        for source in sorted(candidates, key=lambda one: -len(_required(one))):
            lacks = _lacks(source, cells)
            if not lacks:
                columns = _columns(path, source, cells)
                return Found(path, sheet, source, cells, line, columns, _exact(source))
            if nearest is None or len(lacks) < len(nearest[1]):
                nearest = source, lacks
    source, lacks = nearest or (candidates[0], [])
    which = f" ({source.name})" if len(mapping.source) > 1 else ""
    raise ColumnsMissing(
        "import.column",
        file=str(path) if sheet is None else f"{path}#{sheet}",
        mapping=f"{mapping.name}{which}",
        columns=tuple(lacks),
        header=tuple(head[0][1][:30]),
    )


def _exact(source: Source) -> frozenset[str]:
    """Return the columns that the mapping declares exact, or whose phone numbers it asks about."""
    specs = [spec for one in source.command for spec in one.data.values()]
    asked = [spec.column for spec in specs if spec.ask and spec.type == "phone" and spec.column]
    return frozenset((*source.exact, *asked))


def _required(source: Source) -> list[str]:
    return [column for column in used_columns(source) if column not in source.optional]


def _lacks(source: Source, header: list[str]) -> list[str]:
    there = {plain(cell) for cell in header}
    return [
        column
        for column in _required(source)
        if not any(plain(name) in there for name in (column, *source.alias.get(column, ())))
    ]


def _columns(path: Path, source: Source, header: list[str]) -> dict[str, int]:
    """Return the index of each column used by the source. Raise FileError if a heading is ambiguous."""
    if len(header) > MOST_COLUMNS:
        raise FileError(
            "import.file", variant="columns", file=str(path), given=len(header), most=MOST_COLUMNS
        )
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(header):
        places.setdefault(plain(cell), []).append(place)
    wanted = used_columns(source)
    found: dict[str, int] = {}
    for column in [*wanted, *_each_columns(source, header)]:
        names = [name for name in (column, *source.alias.get(column, ())) if plain(name) in places]
        if not names:
            continue
        at = places[plain(names[0])]
        if len(at) > 1:
            raise FileError(
                "import.file",
                variant="twice",
                file=str(path),
                one=at[0] + 1,
                other=at[1] + 1,
                name=names[0],
            )
        found[column] = at[0]
    return found


def _each_columns(source: Source, header: list[str]) -> list[str]:
    expressions = [one.each.columns_like for one in source.command if one.each and one.each.columns_like]
    return [cell.strip() for cell in header if any(re.search(one, cell.strip()) for one in expressions)]


def body(found: Found, mapping: Mapping) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the header."""
    for line, cells in rows(found.path, mapping, found.sheet):
        if line > found.line:
            yield line, cells


def cells_of(found: Found, cells: list[str]) -> dict[str, str]:
    """Return a row's cells by column. Raise RowError, which names the column."""
    if len(cells) != len(found.header):
        cells = _fitted(found, cells)
    if found.header[0] == HEADINGS[0]:
        cells = [restored(cell) for cell in cells]
    row = {column: cells[place] for column, place in found.columns.items()}
    for column, cell in row.items():
        if not cell.isascii() or len(cell) > MOST_CELL or "\0" in cell or cell in _ERRORS:
            _check(column, cell)
        if len(cell) > 3 and column not in found.exact and rounded(cell):
            raise RowError("unreadable", variant="rounded", where=column, text=cell[:80])
    return row


def named(found: Found, values: Table[str, Any]) -> dict[str, Any]:
    """Return the values of a row's error with the file's heading instead of the mapping's column."""
    return {
        name: found.header[found.columns[value]].strip()
        if name in ("where", "column") and isinstance(value, str) and value in found.columns
        else value
        for name, value in values.items()
    }


def _fitted(found: Found, cells: list[str]) -> list[str]:
    """Fit a row to the header: drop trailing blanks; in workbooks, also pad it and drop notes beside it."""
    wanted = len(found.header)
    if len(cells) > wanted and (found.sheet is not None or not any(cell.strip() for cell in cells[wanted:])):
        return cells[:wanted]
    if len(cells) < wanted and found.sheet is not None:
        return cells + [""] * (wanted - len(cells))
    raise RowError("ragged", cells=len(cells), wanted=wanted)


def _check(column: str, cell: str) -> None:
    if len(cell) > MOST_CELL:
        raise RowError("too_long", column=column, length=len(cell), most=MOST_CELL)
    if "\0" in cell:
        raise RowError("nul", column=column)
    if any("\ud800" <= char <= "\udfff" for char in cell):
        raise RowError("encoding", column=column)
    if cell == UNWORKED:
        raise RowError("cell_unworked", column=column)
    if cell in _ERRORS:
        raise RowError("cell_error", column=column, cell=cell)
