"""`muster words`: the words that commands and sheets take."""

from pathlib import Path
from typing import Annotated, Any

import typer

from projections.allowed import LISTS, allowed
from services.cli.common import DATA, Data, Fail, Format, Jurisdiction, only, print_rows, run
from services.cli.reading import reading
from services.views.port import Query

COLUMNS = ("list", "code", "en", "zh")


def words(
    list_: Annotated[
        str | None, typer.Argument(metavar="LIST", help=f"One of: {', '.join(LISTS)}; default: all.")
    ] = None,
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    format_: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """Print the words that commands and sheets take: trades, sizes, reasons, duties, stages and more."""
    if list_ is not None and list_ not in LISTS:
        raise Fail(f"no list named {list_}; choose from {', '.join(LISTS)}.", 2)
    rows = run(_defined(data, jurisdiction)) if (data / "log.sqlite").exists() else []
    found = allowed(rows, list_)
    lines = [{"list": w.list, "code": w.code, "en": w.names.en, "zh": w.names.zh} for w in found]
    print_rows(lines, COLUMNS, format_)


async def _defined(data: Path, wanted: str | None) -> list[Any]:
    """Return the jurisdiction's own terms."""
    async with reading(data) as (log, views, _):
        jurisdiction = only(await log.jurisdictions(), wanted)
        found, _ = await views.snapshot(jurisdiction, {"terms": Query()})
    return [row for _, row in found["terms"]]
