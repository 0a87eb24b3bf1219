"""Match rows in memory against a query, with the same semantics as the stores' filters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from events.area import inside
from projections.base import Row, View
from projections.where import lies_in
from services.views.port import Query


def matches(view: View[Any], query: Query, row: Row) -> bool:
    """Whether a row matches the filters and areas, and may be seen by the caller."""
    for field, values in query.filters.items():
        if not any(_same(getattr(row, field), value) for value in values):
            return False
    area: str | None = getattr(row, "area", None)
    held = "area" not in row.__struct_fields__ or not query.areas
    return (held or _in(area, query.areas)) and lies_in(row, query.within)


def _in(area: str | None, outers: Sequence[str]) -> bool:
    return area is not None and any(inside(area, outer) for outer in outers)


def _same(held: Any, wanted: Any) -> bool:
    if held is None or wanted is None:
        return held is None and wanted is None
    if isinstance(held, bool):
        return str(held).lower() == str(wanted).lower()
    if isinstance(held, datetime):
        given = wanted if isinstance(wanted, datetime) else datetime.fromisoformat(str(wanted))
        return held == given
    return str(held) == str(wanted)
