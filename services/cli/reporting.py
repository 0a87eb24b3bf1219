"""`muster report`: reports on an incident, and that of the institutions, from the log alone."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec
import typer

from services.api.institutions.report_names import named
from services.api.rows import Opener
from services.cli.common import DATA, Data, Fail, Json, Jurisdiction, existing, local, only, out, run
from services.cli.reading import reading
from services.cli.when import moment, zone_of
from services.log.port import Log
from services.reports import REPORTS, render
from services.reports.institutions import FIGURES, Folded, Worked, folded
from services.reports.institutions.text import render as render_institutions
from services.reports.institutions.text import render_rows
from services.reports.institutions.words import LANGUAGES

INSTITUTIONS: Final = "institutions"
NAMES: Final = (*REPORTS, INSTITUTIONS)


class _Asked(msgspec.Struct, frozen=True):
    """The options that only the report of the institutions has."""

    since: str | None
    area: tuple[str, ...]
    figure: str | None
    docx: Path | None
    language: str


def report(
    name: Annotated[str, typer.Argument(help="One of: " + ", ".join(NAMES) + ".")],
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    incident: Annotated[str | None, typer.Option(help="Incident id; optional if there is only one.")] = None,
    at: Annotated[
        str | None,
        typer.Option(
            help="Time with UTC offset; of institutions also a day (its end). Default: last record."
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Institutions: earlier day or time to compare with.")
    ] = None,
    area: Annotated[list[str] | None, typer.Option(help="Institutions: only what lies in this area.")] = None,
    figure: Annotated[
        str | None, typer.Option(help="Institutions: the rows behind one figure, such as R5.visits.")
    ] = None,
    docx: Annotated[Path | None, typer.Option(help="Institutions: write the report to this file.")] = None,
    language: Annotated[str, typer.Option(help="Institutions: en or zh.")] = "en",
    as_json: Json = False,
) -> None:
    """Print a report about an incident or the institutions, with the log position it is based on."""
    if name not in NAMES:
        raise Fail(f"no report named {name}; choose from {', '.join(NAMES)}.", 2)
    asked = _Asked(since, tuple(area or ()), figure, docx, language)
    if name == INSTITUTIONS:
        _check(asked, incident)
        run(_institutions(existing(data), jurisdiction, at, asked, as_json))
        return
    if asked != _Asked(None, (), None, None, "en"):
        raise Fail(
            f"the report {name} takes none of --since, --area, --figure, --docx, --language; "
            f"only `{INSTITUTIONS}` does.",
            2,
        )
    run(_report(existing(data), jurisdiction, name, incident, at, as_json))


def _check(asked: _Asked, incident: str | None) -> None:
    """Raise Fail for options that do not fit the report of the institutions."""
    if incident is not None:
        raise Fail(f"the report {INSTITUTIONS} does not support --incident; leave it out.", 2)
    if asked.language not in LANGUAGES:
        raise Fail(f"--language {asked.language}: choose from {', '.join(LANGUAGES)}.", 2)
    if asked.figure is not None and asked.figure not in FIGURES:
        raise Fail(f"--figure {asked.figure}: choose from {', '.join(FIGURES)}.", 2)
    if asked.figure is not None and asked.docx is not None:
        raise Fail("--docx holds the whole report; leave out --figure.", 2)


async def _institutions(data: Path, wanted: str | None, at: str | None, asked: _Asked, as_json: bool) -> None:
    async with reading(data) as (log, _, vault):
        jurisdiction = only(await log.jurisdictions(), wanted)
        found = await folded(log, jurisdiction)
        worked, opener = _worked(found, at, asked), Opener(vault, jurisdiction)
        report = None if asked.figure else await named(opener, worked.report())
        rows = await named(opener, worked.opened(asked.figure)) if asked.figure else None
    if asked.docx is not None and report is not None:
        from services.reports.institutions.document import written  # loads slowly, and is seldom needed

        asked.docx.write_bytes(written(report, asked.language))
        out.print(f"wrote {asked.docx}", markup=False)
        return
    if as_json:
        whole = {**local(report or rows, found.zone), "hash": found.head.hash}
        _print_json(whole)
    elif rows is not None:
        render_rows(rows, asked.language, out)
    elif report is not None:
        render_institutions(report, asked.language, out)
    if not as_json:
        based = f"based on {found.head.position}:{found.head.hash} (muster verify --expect)"
        out.print(based, style="dim", markup=False)


def _worked(found: Folded, at: str | None, asked: _Asked) -> Worked:
    """Return the report at a day or time. Raises Fail."""
    when = moment("--at", at, found.zone).at if at else None
    since = moment("--since", asked.since, found.zone).at if asked.since else None
    try:
        return found.worked(when, since, asked.area)
    except ValueError as error:
        raise Fail(str(error), 2) from error


async def _report(
    data: Path, wanted: str | None, name: str, incident: str | None, at: str | None, as_json: bool
) -> None:
    async with reading(data) as (log, views, _):
        jurisdiction = only(await log.jurisdictions(), wanted)
        when = moment("--at", at, await zone_of(views, jurisdiction)).at if at else None
        found = await _made(log, jurisdiction, name, incident, when)
        if as_json:
            _print_json(found)
        else:
            render(name, found, out)


async def _made(
    log: Log, jurisdiction: str, name: str, incident: str | None, at: datetime | None
) -> dict[str, Any]:
    """Return a report with all its instants in the jurisdiction's time. Raises Fail."""
    try:
        found = await REPORTS[name](log, jurisdiction, incident, at)
    except ValueError as error:
        raise Fail(str(error), 2) from error
    return local(found, ZoneInfo(found["timezone"]))


def _print_json(found: Any) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
