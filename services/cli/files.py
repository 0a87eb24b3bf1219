"""`muster files export` and `muster files load`: transfer the sealed pictures, beside log and keys."""

from pathlib import Path
from typing import Annotated

import typer

from services import wiring
from services.cli.common import DATA, Data, Json, Jurisdiction, existing, only, out, run
from services.cli.transfer import File, print_json, reporting_failures, resting
from services.transfer.files import FilesLoaded, FilesWritten, export_files, load_files

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command("export")
def export(out_: File, data: Data = DATA, jurisdiction: Jurisdiction = None, as_json: Json = False) -> None:
    """Export a jurisdiction's pictures, still sealed, to a tar file. The server may be running."""
    with reporting_failures(as_json):
        done = run(_export(existing(data), jurisdiction, out_))
    if as_json:
        print_json(done)
    else:
        out.print(f"{done.file}: {done.files} files of {done.jurisdiction}", markup=False)


async def _export(data: Path, wanted: str | None, file: Path) -> FilesWritten:
    async with resting(data) as (log, _), wiring.open_files(data) as files:
        return await export_files(files, only(await log.jurisdictions(), wanted), file)


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="File written by `muster files export`.")],
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Check an exported file and store its pictures. Those that are here already stay as they are."""
    with reporting_failures(as_json):
        done = run(_load(existing(data), file))
    if as_json:
        print_json(done)
        return
    for one in done:
        out.print(f"{one.jurisdiction}: {one.files} files loaded", markup=False)


async def _load(data: Path, file: Path) -> list[FilesLoaded]:
    async with wiring.open_files(data) as files:
        return await load_files(files, file)
