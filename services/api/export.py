"""All matching rows of a view, or chosen ones, as a CSV or XLSX file, read at the store page by page.

A row that changes while the file is written appears as it was when its page was read; `as_of` gives a file of
one state.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import IO, Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import StreamingResponse

from projections.base import View
from projections.catalog import public_views
from projections.catalog import views as catalog
from projections.instant import READ
from projections.terms import TermRow
from services.access import Principal, asked_only
from services.api.context import heavy, model, muster, reader, still
from services.api.headings import CHOICES, FIELDS, headings
from services.api.reading import Pages, ViewQuery, caught_up_query, consistent, own, own_team, page
from services.api.routing import operation
from services.api.rows import Opener
from services.api.sight import sight
from services.api.table_files import BOM, XLSX, Row, XlsxFile, csv_text
from services.api.view_parameters import DERIVED, file_parameters
from services.api.views import record_reveal
from services.api.worded import Worded
from services.api.zones import zone_in
from services.decisions.fields import Instant
from services.views.port import Query

AT_ONCE: Final = 1000
"""Rows in memory at the same time."""
_EVERY: Final = 1 << 40
"""Limit for rows that are computed in memory anyway: those at an instant."""
_STEP: Final = 256 * 1024
_PROBLEMS: Final = (409, 429, 503, 504)
MOST_KEYS: Final = 100_000
MOST_KEY: Final = 256


Items = list[tuple[str, Any]]


class Ended(Exception):
    """The token was revoked or the service stops. The response breaks off: it must not look complete."""


class Listed(BaseModel):
    """Rows to export: those with these keys, in this order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    view: Literal[tuple(public_views())]  # type: ignore[valid-type]
    keys: Annotated[list[Annotated[str, Field(max_length=MOST_KEY)]], Field(max_length=MOST_KEYS)]
    headings: Annotated[
        Literal[CHOICES],  # type: ignore[valid-type]
        Field(description="Language of the column headings; fields = the names of the fields"),
    ] = FIELDS
    reveal: bool = False
    at: Annotated[Instant | None, Field(description="As they were then, of views that answer `at`")] = None


class Export(msgspec.Struct, frozen=True):
    """One export: what is asked by whom."""

    request: Request
    jurisdiction: str
    asker: Principal
    view: View[Any]
    wanted: ViewQuery
    zone: ZoneInfo
    keys: tuple[str, ...] | None = None
    """Keys of the rows, in this order; None = all that match."""
    terms: tuple[TermRow, ...] = ()
    """The jurisdiction's own terms."""

    @property
    def columns(self) -> list[str]:
        """Names of the fields of the rows."""
        shown = READ.get(self.view.name, (self.view,))[0] if self.wanted.at else self.view
        return [field.name for field in msgspec.structs.fields(shown.row)]

    @property
    def heading(self) -> list[str]:
        """Headings of the columns, in the language asked for."""
        return headings(self.view.name, self.columns, self.wanted.headings)

    @property
    def name(self) -> str:
        """Name of the file, without its ending."""
        now = muster(self.request).clock.now().astimezone(self.zone)
        return f"{self.jurisdiction}-{self.view.name}-{now:%Y%m%d-%H%M}"

    async def parts(self) -> AsyncIterator[list[Row]]:
        """Yield the cells of all rows in parts. Reveals are recorded before their part is yielded."""
        columns = self.columns
        worded = Worded(self.view.name, self.wanted.headings, self.zone, self.terms)
        async for items in self._found() if self.keys is None else self._chosen(self.keys):
            rows = await self._opened(items)
            yield [worded.row(columns, row) for row in rows]

    async def _chosen(self, keys: tuple[str, ...]) -> AsyncIterator[Items]:
        """Yield the rows with these keys that the caller sees, in the order of the keys."""
        for begin in range(0, len(keys), AT_ONCE):
            if begin and not await still(self.request, self.asker):
                raise Ended
            some = keys[begin : begin + AT_ONCE]
            asked = self.wanted.query
            query = msgspec.structs.replace(asked, filters={**asked.filters, "key": some}, limit=AT_ONCE)
            wanted = msgspec.structs.replace(self.wanted, query=query)
            begun = begin > 0
            rows = await page(self.request, self.jurisdiction, self.view, wanted, self.asker, begun=begun)
            found = dict(rows.items)
            yield [(key, found[key]) for key in some if key in found]

    async def _found(self) -> AsyncIterator[Items]:
        query = msgspec.structs.replace(self.wanted.query, limit=_EVERY if self.wanted.at else AT_ONCE)
        async with Pages(self.request, self.jurisdiction, self.view, self.wanted, self.asker) as pages:
            while True:
                found = await pages.read(query)
                for begin in range(0, len(found.items), AT_ONCE):
                    yield found.items[begin : begin + AT_ONCE]
                if found.next is None:
                    return
                if not await still(self.request, self.asker):
                    raise Ended
                query = msgspec.structs.replace(query, cursor=found.next)

    async def _opened(self, items: Items) -> list[dict[str, Any]]:
        reveal, asker = self.wanted.reveal, self.asker
        if reveal:
            opened = (row for _, row in items if asker.opens(row))
            await record_reveal(self.request, self.jurisdiction, self.view.name, opened, asker)
        vault = muster(self.request).vault
        seen = asked_only(await sight(self.request, self.jurisdiction, asker))
        offices = muster(self.request).offices
        opener = Opener(
            vault,
            self.jurisdiction,
            seen,
            opens=asker.opens,
            areas=asker.areas,
            reveals=reveal,
            beyond=await offices.beyond(self.jurisdiction, (self.view.name,), asker.areas),
        )
        return await opener.rows(self.view.name, items)


