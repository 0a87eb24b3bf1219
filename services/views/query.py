"""Build SQL for a query: only declared fields become names; every given value is a parameter."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from projections.base import Row
from projections.where import lies_in
from services.views.columns import Column, Stored, filter_value
from services.views.port import BadQuery, Query
from services.views.table import Table

KEY: Final = Column("key", "text", nullable=False)
_GB_LENGTHS: Final = (4, 6, 9, 12)
_ALL: Final = 1 << 40


class Dialect(msgspec.Struct, frozen=True):
    """Differences between the two databases."""

    no_grid: str
    """Condition that the code before its grid suffix is all digits; only then do shorter codes contain it."""
    unindexed: str
    """`by_area`, for a condition that no index is to be used for."""
    up: str
    down: str
    """NULLs sort first ascending, last descending."""
    numbered: bool
    """Whether parameters are numbered ($1, $2 ...) or all `?`."""


SQLITE: Final = Dialect(
    "substr(by_area, 1, instr(by_area || '-', '-') - 1) NOT GLOB '*[^0-9]*'",
    "+by_area",
    "ASC",
    "DESC",
    numbered=False,
)
POSTGRES: Final = Dialect(
    "split_part(by_area, '-', 1) !~ '[^0-9]'", "by_area", "ASC NULLS FIRST", "DESC NULLS LAST", numbered=True
)


class Select(msgspec.Struct):
    """SQL and its parameters, built clause by clause from left to right."""

    sql: str
    given: list[Stored]
    dialect: Dialect

    def mark(self, value: Stored) -> str:
        """Add a parameter and return its placeholder."""
        self.given.append(value)
        return f"${len(self.given)}" if self.dialect.numbered else "?"


class Also(NamedTuple):
    """One more condition, with its parameter where `{}` stands."""

    sql: str
    given: Stored


class Sort(msgspec.Struct, frozen=True):
    """A sort column and direction."""

    column: Column
    descending: bool
    fingerprint: str
    """Hash of view, version and order; a cursor is valid only with the same one."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where the last page ended."""

    fingerprint: str
    value: str | int | float | None
    key: str


def sort_of(table: Table, query: Query) -> Sort:
    """Return the sort order. Raises BadQuery for a field that the view does not declare."""
    asked = table.view.sort if query.sort is None else query.sort
    field = asked.removeprefix("-")
    name = table.view.name
    token = hashlib.sha256(f"{name}/{table.view.version}/{asked}".encode(errors="replace")).hexdigest()[:12]
    return Sort(_column(table, field, sorts=True), asked.startswith("-"), token)


def check(table: Table, query: Query) -> None:
    """Raise BadQuery if the query is invalid for the view."""
    select(table, "", query, sort_of(table, query))


def select(
    table: Table,
    jurisdiction: str,
    query: Query,
    sort: Sort,
    dialect: Dialect = SQLITE,
    also: Iterable[Also] = (),
) -> Select:
    """Select all matching rows, in order, without a limit."""
    chosen = _matching(table, jurisdiction, query, sort, dialect, also)
    chosen.sql = f"{_rows(table, sort)} WHERE {chosen.sql} ORDER BY {_order(sort, dialect)}"
    return chosen


def select_page(table: Table, jurisdiction: str, query: Query, sort: Sort) -> Select:
    """Select as many of these rows as `most_read` says, in the way that reads least.

    SQLite's planner cannot know that a page ends early.
    """
    by_value = sort.column is KEY and bool(query.filters) and all(len(v) == 1 for v in query.filters.values())
    chosen = _matching(table, jurisdiction, query, sort, SQLITE, by_area=not by_value)
    order = _order(sort, SQLITE)
    if _index_holds_all(table, query, sort):  # whole rows are not sorted, which takes twenty times as long
        keys = f"SELECT key FROM {table.name} WHERE {chosen.sql} ORDER BY {order}"  # noqa: S608
        keys += f" LIMIT {chosen.mark(most_read(table, query))}"
        chosen.sql = f"key IN ({keys}) AND jurisdiction = {chosen.mark(jurisdiction)}"
    chosen.sql = f"{_rows(table, sort)} WHERE {chosen.sql} ORDER BY {order}"
    chosen.sql += f" LIMIT {chosen.mark(most_read(table, query))}"
    return chosen


def _index_holds_all(table: Table, query: Query, sort: Sort) -> bool:
    """Whether the index of areas tells which rows are chosen, and their order."""
    areas = [some for some in (query.areas, () if table.spans else query.within) if some]
    in_order = sort.column is KEY or sort.column.field == "area"
    return in_order and not query.filters and bool(areas) and all(len(set(some)) == 1 for some in areas)


def _rows(table: Table, sort: Sort) -> str:
    chosen = f", {sort.column.sql}" if sort.column is not KEY else ""
    return f"SELECT key, row{chosen} FROM {table.name}"  # noqa: S608


def _matching(
    table: Table,
    jurisdiction: str,
    query: Query,
    sort: Sort,
    dialect: Dialect,
    also: Iterable[Also] = (),
    *,
    by_area: bool = True,
) -> Select:
    """Return the conditions alone. `by_area`: whether the index of areas may be used."""
    clauses = Select("", [], dialect)
    clauses.sql = f"jurisdiction = {clauses.mark(jurisdiction)}"
    for one in also:
        clauses.sql += f" AND {one.sql.format(clauses.mark(one.given))}"
    for field, values in query.filters.items():
        _any_of(clauses, table, field, values)
    if table.has_area:
        for outers in (query.areas, () if table.spans else query.within):
            _inside(clauses, table, outers, index=by_area)
    if query.cursor is not None:
        _beyond(clauses, sort, cursor_of(sort, query.cursor))
    return clauses


