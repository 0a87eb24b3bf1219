"""The quarterly comparison of units as a workbook, with the other date beside it if one is asked for."""

from collections.abc import Iterator
from typing import IO, Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import Field
from starlette.requests import Request
from starlette.responses import StreamingResponse

from projections.undertaking_board import InTime, UnitLine
from services.api.context import muster, reader
from services.api.headings import CHOICES, FIELDS, headings
from services.api.institutions.undertakings import BoardParameters, UnitBoard, board_at
from services.api.parameters import one_of, read
from services.api.routing import operation
from services.api.table_files import XLSX, XlsxFile, parts_of
from services.api.zones import zone_in
from services.base.threads import beside

VIEW: Final = "undertaking_board"
COLUMNS: Final = (
    *("rank", "unit", "name", "small", "in_time", "due", "share"),
    *("raised", "done", "open", "withdrawn", "overdue"),
)
BEFORE: Final = ("rank_before", "small_before", "in_time_before", "due_before", "share_before")


class BoardFileParameters(BoardParameters):
    """Which board, and in which language."""

    headings: Annotated[
        Annotated[str, one_of(CHOICES)],
        Field(description="Language of the column headings; fields = the names of the fields"),
    ] = FIELDS


@operation(
    id="undertaking-board-xlsx", tag="export", query=BoardFileParameters, problems=(429, 503), media=XLSX
)
async def board_file(request: Request) -> StreamingResponse:
    """Download the comparison of units as an XLSX workbook, one line for each unit.

    Small units and those without data have no rank; without data there is no share.
    """
    params = read(request, BoardFileParameters, "undertakings")
    jurisdiction, _ = await reader(request)
    found = await board_at(request, params)
    units = await muster(request).views.load(jurisdiction, {"units": [one.unit for one in found.units]})
    names = {key: row.name for key, row in _rows(units).items() if row}
    zone = await zone_in(muster(request), jurisdiction)
    file = await beside(_workbook, found, names, params.headings, zone)
    name = f"{jurisdiction}-board-{found.at.astimezone(zone):%Y%m%d-%H%M}.xlsx"
    given = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(parts_of(file), media_type=XLSX, headers=given)


def _rows(loaded: Any) -> dict[str, Any]:
    return loaded["units"]


def _workbook(found: UnitBoard, names: dict[str, str], language: str, zone: ZoneInfo) -> IO[bytes]:
    columns = (*COLUMNS, *(BEFORE if found.before else ()))
    book = XlsxFile(VIEW, headings(VIEW, columns, language), zone)
    try:
        book.add(_lines(found, names))
        return book.saved()
    finally:
        book.discard()


def _lines(found: UnitBoard, names: dict[str, str]) -> Iterator[list[Any]]:
    for one in found.units:
        yield [*_line(one, names.get(one.unit, "")), *(_figures(one.before) if one.before else ())]


def _line(one: UnitLine, name: str) -> list[Any]:
    rank, *figures = _figures(one.now)
    counts = one.counts
    states = (counts.raised, counts.done, counts.open, counts.withdrawn, counts.overdue)
    return [rank, one.unit, name, *figures, *states]


def _figures(one: InTime) -> list[Any]:
    """Return rank, whether it is small, numerator, denominator and share; empty where there is none."""
    return [one.rank, one.small, one.in_time, one.due, one.share]
