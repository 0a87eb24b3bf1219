"""The first rows of a query among rows in memory, as a store would choose them."""

from collections.abc import Mapping
from heapq import nlargest, nsmallest

from projections.base import Row
from services.views.columns import Stored, stored_value
from services.views.match import matches
from services.views.port import Query
from services.views.query import KEY, cursor_of, place, sort_of
from services.views.table import Table


def first(table: Table, query: Query, rows: Mapping[str, Row]) -> dict[str, Row]:
    """Return the rows of the page, and one more if there is one. Raises BadQuery.

    A store that is filled and asked for each few of many rows takes ten times as long.
    """
    sort = sort_of(table, query)
    at = None if sort.column is KEY else table.columns.index(sort.column)

    def value(row: Row) -> Stored:
        return None if at is None else stored_value(table.values(row)[at])

    found = [(place(value(row), key), key) for key, row in rows.items() if matches(table.view, query, row)]
    if query.cursor is not None:
        last = cursor_of(sort, query.cursor)
        end = place(last.value, last.key)
        found = [one for one in found if (one[0] < end if sort.descending else one[0] > end)]
    best = (nlargest if sort.descending else nsmallest)(query.limit + 1, found)
    return {key: rows[key] for _, key in best}
