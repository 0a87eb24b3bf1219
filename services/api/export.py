"""All matching rows of a view as a CSV or XLSX file, read at the store page by page.

A row that changes while the file is written appears as it was when its page was read; `as_of` gives a file of
one state.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse

from projections.base import View
from projections.catalog import views as catalog
from projections.hours import HOURS
from projections.instant import READ
from projections.presence import INTERVALS
from services.access import Principal, asked_only
from services.api.context import muster, reader, still
from services.api.reading import ViewQuery, caught_up_query, page
from services.api.routing import operation
from services.api.rows import Opener
from services.api.sight import sight
from services.api.table_files import BOM, XLSX, Row, XlsxWriter, csv_text
from services.api.view_parameters import DERIVED, file_parameters
from services.api.views import record_reveal

AT_ONCE: Final = 1000
"""Rows in memory at the same time."""
_EVERY: Final = 1 << 40
"""Limit for rows that are computed in memory anyway: those at an instant, and derived ones."""
_STEP: Final = 256 * 1024
_PROBLEMS: Final = (409, 503, 504)
_derived: Final = {view.name: view for view in (INTERVALS, HOURS)}


class Ended(Exception):
    """The token was revoked or the service stops. The response breaks off: it must not look complete."""


class Export(msgspec.Struct, frozen=True):
    """One export: what is asked by whom."""

    request: Request
    jurisdiction: str
    asker: Principal
    view: View[Any]
    wanted: ViewQuery
    zone: ZoneInfo

    @property
    def columns(self) -> list[str]:
        """Names of the fields of the rows."""
        shown = READ[self.view.name][0] if self.wanted.at else self.view
        return [field.name for field in msgspec.structs.fields(shown.row)]

    @property
    def name(self) -> str:
        """Name of the file, without its ending."""
        now = muster(self.request).clock.now().astimezone(self.zone)
        return f"{self.jurisdiction}-{self.view.name}-{now:%Y%m%d-%H%M}"

    async def parts(self) -> AsyncIterator[list[Row]]:
        """Yield the cells of all rows in parts. Reveals are recorded before their part is yielded."""
        columns, memory = self.columns, self.view.name in DERIVED or self.wanted.at
        query = msgspec.structs.replace(self.wanted.query, limit=_EVERY if memory else AT_ONCE)
        while True:
            wanted = msgspec.structs.replace(self.wanted, query=query)
            found = await page(self.request, self.jurisdiction, self.view, wanted)
            for begin in range(0, len(found.items), AT_ONCE):
                rows = await self._opened(found.items[begin : begin + AT_ONCE])
                yield [[row[name] for name in columns] for row in rows]
            if found.next is None:
                return
            if not await still(self.request, self.asker):
                raise Ended
            query = msgspec.structs.replace(query, cursor=found.next)

    async def _opened(self, items: list[tuple[str, Any]]) -> list[dict[str, Any]]:
        reveal, asker = self.wanted.reveal, self.asker
        if reveal:
            opened = (row for _, row in items if asker.opens(row))
            await record_reveal(self.request, self.jurisdiction, self.view.name, opened, asker)
        vault = muster(self.request).vault
        seen = asked_only(await sight(self.request, self.jurisdiction, asker))
        opener = Opener(vault, self.jurisdiction, seen, opens=asker.opens, reveals=reveal)
        return await opener.rows(self.view.name, items)


async def _export(request: Request, view: View[Any]) -> Export:
    jurisdiction, asker = await reader(request)
    wanted = await caught_up_query(request, jurisdiction, view, file_parameters(view), asker)
    service = muster(request)
    found = await service.views.load(jurisdiction, {"jurisdictions": [jurisdiction]})
    here: Any = found["jurisdictions"].get(jurisdiction)
    zone = ZoneInfo(here.timezone if here else service.timezone)
    return Export(request, jurisdiction, asker, view, wanted, zone)


def _view(request: Request) -> View[Any]:
    """Return the view that the path names; derived ones have paths of their own."""
    name = request.path_params.get("view") or request.url.path.rpartition("/")[2].partition(".")[0]
    return _derived.get(name) or catalog[name]


@operation(id="csv", tag="export", problems=_PROBLEMS, media="text/csv")
async def as_csv(request: Request) -> StreamingResponse:
    """Download all matching rows as CSV: UTF-8 with a byte order mark, times local with their offset."""
    export = await _export(request, _view(request))
    parts = export.parts()
    first = await anext(parts, [])  # before the response begins: what is wrong is answered as a problem
    return StreamingResponse(
        _csv(export, first, parts),
        media_type="text/csv; charset=utf-8",
        headers=_headers(f"{export.name}.csv"),
    )


async def _csv(export: Export, first: list[Row], parts: AsyncIterator[list[Row]]) -> AsyncIterator[bytes]:
    yield (BOM + csv_text([export.columns, *first], export.zone)).encode()
    async for part in parts:
        text = await asyncio.to_thread(csv_text, part, export.zone)
        yield text.encode()


@operation(id="xlsx", tag="export", problems=_PROBLEMS, media=XLSX)
async def as_xlsx(request: Request) -> StreamingResponse:
    """Download all matching rows as an XLSX workbook, times local with their offset."""
    export = await _export(request, _view(request))
    file = await _workbook(export)
    return StreamingResponse(_read(file), media_type=XLSX, headers=_headers(f"{export.name}.xlsx"))


async def _workbook(export: Export) -> IO[bytes]:
    """Return a workbook as a temporary file that has no name, so that nothing is left of it."""
    writer = XlsxWriter(export.view.name, export.columns, export.zone)
    try:
        async for part in export.parts():
            await asyncio.to_thread(writer.add, part)
        return await asyncio.to_thread(writer.saved)
    finally:
        writer.discard()


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, _STEP), b"")


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
