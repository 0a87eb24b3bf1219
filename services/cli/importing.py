"""`muster import`: import into a data folder, or over HTTP if its server is running."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
import typer

from services import wiring
from services.api.server.serve import running
from services.api.server.tls import pinned
from services.application.commands import Commands
from services.application.lookup import open_areas
from services.application.progress import ViewProgress
from services.cli.common import DATA, Data, Fail, Json, err, out, progress, run
from services.intake import ImportFailed, Summary, import_files, load_mapping
from services.intake.boundaries import Boundaries, bind, is_geojson, planned
from services.intake.sinks import Embedded, Remote
from services.locations.datum import Datum
from services.refusals import REFERENCE, languages, sentence


@asynccontextmanager
async def sink(data: Path) -> AsyncIterator[tuple[Any, bytes]]:
    """Yield where to send commands, and the key import ids are derived from."""
    server = running(data)
    if server is None:
        muster = await wiring.opened(data)
        async with wiring.open_tokens(data) as tokens:
            await tokens.first_admin()
        async with muster.running():
            yield Embedded(muster.commands, muster.clock, muster.views), muster.vault.import_key()
            await _projected(muster.commands, muster.progress)
        return
    async with wiring.open_tokens(data) as tokens:
        token = await tokens.local_admin()
    if token is None:
        raise Fail("the server is running, but its admin.token cannot be read; run as the server's user.")
    remote = Remote(server["url"], token, _trust(server))
    vault = await wiring.vault(data)
    try:
        yield remote, vault.import_key()
    finally:
        await remote.close()
        await vault.close()


def _trust(server: dict[str, str]) -> ssl.SSLContext | bool:
    """Return the TLS context that trusts the local server's certificate, whoever signed it."""
    if "certificate" not in server:
        return True
    try:
        return pinned(Path(server["certificate"]))
    except (OSError, ValueError) as error:
        raise Fail(
            f"cannot read the server's certificate {server['certificate']}: {error}; run as its user."
        ) from error


async def _projected(commands: Commands, progress: ViewProgress) -> None:
    """Wait until the views have caught up with the log."""
    for jurisdiction, writer in commands.writers.items():
        await progress.reached(jurisdiction, writer.state.head.position, 600)


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV (also .gz) or XLSX files, or GeoJSON of boundaries.", exists=True, dir_okay=False
        ),
    ],
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", "-j", help="Code of the jurisdiction.")],
    mapping: Annotated[
        str | None,
        typer.Option("--mapping", "-m", help="Name of a built-in mapping, or a TOML file; not for GeoJSON."),
    ] = None,
    data: Data = DATA,
    rejects: Annotated[Path | None, typer.Option(help="File to write rejected rows to.")] = None,
    language: Annotated[str, typer.Option(help="Language of the rejection reasons: en or zh.")] = REFERENCE,
    datum: Annotated[
        Datum | None, typer.Option(help="Datum of a GeoJSON file; default: what it declares, or WGS-84.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Import files using a mapping, or boundaries of areas. Importing a file again changes nothing."""
    if language not in languages():
        raise Fail(f"unknown language {language}; choose from {', '.join(languages())}.", 2)
    if all(map(is_geojson, files)):
        bound = [_bound(file, jurisdiction, data, datum, language, as_json) for file in files]
        raise typer.Exit(1 if any(bound) else 0)
    if mapping is None:
        raise Fail("tables need --mapping, and boundaries a file named .geojson.", 2)
    try:
        summary = run(_import(files, mapping, jurisdiction, data, rejects, language))
    except ImportFailed as error:
        raise Fail(str(error), 2) from error
    except httpx.HTTPError as error:
        raise Fail(
            f"the server cannot be reached: {error}; import again, no row is recorded twice."
        ) from error
    _say(summary, as_json)
    raise typer.Exit(1 if summary.rejected else 0)


def _bound(
    file: Path, jurisdiction: str, data: Path, datum: Datum | None, language: str, as_json: bool
) -> int:
    """Import the boundaries of a file, print the account, and return how many features were rejected."""
    try:
        found = run(_boundaries(file, jurisdiction, data, datum))
    except ImportFailed as error:
        raise Fail(str(error), 2) from error
    except httpx.HTTPError as error:
        raise Fail(f"the server cannot be reached: {error}; import again.") from error
    if as_json:
        out.print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode(), markup=False)
        return found.rejected
    out.print(
        f"{file}: {found.features} features = {found.applied} applied + {found.known} known"
        f" + {found.rejected} rejected; {found.vertices} points, {found.kept} kept ({found.datum})",
        markup=False,
    )
    for one in found.items:
        if one.code:
            why = sentence(one.code, one.values, language)
            err.print(f"feature {one.feature} {one.name}: {why}", markup=False)
    return found.rejected


async def _boundaries(file: Path, jurisdiction: str, data: Path, datum: Datum | None) -> Boundaries:
    content = await asyncio.to_thread(file.read_bytes)
    async with sink(data) as (target, _):
        if isinstance(target, Remote):
            return await target.boundaries(jurisdiction, content, file.name, datum)
        areas = await open_areas(target.views, jurisdiction)
        return await bind(planned(content, str(file), areas, datum), jurisdiction, target)


async def _import(
    files: list[Path], mapping: str, jurisdiction: str, data: Path, rejects: Path | None, language: str
) -> Summary:
    loaded = load_mapping(mapping)
    async with sink(data) as (target, key):
        with progress("importing", None) as done:
            return await import_files(
                files,
                loaded,
                jurisdiction,
                target,
                import_key=key,
                rejects=rejects or _folder(data / "rejects"),
                progress=done,
                language=language,
            )


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _say(summary: Summary, as_json: bool) -> None:
    if as_json:
        sums = {name: getattr(summary, name) for name in ("rows", "applied", "known", "rejected", "rejects")}
        whole = {**sums, **msgspec.to_builtins(summary)}
        out.print(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode(), markup=False)
        return
    for one in summary.files:
        out.print(
            f"{one.file}: {one.rows} rows = {one.applied} applied + {one.known} known"
            f" + {one.rejected} rejected",
            markup=False,
        )
    out.print(
        f"total: {summary.rows} rows = {summary.applied} applied + {summary.known} known"
        f" + {summary.rejected} rejected"
    )
    for note in summary.notes:
        err.print(f"note: {note}", markup=False)
    if summary.rejected:
        err.print(f"rejected rows, with line number and reason: {summary.rejects}", markup=False)
