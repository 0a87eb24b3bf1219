"""`muster verdicts`: the verdicts of reviews that were given without right, and whose they are."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from events.area import inside
from events.review_right import STATES
from services.api.institutions.doubting import Rows, found
from services.application.answering import NotThere, require
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
from services.cli.when import When, moment, zone_of

ALL: Final = "all"
COLUMNS: Final = (
    *("enterprise", "name", "stage", "verdict", "given_at", "why", "post_name", "state", "owner_name"),
    *("area", "trade", "given", "given_by", "post", "owner", "settled_at", "reason", "in_ledger"),
)
"""What people read comes first: a narrow table leaves out what has no room."""


def verdicts(
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    at: When = None,
    area: Annotated[list[str] | None, typer.Option(help="Only enterprises in this area.")] = None,
    state: Annotated[str, typer.Option(help="One of: " + ", ".join((*STATES, ALL)) + ".")] = "open",
    format_: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """Print the verdicts that were given without right, why, and which post has to confirm them."""
    if state not in (*STATES, ALL):
        raise Fail(f"no state named {state}; choose from {', '.join((*STATES, ALL))}.", 2)
    run(_verdicts(existing(data), jurisdiction, at, tuple(area or ()), state, format_))


async def _verdicts(
    data: Path, wanted: str | None, at: str | None, areas: tuple[str, ...], state: str, form: Format
) -> None:
    async with reading(data) as (log, views, _):
        jurisdiction = only(await log.jurisdictions(), wanted)
        try:
            await require(views, jurisdiction, areas, None)
        except NotThere as missing:
            raise Fail(not_defined(missing, jurisdiction)) from None
        zone = await zone_of(views, jurisdiction)
        then = moment("--at", at, zone) if at else None
        rows, head = await found(views, jurisdiction, then.at if then else SystemClock().now())
    chosen = lines(rows, areas, state)
    print_rows(local(chosen, zone), COLUMNS, form)
    if form is Format.table:
        said = f", {then.said}" if then else ""
        out.print(f"{len(chosen)} of {len(rows)} verdicts at position {head.position}{said}", markup=False)


def lines(rows: Rows, areas: tuple[str, ...], state: str) -> list[dict[str, object]]:
    """Return the verdicts of this state in these areas, the oldest first; no areas means all."""
    some = (row for row in rows.values() if state in (row.state, ALL))
    within = [row for row in some if not areas or any(inside(row.area, one) for one in areas)]
    within.sort(key=lambda row: (row.given_at, row.given))
    return [msgspec.structs.asdict(row) for row in within]