def cursor(sort: Sort, value: Stored, key: str) -> str:
    """Return the opaque cursor of a page's last row."""
    return base64.urlsafe_b64encode(msgspec.json.encode(Cursor(sort.fingerprint, value, key))).decode()


def cursor_of(sort: Sort, text: str) -> Cursor:
    """Decode a cursor. Raises BadQuery if it is invalid or of another view or order."""
    try:
        found = msgspec.json.decode(base64.b64decode(text.encode(), b"-_", validate=True), type=Cursor)
    except (binascii.Error, msgspec.DecodeError, ValueError) as error:
        raise BadQuery("parameter.invalid", variant="cursor") from error
    if found.fingerprint != sort.fingerprint:
        raise BadQuery("parameter.invalid", variant="other_cursor")
    if isinstance(found.value, int) and not -(2**63) <= found.value < 2**63:
        raise BadQuery("parameter.invalid", variant="cursor")
    return found


def place(value: Stored, key: str) -> tuple[bool, Any, str]:
    """Return what compares as rows do in the order of a column: empty ones first, then by key."""
    return value is not None, 0 if value is None else value, key


def most_read(table: Table, query: Query) -> int:
    """Return how many rows to read for a page: one more tells whether another follows. Of rows that span
    areas, all are read, as only their content tells who may see them."""
    return _ALL if table.spans and query.within else query.limit + 1


def seen(table: Table, query: Query, rows: Iterable[Any]) -> list[tuple[str, Row]]:
    """Decode selected rows (key, row, ...) that the caller may see. Raises RowUnreadable."""
    found = ((row[0], table.decode(row[0], row[1])) for row in rows)
    return [(key, row) for key, row in found if not table.spans or lies_in(row, query.within)]


def cut(
    table: Table, query: Query, sort: Sort, rows: Sequence[Any]
) -> tuple[list[tuple[str, Row]], str | None]:
    """Return the items of a page and the next one's cursor, from `most_read` rows. Raises RowUnreadable."""
    if table.spans and query.within:
        visible = {key for key, _ in seen(table, query, rows)}
        rows = [row for row in rows if row[0] in visible]
    last = rows[query.limit - 1] if len(rows) > query.limit else None
    following = cursor(sort, None if sort.column is KEY else last[2], last[0]) if last else None
    return seen(table, query, rows[: query.limit]), following


def _column(table: Table, field: str, *, sorts: bool = False) -> Column:
    if field == "key":
        return KEY
    if field not in table.view.filters:
        known = ("key", *table.view.filters)
        raise BadQuery(
            "parameter.invalid",
            variant="sort" if sorts else "filter",
            view=table.view.name,
            name=field[:80],
            known=known,
        )
    return table.by_field[field]


def _any_of(clauses: Select, table: Table, field: str, values: Sequence[object]) -> None:
    column = _column(table, field)
    found = {filter_value(table.view.name, column, value) for value in values}
    parts = [f"{column.sql} IS NULL"] if None in found else []
    some = [value for value in found if value is not None]
    if some:
        parts.append(f"{column.sql} IN ({', '.join(map(clauses.mark, some))})")
    clauses.sql += f" AND ({' OR '.join(parts) or '1 = 0'})"


def _inside(clauses: Select, table: Table, outers: Sequence[str], *, index: bool) -> None:
    """Express events.area.inside as ranges of the index on `area`; no areas means everywhere.

    A single area is one range, and conditions on what is in it: only then the index alone is enough.
    """
    if not outers:
        return
    codes = {str(filter_value(table.view.name, table.by_field["area"], outer)) for outer in outers}
    bounds, area = "", "by_area"
    if not index:
        area = clauses.dialect.unindexed
    elif len(codes) == 1:
        (code,) = codes
        first, last = clauses.mark(code), clauses.mark(f"{code}{':' if _contains_longer(code) else '.'}")
        bounds, area = f"by_area >= {first} AND by_area < {last} AND ", clauses.dialect.unindexed
    parts: list[str] = []
    for code in sorted(codes):
        here, least, most = (clauses.mark(f"{code}{end}") for end in ("", "-", "."))
        parts.append(f"{area} = {here} OR ({area} >= {least} AND {area} < {most})")
        if _contains_longer(code):
            least, most = (clauses.mark(f"{code}{end}") for end in ("0", ":"))
            parts.append(f"({area} >= {least} AND {area} < {most} AND {clauses.dialect.no_grid})")
    clauses.sql += f" AND {bounds}({' OR '.join(parts)})"


def _contains_longer(code: str) -> bool:
    """Whether codes with more digits lie in it."""
    return code.isascii() and code.isdigit() and len(code) in _GB_LENGTHS


def _order(sort: Sort, dialect: Dialect) -> str:
    way = dialect.down if sort.descending else dialect.up
    return f"key {way}" if sort.column is KEY else f"{sort.column.sql} {way}, key {way}"


def _beyond(clauses: Select, sort: Sort, last: Cursor) -> None:
    """Select what comes after the last row; NULLs are first ascending, last descending."""
    field, than = sort.column.sql, "<" if sort.descending else ">"
    if sort.column is KEY:
        clauses.sql += f" AND key {than} {clauses.mark(last.key)}"
    elif last.value is None:
        after = "" if sort.descending else f" OR {field} IS NOT NULL"
        clauses.sql += f" AND (({field} IS NULL AND key {than} {clauses.mark(last.key)}){after})"
    else:
        after = f" OR {field} IS NULL" if sort.descending and sort.column.nullable else ""
        value, key = clauses.mark(last.value), clauses.mark(last.key)
        clauses.sql += f" AND (({field}, key) {than} ({value}, {key}){after})"
