"""Reads of the view store, each in one read transaction."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import apsw

from events.commit import Head
from projections.base import Row
from services.adapters.sqlite import views_file as file
from services.adapters.sqlite import views_steps as outbox
from services.adapters.sqlite.views_table import Table
from services.views.port import (
    BadQuery,
    OutboxStep,
    Page,
    Query,
    Rows,
    RowUnreadable,
    StoredView,
)
from services.views.query import cut, seen, select, select_page, sort_of
from services.views.steps import unpack

Queries = Sequence[tuple[Table, Query]]
SCATTERED: Final = 200
"""Keys looked up at once whose pages are not kept: they lie all over a table, such as the ids of an import's
commands, each in a page of its own that the next look-up does not need."""


def jurisdictions(db: apsw.Connection) -> list[str]:
    """Return jurisdictions that have a head, sorted."""
    return [code for (code,) in db.execute("SELECT jurisdiction FROM heads ORDER BY jurisdiction")]


def load_all(
    db: apsw.Connection, wanted: Mapping[str, Sequence[tuple[Table, Sequence[str]]]]
) -> dict[str, Rows]:
    """Return rows by jurisdiction, without those that have an unreadable one."""
    found: dict[str, Rows] = {}
    for jurisdiction, keys in wanted.items():
        with suppress(RowUnreadable):
            found[jurisdiction] = load(db, jurisdiction, keys)
    return found


def load(db: apsw.Connection, jurisdiction: str, keys: Sequence[tuple[Table, Sequence[str]]]) -> Rows:
    """Return rows by view and key; None for missing rows. Raises RowUnreadable."""
    found = {table.view.name: table.load(db, jurisdiction, wanted) for table, wanted in keys}
    if sum(map(len, found.values())) >= SCATTERED:
        db.pragma("shrink_memory")
    return found


def page(db: apsw.Connection, jurisdiction: str, table: Table, query: Query) -> Page:
    """Return one page. Raises BadQuery, RowUnreadable."""
    if query.limit < 1:
        raise BadQuery("parameter.invalid", variant="limit", limit=query.limit)
    sort = sort_of(table, query)
    chosen = select_page(table, jurisdiction, query, sort)
    rows: list[Any] = db.execute(chosen.sql, chosen.given).fetchall()
    items, following = cut(table, query, sort, rows)
    return Page(
        items=items,
        head=file.head(db, jurisdiction),
        next=following,
        degraded=file.degraded(db, jurisdiction).get(table.view.name),
    )


def snapshot(
    db: apsw.Connection, jurisdiction: str, queries: Queries
) -> tuple[dict[str, list[tuple[str, Row]]], Head]:
    """Return all matching rows of several views, and their head. Raises BadQuery, RowUnreadable."""
    found: dict[str, list[tuple[str, Row]]] = {}
    for table, query in queries:
        whole = Query(filters=query.filters, areas=query.areas, within=query.within, sort=query.sort)
        chosen = select(table, jurisdiction, whole, sort_of(table, whole))
        rows: Any = db.execute(chosen.sql, chosen.given).fetchall()
        found[table.view.name] = seen(table, query, rows)
    return found, file.head(db, jurisdiction)


def stored(db: apsw.Connection, jurisdiction: str, table: Table) -> StoredView:
    """Return all rows as they are in the table, whatever its indexes say."""
    texts = ("key", *(column.sql for column in table.columns if column.kind == "text"))
    names = ", ".join(
        f"CAST({name} AS BLOB)" if name in texts else name
        for name in ("key", "row", *(column.sql for column in table.columns))
    )
    sql = f"SELECT {names} FROM {table.name} NOT INDEXED WHERE jurisdiction = ?"  # noqa: S608
    lines: Any = db.execute(sql, (jurisdiction,))
    return table.checked(file.head(db, jurisdiction), map(_legible, lines))


def _legible(line: Sequence[Any]) -> Sequence[Any]:
    """Return a row whose texts were read as bytes, as they may no longer be text."""
    key, data, *cells = line
    plain = (one.decode(errors="replace") if isinstance(one, bytes) else one for one in cells)
    return (key.decode(errors="replace"), data, *plain)


def disagreement(db: apsw.Connection, table: Table) -> str | None:
    """Say where a table and its indexes disagree."""
    said = [str(line) for (line,) in db.execute(f"PRAGMA integrity_check('{table.name}')")]
    return None if said == ["ok"] else said[0]


def steps(
    db: apsw.Connection, tables: Mapping[str, Table], jurisdiction: str, after: int, limit: int
) -> list[OutboxStep] | None:
    """Return steps; None if the outbox does not reach back that far."""
    found = outbox.read(db, jurisdiction, after, file.head(db, jurisdiction).position, limit)
    if found is None:
        return None
    try:
        return [unpack(tables, since, upto, packed) for since, upto, packed in found]
    except RowUnreadable:  # who follows starts over from the rows
        return None