async def _export(request: Request, view: View[Any]) -> Export:
    jurisdiction, asker = await reader(request)
    wanted = await caught_up_query(request, jurisdiction, view, file_parameters(view), asker)
    zone, terms = await zone_in(muster(request), jurisdiction), await _terms(request, jurisdiction)
    return Export(request, jurisdiction, asker, view, wanted, zone, None, terms)


async def _listed(request: Request) -> Export:
    """Return the export of chosen rows: those of them that the caller sees."""
    jurisdiction, asker = await reader(request)
    asked = await model(request, Listed)
    view = catalog[asked.view]
    filters = own(view, asker, {}, await own_team(request, jurisdiction, asker))
    wanted = ViewQuery(
        query=Query(filters=filters, within=asker.areas),
        at=asked.at,
        reveal=asked.reveal,
        headings=asked.headings,
    )
    wanted = consistent(view, wanted, asker)
    keys = tuple(dict.fromkeys(asked.keys))
    zone, terms = await zone_in(muster(request), jurisdiction), await _terms(request, jurisdiction)
    return Export(request, jurisdiction, asker, view, wanted, zone, keys, terms)


async def _terms(request: Request, jurisdiction: str) -> tuple[TermRow, ...]:
    found, _ = await muster(request).views.snapshot(jurisdiction, {"terms": Query()})
    rows: Any = [row for _, row in found["terms"]]
    return tuple(rows)


def _view(request: Request) -> View[Any]:
    """Return the view that the path names; derived ones have paths of their own."""
    name = request.path_params.get("view") or request.url.path.rpartition("/")[2].partition(".")[0]
    return DERIVED.get(name) or catalog[name]


@operation(id="csv", tag="export", problems=_PROBLEMS, media="text/csv")
async def as_csv(request: Request) -> StreamingResponse:
    """Download all matching rows as CSV: UTF-8 with a byte order mark, times local with their offset."""
    return await _as_csv(await _export(request, _view(request)))


@operation(id="rows-csv", tag="export", body=Listed, problems=_PROBLEMS, media="text/csv")
async def rows_as_csv(request: Request) -> StreamingResponse:
    """Download the rows with these keys, in their order, as CSV; without those the caller may not see."""
    return await _as_csv(await _listed(request))


async def _as_csv(export: Export) -> StreamingResponse:
    parts = export.parts()
    first = await anext(parts, [])  # before the response begins: what is wrong is answered as a problem
    return StreamingResponse(
        _csv(export, first, parts),
        media_type="text/csv; charset=utf-8",
        headers=_headers(f"{export.name}.csv"),
    )


async def _csv(export: Export, first: list[Row], parts: AsyncIterator[list[Row]]) -> AsyncIterator[bytes]:
    turns = heavy(export.request)
    heading = await turns.part(csv_text, [export.heading, *first], export.zone)
    yield (BOM + heading).encode()
    async for part in parts:
        text = await turns.part(csv_text, part, export.zone)
        yield text.encode()


@operation(id="xlsx", tag="export", problems=_PROBLEMS, media=XLSX)
async def as_xlsx(request: Request) -> StreamingResponse:
    """Download all matching rows as an XLSX workbook, times local with their offset."""
    return await _as_xlsx(await _export(request, _view(request)))


@operation(id="rows-xlsx", tag="export", body=Listed, problems=_PROBLEMS, media=XLSX)
async def rows_as_xlsx(request: Request) -> StreamingResponse:
    """Download the rows with these keys, in their order, as XLSX; without those the caller may not see."""
    return await _as_xlsx(await _listed(request))


async def _as_xlsx(export: Export) -> StreamingResponse:
    file = await _workbook(export)
    return StreamingResponse(_read(file), media_type=XLSX, headers=_headers(f"{export.name}.xlsx"))


async def _workbook(export: Export) -> IO[bytes]:
    """Return a workbook as a temporary file that has no name, so that nothing is left of it."""
    book = XlsxFile(export.view.name, export.heading, export.zone)
    try:
        async for part in export.parts():
            await heavy(export.request).part(book.add, part)
        return await asyncio.to_thread(book.saved)
    finally:
        book.discard()


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, _STEP), b"")


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
