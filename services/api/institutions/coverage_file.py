"""Coverage at an instant as a workbook: one line for all, and for each area, trade, size class and route."""

from collections.abc import Iterator
from typing import IO, Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import Field
from starlette.requests import Request
from starlette.responses import StreamingResponse

from events.terms import BUILT_IN, term_id
from services.api.context import muster, reader
from services.api.headings import CHOICES, FIELDS, headings
from services.api.institutions.coverage import (
    Coverage,
    CoveredBy,
    InstantParameters,
    asked_instant,
    covered_at,
)
from services.api.parameters import one_of
from services.api.routing import operation
from services.api.table_files import XLSX, XlsxFile, parts_of
from services.base.threads import beside

COLUMNS: Final = ("by", "value", "name", "ledger", "covered", "share")
_LISTS: Final = {"trade": "trade", "size": "size_class"}
Names = dict[tuple[str, str], str]
"""(division, code) -> name."""


class CoverageFileParameters(InstantParameters):
    """When, and in which language."""

    headings: Annotated[
        Annotated[str, one_of(CHOICES)],
        Field(description="Language of the column headings; fields = the names of the fields"),
    ] = FIELDS


@operation(id="coverage-xlsx", tag="export", query=CoverageFileParameters, problems=(429, 503), media=XLSX)
async def coverage_file(request: Request) -> StreamingResponse:
    """Download coverage at an instant as an XLSX workbook, by area, trade, size class and route."""
    asked, at = asked_instant(request, CoverageFileParameters)
    jurisdiction, _ = await reader(request)
    found = await covered_at(request, asked, at)
    names = await _names(request, jurisdiction, found, asked.headings)
    file = await beside(_workbook, found, names, asked.headings)
    name = f"{jurisdiction}-coverage-{at:%Y%m%d-%H%M}.xlsx"
    given = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(parts_of(file), media_type=XLSX, headers=given)


async def _names(request: Request, jurisdiction: str, found: Coverage, language: str) -> Names:
    """Return what areas and terms are called."""
    areas = [one.value for one in found.by["area"]]
    terms = {
        (by, one.value): term_id(list_, one.value) for by, list_ in _LISTS.items() for one in found.by[by]
    }
    keys = {"areas": areas, "terms": list(terms.values())}
    rows: dict[str, dict[str, Any]] = await muster(request).views.load(jurisdiction, keys)
    names = {("area", code): row.name for code, row in rows["areas"].items() if row}
    for (by, code), key in terms.items():
        term: Any = rows["terms"].get(key)
        built_in: Any = BUILT_IN[_LISTS[by]].get(code)  # pyright: ignore[reportArgumentType]
        for one in (term, built_in):
            said = getattr(one.names, language, None) if one else None
            names.setdefault((by, code), said or "")
            names[by, code] = names[by, code] or said or ""
    return names


def _workbook(found: Coverage, names: Names, language: str) -> IO[bytes]:
    book = XlsxFile("coverage", headings("coverage", COLUMNS, language), ZoneInfo("UTC"))
    try:
        book.add(_lines(found, names))
        return book.saved()
    finally:
        book.discard()


def _lines(found: Coverage, names: Names) -> Iterator[list[Any]]:
    yield ["all", "", "", found.ledger, found.covered, found.share]
    for by, some in found.by.items():
        yield from (_line(by, one, names) for one in some)


def _line(by: str, one: CoveredBy, names: Names) -> list[Any]:
    return [by, one.value, names.get((by, one.value), ""), one.ledger, one.covered, one.share]
