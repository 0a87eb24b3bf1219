"""Person-times and hours: derived from the facts of a few workers at a time, however long the log is."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from events.area import inside
from projections.base import Row, View
from projections.hours import By, Span, cuts, table
from projections.presence import INTERVALS, IntervalRow, PresenceRow, derived, keyed, worker_of
from services.adapters.memory.views import ViewFile, file_of, page_of
from services.api.zones import zone_in
from services.application.muster import Muster
from services.base.threads import beside
from services.history.facts import Facts
from services.views.first import first
from services.views.port import Page, Query
from services.views.query import check, cursor_of, sort_of
from services.views.table import Table

Derive = Callable[[Sequence[PresenceRow]], Awaitable[Mapping[str, Row]]]
"""All facts of some workers -> their rows by key."""


class Days(msgspec.Struct, frozen=True):
    """For hours and service: the days asked for, and the length of a period."""

    first: date | None = None
    last: date | None = None
    by: By = "day"
    level: int = 3
    """Of sums of service: the depth of areas."""


async def page(service: Muster, jurisdiction: str, view: View[Any], query: Query, days: Days) -> Page:
    """Return one page of a derived view. Raises BadQuery.

    In the order of keys only the facts of the page's workers are read. In any other order all facts are read,
    and the best rows so far are kept.
    """
    table = Table(view)
    check(table, query)
    sort = sort_of(table, query)
    given = cursor_of(sort, query.cursor) if query.cursor else None
    by_key = in_order(view, query)
    facts = Facts(service.views, jurisdiction, query, worker_of(given.key) if given and by_key else None)
    derive = await _derive(service, jurisdiction, view, query, days)
    best: Mapping[str, Row] = {}
    async for some in facts:
        rows = {**best, **await derive(some)}
        best = await beside(first, table, query, rows)
        if by_key and len(best) > query.limit:
            break
    found = await page_of(view, best, facts.head, query, jurisdiction)
    return msgspec.structs.replace(found, degraded=facts.degraded)


def indexed(view: View[Any], query: Query) -> bool:
    """Return whether rows are read from the index of person-times: in another order than that of the workers'
    ids, or chosen from all."""
    few = {"key", "worker"} & query.filters.keys()
    chosen = query.filters or query.areas or query.within
    return view.name == INTERVALS.name and not few and bool(chosen or not in_order(view, query))


def in_order(view: View[Any], query: Query) -> bool:
    """Return whether the query's order is that of the workers' ids, so that few of them need be read."""
    sort = sort_of(Table(view), query)
    return sort.column.field == "key" and not sort.descending


async def stored(
    service: Muster, jurisdiction: str, view: View[Any], query: Query, days: Days, file: Path
) -> ViewFile:
    """Derive all rows into a file, to read them in any order. The caller closes the store."""
    store = await file_of(view, file)
    try:
        facts = Facts(service.views, jurisdiction, query, None)
        derive = await _derive(service, jurisdiction, view, query, days)
        async for some in facts:
            await store.add(jurisdiction, view.name, await derive(some), facts.head)
    except BaseException:
        await store.close()
        raise
    return store


async def _derive(service: Muster, jurisdiction: str, view: View[Any], query: Query, days: Days) -> Derive:
    if view.name == INTERVALS.name:
        return lambda facts: beside(keyed, facts)
    views, zone = service.views, await zone_in(service, jurisdiction)
    now = service.clock.now()
    last = days.last or max(now.astimezone(zone).date(), days.first or date.min)
    span = Span(days.first or last.replace(day=1), last, days.by)
    periods = await beside(lambda: list(cuts(span, zone)))

    async def hours(facts: Sequence[PresenceRow]) -> Mapping[str, Row]:
        """Sum person-times in the areas asked for. Names are those of workers the caller sees."""
        known: Any = (await views.load(jurisdiction, {"roster": list({one.worker for one in facts})}))[
            "roster"
        ]
        seen = {worker: row for worker, row in known.items() if row and _in(row.area, query.within)}
        return await beside(lambda: table(_where(derived(facts), query), seen, periods, now))

    return hours


def _where(times: Iterable[IntervalRow], query: Query) -> Iterator[IntervalRow]:
    return (one for one in times if all(_in(one.area, outers) for outers in (query.areas, query.within)))


def _in(area: str | None, outers: Sequence[str]) -> bool:
    return not outers or (area is not None and any(inside(area, outer) for outer in outers))
