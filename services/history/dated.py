"""Views whose rows hold their own dated history, as they were at an instant."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from events.commit import Head
from projections.base import Row, View
from services.adapters.memory.views import page_of, views_of
from services.base.threads import beside
from services.views.port import Page, Query, Views

KEEP: Final = 4
"""Instants kept for later pages and filters."""
_KEY: Final = "key"


class Kept(msgspec.Struct, frozen=True):
    """The rows of one view at one instant, ready to query."""

    head: Head
    store: Views
    degraded: int | None


class DatedViews:
    """Rows of live views at an instant. The last few instants are kept until the view has moved on."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._kept: OrderedDict[tuple[str, str, datetime], Kept] = OrderedDict()
        self._gate = asyncio.Lock()

    async def at(self, jurisdiction: str, view: View[Any], when: datetime, query: Query) -> Page:
        """Return one page of the view as it was. Raises BadQuery.

        Filters, areas and order apply to the rows as they were. Chosen keys are read alone.
        """
        if _KEY in query.filters:
            return await self._chosen(jurisdiction, view, when, query)
        async with self._gate:
            kept = await self._at(jurisdiction, view, when)
        found = await kept.store.query(jurisdiction, view.name, query)
        return msgspec.structs.replace(found, degraded=kept.degraded)

    def forget(self) -> None:
        """Forget what is kept; current readers keep their own."""
        self._kept.clear()

    async def _chosen(self, jurisdiction: str, view: View[Any], when: datetime, query: Query) -> Page:
        keys = [str(key) for key in query.filters[_KEY]]
        asked = Query(filters={_KEY: keys}, limit=len(keys) or 1)
        live = await self._views.query(jurisdiction, view.name, asked)
        rows = past(view, dict(live.items), when)
        found = await page_of(view, rows, live.head, query, jurisdiction)
        return msgspec.structs.replace(found, degraded=live.degraded)

    async def _at(self, jurisdiction: str, view: View[Any], when: datetime) -> Kept:
        name = (jurisdiction, view.name, when)
        kept = self._kept.pop(name, None)
        if kept is None or kept.head != await self._views.head(jurisdiction):
            kept = await self._read(jurisdiction, view, when)
        self._kept[name] = kept
        while len(self._kept) > KEEP:
            self._kept.popitem(last=False)
        return kept

    async def _read(self, jurisdiction: str, view: View[Any], when: datetime) -> Kept:
        found, head = await self._views.snapshot(jurisdiction, {view.name: Query()})
        degraded = (await self._views.degraded(jurisdiction)).get(view.name)
        rows = await beside(lambda: past(view, dict(found[view.name]), when))
        return Kept(head, await views_of(jurisdiction, view, rows, head), degraded)


def past(view: View[Any], rows: Mapping[str, Row], when: datetime) -> dict[str, Row]:
    """Return the rows that there were at an instant, as they were."""
    if view.at is None:
        raise TypeError(f"view {view.name} keeps no dated history")
    then = ((key, view.at(row, when)) for key, row in rows.items())
    return {key: row for key, row in then if row is not None}
