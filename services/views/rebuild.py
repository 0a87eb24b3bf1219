"""A view folded anew from the log, and put in the place of the live one."""

from collections.abc import Callable, Mapping
from typing import Any

from events.catalog import happened
from events.commit import Head, decode
from projections.base import Row, View
from projections.fold import Dispatch, step
from services.log.port import Log
from services.views.port import Views

Progress = Callable[[float, float | None], None]


async def folded(
    log: Log,
    jurisdiction: str,
    views: Mapping[str, View[Any]],
    progress: Progress | None = None,
    upto: int | None = None,
) -> tuple[dict[str, dict[str, Row]], Head]:
    """The straight fold of the accepted log (up to the commit that ends at `upto`), and its head."""
    rows: dict[str, dict[str, Row]] = {name: {} for name in views}
    dispatch = Dispatch(views)
    head, end = Head(), await log.end(jurisdiction)
    async for batch in log.read(jurisdiction):
        for stored in batch:
            if upto is not None and stored.head.position > upto:
                return rows, head
            for event in happened(decode(stored.data)):
                for view in dispatch[type(event.data)]:
                    step(view, rows[view.name], event)
            head = stored.head
        if progress:
            progress(head.position, end.position)
    return rows, head


async def rebuild_all(
    log: Log,
    views: Views,
    jurisdiction: str,
    catalog: Mapping[str, View[Any]],
    progress: Progress | None = None,
) -> dict[str, int]:
    """Every view from one reading of the log, until no batch came between; rows per view."""
    while True:
        live = await views.head(jurisdiction)
        rows, head = await folded(log, jurisdiction, catalog, progress, live.position)
        done = [await views.rebuild(jurisdiction, name, found, head) for name, found in rows.items()]
        if all(done):
            return {name: len(found) for name, found in rows.items()}
