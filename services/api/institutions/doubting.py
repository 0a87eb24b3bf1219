"""Verdicts given without right, computed on request as of any instant; the last few answers are kept."""

from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import msgspec

from events.commit import Head
from projections.verdicts import READ, VERDICTS, VerdictRow, without_right
from services.adapters.memory.views import page_of
from services.application.muster import Muster
from services.base.threads import beside
from services.views.port import BadQuery, Page, Query, Views

KEEP: Final = 4
Rows = dict[str, VerdictRow]


class Doubts:
    """Answers of this process, kept until the views have moved on."""

    def __init__(self, service: Muster) -> None:
        self._service = service
        self._kept: OrderedDict[tuple[str, datetime | None], tuple[Head, int | None, Rows]] = OrderedDict()

    async def page(self, jurisdiction: str, query: Query, at: datetime | None) -> Page:
        """Return one page. Who is limited to areas is told of no post elsewhere. Raises BadQuery."""
        if at and at > self._service.clock.now():
            raise BadQuery("parameter.invalid", variant="future")
        head, degraded, rows = await self._found(jurisdiction, at)
        if query.within:
            within = tuple(query.within)
            beyond, _ = await self._service.offices.read(
                jurisdiction, lambda index: index.posts_beyond(within)
            )
            rows = {key: _narrowed(row, beyond) for key, row in rows.items()}
        page = await page_of(VERDICTS, rows, head, query, jurisdiction)
        return msgspec.structs.replace(page, degraded=degraded)

    async def _found(self, jurisdiction: str, at: datetime | None) -> tuple[Head, int | None, Rows]:
        kept, views = self._kept.pop((jurisdiction, at), None), self._service.views
        if kept is None or kept[0] != await views.head(jurisdiction):
            rows, head = await found(views, jurisdiction, at or self._service.clock.now())
            aside = await views.degraded(jurisdiction)
            kept = head, min((aside[name] for name in READ if name in aside), default=None), rows
        self._kept[jurisdiction, at] = kept
        while len(self._kept) > KEEP:
            self._kept.popitem(last=False)
        return kept


async def found(views: Views, jurisdiction: str, instant: datetime) -> tuple[Rows, Head]:
    """Return the verdicts given without right up to an instant. Raises ViewsUnavailable."""
    some, head = await views.snapshot(jurisdiction, {name: Query() for name in READ})
    live: dict[str, dict[str, Any]] = {name: dict(rows) for name, rows in some.items()}
    firms = live["enterprises"].values()
    return await beside(lambda: dict(without_right(firms, live["posts"], instant))), head


def _narrowed(row: VerdictRow, beyond: Collection[str]) -> VerdictRow:
    """Return the row without names of posts elsewhere: their ids are left out with those of all views."""
    if row.post in beyond:
        row = msgspec.structs.replace(row, post_name=None)
    return msgspec.structs.replace(row, owner_name=None) if row.owner in beyond else row
