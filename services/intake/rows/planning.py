"""Codes for the areas of a sheet.

A code inside the jurisdiction is kept. Any other is appended to the parent's. Without a code, an area of that
name under that parent keeps the one it has, and a new area takes the parent's next number: 2307-01.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table
from types import MappingProxyType
from typing import Final

from events.area import parents
from services.intake.cells.places import Places, Row, fold
from services.intake.cells.values import area_row
from services.intake.errors import RowError
from services.intake.mapping import Mapping, sheet_name
from services.intake.mapping.templates import slug
from services.intake.tables.header import Found, body, cells_of

MOST: Final = 100_000
"""Areas in one sheet; more are rejected, to bound memory."""
_DEEPEST: Final = 30
"""Levels of areas in a sheet; codes have no room for more."""


def plan_tables(tables: Iterable[Found], mapping: Mapping, places: Places) -> None:
    """Plan the areas of all tables that define some. Raise FileError."""
    tables = list(tables)
    said = {
        code: name
        for found in tables
        for code, name in places.said.get(sheet_name(mapping, found.source), {}).items()
    }
    plan(places, (row for found in tables for row in _rows(found, mapping)), said)


def _rows(found: Found, mapping: Mapping) -> Iterator[Row]:
    specs = [spec for one in found.source.command for spec in one.data.values() if spec.area_of]
    if not specs:
        return
    for _, raw in body(found, mapping):
        try:
            cells = cells_of(found, raw)
        except RowError:
            continue
        yield from (area_row(spec, cells) for spec in specs)


def plan(places: Places, rows: Iterable[Row], said: Table[str, str] = MappingProxyType({})) -> None:
    """Give a code, or the reason why not, to every row of a sheet, and add the areas to `places`.

    `said`: code -> name that the sheet gave it last time, which still means that area.
    """
    wanted = [row for row in dict.fromkeys(rows) if row not in places.planned]
    planner = _Planner(places, wanted[:MOST], said)
    for row in wanted[:MOST]:
        planner.settle(row)
    for row in wanted[MOST:]:
        places.planned[row] = RowError("unplaced", variant="many", where=row.name, text=row.name, most=MOST)


class _Planner:
    """Gives codes to the rows of one sheet, parents first."""

    def __init__(self, places: Places, rows: list[Row], said: Table[str, str]) -> None:
        self._places, self._planned = places, places.planned
        self._open: list[Row] = []
        self._by_code: dict[str, Row] = {}
        self._by_name: dict[str, list[Row]] = {}
        self._within: dict[str, dict[str, str]] = {}
        """Parent -> folded name -> code of the child."""
        self._numbers: dict[str, int] = {}
        """Parent -> highest number of a child."""
        for row in rows:
            if row.code:
                self._by_code.setdefault(fold(row.code), row)
            self._by_name.setdefault(fold(row.name), []).append(row)
        for code, name in (*places.names.items(), *said.items()):
            self._child(code, name)

    def settle(self, row: Row) -> str | None:
        """Plan a row, and its parents before it. Return its code, or None if it has none."""
        if row not in self._planned:
            self._planned[row] = self._settled(row)
        found = self._planned[row]
        return found if isinstance(found, str) else None

    def _settled(self, row: Row) -> str | RowError:
        if row in self._open or len(self._open) >= _DEEPEST:
            return RowError("unplaced", variant="loop", where=row.name, text=row.parent)
        self._open.append(row)
        try:
            code = self._code(row)
        except RowError as error:
            return error
        finally:
            self._open.pop()
        self._child(code, row.name)
        self._places.add(code, row.name)
        return code

    def _code(self, row: Row) -> str:
        root = self._places.root
        whole = row.code == root or root in parents(row.code)
        if whole and not row.parent:
            return row.code
        parent = self._parent(row) if row.parent else root
        if whole:
            if parent != root and parent not in parents(row.code):
                raise RowError("unplaced", variant="apart", where=row.code, text=row.parent)
            return row.code
        if row.code:
            return f"{parent}-{slug(row.code)}"
        known = self._within.get(parent, {}).get(fold(row.name))
        return known or self._next(parent)

    def _parent(self, row: Row) -> str:
        """Return the code of the parent, in the sheet by code or name, else among the known areas."""
        text = row.parent
        if text == self._places.root:
            return text
        by_code = self._by_code.get(fold(text))
        rows = [by_code] if by_code else [one for one in self._by_name.get(fold(text), []) if one != row]
        codes = {self.settle(one) for one in rows}
        if None in codes:
            raise RowError("unplaced", variant="above", where=row.name, text=text)
        known = [] if by_code else self._places.called(text)
        found = {code for code in (*codes, *known) if code is not None}
        return found.pop() if len(found) == 1 else self._places.find(text, row.name)

    def _child(self, code: str, name: str) -> None:
        for parent in parents(code)[:1]:
            self._within.setdefault(parent, {}).setdefault(fold(name), code)
            number = code.removeprefix(f"{parent}-")
            if number.isascii() and number.isdigit() and number != code:
                self._numbers[parent] = max(self._numbers.get(parent, 0), int(number))

    def _next(self, parent: str) -> str:
        number = self._numbers[parent] = self._numbers.get(parent, 0) + 1
        return f"{parent}-{number:02}"
