"""`muster coverage`: how many enterprises of the ledger belong to a living chapter, at a date."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from projections.coverage import BYS, Count, Scope
from projections.coverage_index import CoverageIndex
from services.application.answering import NotThere, require
from services.application.covering import read_coverage
from services.base.clock import SystemClock
from services.cli.answers import not_defined
from services.cli.common import (
    DATA,
    Data,
    Fail,
    Format,
    Jurisdiction,
    existing,
    local,
    only,
    out,
    print_rows,
    run,
)
from services.cli.reading import reading
from services.cli.when import DAY, When, moment, zone_of

GAPS = "gaps"
FACTS = "facts"


def coverage(
    by: Annotated[
        str, typer.Option(help="One of area, trade, size, route; gaps: what would raise it; facts, curve.")
    ] = "area",
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    at: When = None,
    since: Annotated[str | None, typer.Option(help="For curve and facts: the first day.")] = None,
    area: Annotated[list[str] | None, typer.Option(help="Only enterprises in this area.")] = None,
    trade: Annotated[str | None, typer.Option(help="Only enterprises of this trade.")] = None,
    format_: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """Print coverage: the share of the ledger's enterprises that belong to a living chapter."""
    choices = (*BYS, GAPS, FACTS, "curve")
    if by not in choices:
        raise Fail(f"--by {by}: choose from {', '.join(choices)}.", 2)
    scope = Scope(areas=tuple(area or ()), trade=trade)
    run(_coverage(existing(data), jurisdiction, by, at, since, scope, format_))


async def _coverage(
    data: Path, wanted: str | None, by: str, at: str | None, since: str | None, scope: Scope, form: Format
) -> None:
    async with reading(data) as (log, views, _):
        jurisdiction = only(await log.jurisdictions(), wanted)
        try:
            await require(views, jurisdiction, scope.areas, scope.trade)
        except NotThere as missing:
            raise Fail(not_defined(missing, jurisdiction)) from None
        index, position = await read_coverage(views, jurisdiction)
        zone = await zone_of(views, jurisdiction)
    then = moment("--at", at, zone) if at else None
    when = then.at if then else SystemClock().now()
    first = moment("--since", since, zone).at - DAY if since else when - 365 * DAY
    rows, columns = rows_of(index, by, first, when, scope)
    print_rows(local(rows, zone), columns, form)
    if form is Format.table:
        count = index.curves(scope).at(when)
        told = f"{count.covered} of {count.ledger} enterprises covered ({_share(count)})"
        said = then.said if then else f"at {when.astimezone(zone).isoformat()}"
        out.print(f"{told} {said}, position {position}", markup=False)


def rows_of(
    index: CoverageIndex, by: str, first: datetime, when: datetime, scope: Scope
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows that answer a question, and their columns."""
    if by == GAPS:
        gaps = index.gaps(when, index.thresholds(when), scope)
        columns = ["route", "area", "trade", "enterprises", "names", "chapters"]
        return [
            {
                "route": one.route,
                "area": one.area,
                "trade": one.trade,
                "enterprises": len(one.enterprises),
                "names": " ".join(one.enterprises),
                "chapters": " ".join(one.chapters),
            }
            for one in gaps
        ], columns
    if by == FACTS:
        columns = ["at", "what", "enterprise", "chapter", "position"]
        told = index.told(first, when, scope)
        return [{name: getattr(one, name) for name in columns} for one in told], columns
    if by == "curve":
        steps = index.curves(scope).steps(first, when)
        return [{"at": one.at, **_counted(Count(one.ledger, one.covered))} for one in steps], [
            "at",
            "ledger",
            "covered",
            "share",
        ]
    some = index.curves(scope).by(by, when)  # pyright: ignore[reportArgumentType]  one of BYS
    return [{by: value, **_counted(count)} for value, count in some.items()], [
        by,
        "ledger",
        "covered",
        "share",
    ]


def _counted(count: Count) -> dict[str, Any]:
    return {"ledger": count.ledger, "covered": count.covered, "share": _share(count)}


def _share(count: Count) -> str:
    return "-" if count.share is None else f"{count.share:.1%}"
