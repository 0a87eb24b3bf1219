"""Service at home, computed on request as of any instant; the last few answers are kept."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from events.commit import Head
from projections.base import Row, View
from projections.serving import (
    OF_NOBODY,
    READ,
    REPORTING,
    SERVICE,
    Asked,
    Book,
    book,
    reporting,
    sums,
)
from projections.where import lies_in
from services.adapters.memory.views import page_of
from services.api.derived import Days
from services.api.zones import zone_of
from services.application.muster import Muster
from services.base.threads import beside
from services.views.port import BadQuery, Page, Query

KEEP: Final = 4


class Found(msgspec.Struct, frozen=True):
    """All service of the workers asked for, at an instant."""

    head: Head
    degraded: int | None
    book: Book
    zone: ZoneInfo


class Servings:
    """Service of this process, kept until the views have moved on. Without an instant it is never kept."""

    def __init__(self, service: Muster) -> None:
        self._service = service
        self._kept: OrderedDict[tuple[str, datetime, tuple[str, ...]], Found] = OrderedDict()

    async def page(
        self, jurisdiction: str, view: View[Any], query: Query, at: datetime | None, days: Days
    ) -> Page:
        """Return one page of service, its sums or people, within the areas asked for. Raises BadQuery."""
        if at and at > self._service.clock.now():
            raise BadQuery("parameter.invalid", variant="future")
        workers = tuple(map(str, query.filters.get("worker", ()))) if view.name != "service_sums" else ()
        found = await self.found(jurisdiction, at, workers)
        asked = Asked(
            zone=found.zone,
            first=days.first,
            last=days.last,
            by=days.by,
            level=days.level,
            root=jurisdiction,
        )
        items = await beside(lambda: _items(view, found.book, asked, query))
        if view.name == "service_sums":  # a sum may lie above the areas that it was limited to
            query = msgspec.structs.replace(query, within=(), areas=())
        page = await page_of(view, items, found.head, query, jurisdiction)
        return msgspec.structs.replace(page, degraded=found.degraded)

    async def found(self, jurisdiction: str, at: datetime | None, workers: tuple[str, ...]) -> Found:
        """Return the service of these workers, or of all."""
        views, now = self._service.views, self._service.clock.now()
        kept = self._kept.pop((jurisdiction, at, workers), None) if at else None
        if kept is None or kept.head != await views.head(jurisdiction):
            asked = {name: _of(name, workers) for name in READ} | {"jurisdictions": Query()}
            rows, head = await views.snapshot(jurisdiction, asked)
            aside = await views.degraded(jurisdiction)
            degraded = min((aside[name] for name in READ if name in aside), default=None)
            here: Any = dict(rows["jurisdictions"]).get(jurisdiction)
            zone = zone_of(self._service, here)
            live = {name: dict(rows[name]) for name in READ}
            kept = Found(head, degraded, await beside(book, live, at or now), zone)
        if at:
            self._kept[jurisdiction, at, workers] = kept
            while len(self._kept) > KEEP:
                self._kept.popitem(last=False)
        return kept


def _of(view: str, workers: Sequence[str]) -> Query:
    if not workers or view in OF_NOBODY:
        return Query()
    return Query(filters={"unit" if view == "assignments" else "worker": workers})


def _items(view: View[Any], found: Book, asked: Asked, query: Query) -> Mapping[str, Row]:
    """Return the rows of one of the three views. Sums are those of the areas that were asked for."""
    if view.name == SERVICE.name:
        return found.rows
    if view.name == REPORTING.name:
        return reporting(found, asked)
    limits = (query.within, query.areas)
    rows = {key: row for key, row in found.rows.items() if all(lies_in(row, one) for one in limits)}
    plans = tuple(row for row in found.plans if all(lies_in(row, one) for one in limits))
    return sums(msgspec.structs.replace(found, rows=rows, plans=plans), asked)
