"""Source lists compared with the ledger on request, as of any instant; the last few are kept."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from events.area import inside
from events.commit import Head
from projections.base import Row, View
from projections.comparison import COMPARISON, ComparisonRow
from projections.source_lists import SourceListRow
from projections.where import lies_in
from services.adapters.memory.views import page_of
from services.application.muster import Muster
from services.base.threads import beside
from services.matching.asked import READ, compared_at
from services.matching.completeness import Past, completeness
from services.views.port import BadQuery, Page, Query

KEEP: Final = 4


class Found(msgspec.Struct, frozen=True):
    """The lists and the comparison at an instant."""

    head: Head
    degraded: int | None
    lists: tuple[SourceListRow, ...]
    rows: tuple[ComparisonRow, ...]


class Comparisons:
    """Comparisons of this process, kept until the views have moved on."""

    def __init__(self, service: Muster) -> None:
        self._service = service
        self._kept: OrderedDict[tuple[str, datetime | None], Found] = OrderedDict()

    async def page(
        self,
        jurisdiction: str,
        view: View[Any],
        query: Query,
        at: datetime | None,
        since: datetime | None,
    ) -> Page:
        """Return one page of the comparison or of completeness, within the areas asked for. Raises BadQuery.

        Who is limited to areas gets the entries of these areas, counted alone.
        """
        for when in (at, since):
            if when and when > self._service.clock.now():
                raise BadQuery("parameter.invalid", variant="future")
        found = await self._found(jurisdiction, at)
        rows = _within(found.rows, query.within)
        if view.name == COMPARISON.name:
            items: Mapping[str, Row] = {row.entry: row for row in rows}
        else:
            before = await self._past(jurisdiction, since, query) if since else None
            lists = [row for row in found.lists if lies_in(row, query.within)]
            items = completeness(jurisdiction, lists, rows, before)
            query = msgspec.structs.replace(query, within=())
        page = await page_of(view, items, found.head, query, jurisdiction)
        return msgspec.structs.replace(page, degraded=found.degraded)

    async def _past(self, jurisdiction: str, since: datetime, query: Query) -> Past:
        found = await self._found(jurisdiction, since)
        return Past(when=since, lists=found.lists, found=tuple(_within(found.rows, query.within)))

    async def _found(self, jurisdiction: str, at: datetime | None) -> Found:
        kept = self._kept.pop((jurisdiction, at), None)
        views = self._service.views
        if kept is None or kept.head != await views.head(jurisdiction):
            rows, head = await views.snapshot(jurisdiction, {name: Query() for name in READ})
            aside = await views.degraded(jurisdiction)
            degraded = min((aside[name] for name in READ if name in aside), default=None)
            when = at or self._service.clock.now()
            lists, some = await beside(compared_at, jurisdiction, {n: dict(rows[n]) for n in READ}, when)
            kept = Found(head, degraded, lists, some)
        self._kept[jurisdiction, at] = kept
        while len(self._kept) > KEEP:
            self._kept.popitem(last=False)
        return kept


def _within(rows: Iterable[ComparisonRow], areas: Iterable[str]) -> list[ComparisonRow]:
    """Return the entries of these areas, with the candidates that lie there; no areas means all."""
    outer = tuple(areas)
    if not outer:
        return list(rows)
    return [_narrowed(row, outer) for row in rows if _in(row.area, outer)]


def _narrowed(row: ComparisonRow, outer: tuple[str, ...]) -> ComparisonRow:
    if row.known_area is None:
        return row
    seen = tuple(one for one in row.candidates if _in(one.area, outer))
    first = seen[0] if seen else None
    told = (first.name, first.area) if first else (None, None)
    if row.enterprise and _in(row.known_area, outer):
        return row
    return msgspec.structs.replace(
        row,
        enterprise=None,
        known_as=told[0],
        known_area=told[1],
        candidates=seen,
        elsewhere=len(row.candidates) - len(seen) + (row.enterprise is not None),
    )


def _in(area: str, outer: tuple[str, ...]) -> bool:
    return any(inside(area, one) for one in outer)
