"""`muster import`: import into a data folder, or over HTTP if its server is running."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import httpx
import typer

from services import wiring
from services.api.server.serve import running
from services.api.server.tls import pinned
from services.application.commands import Commands
from services.application.lookup import open_areas
from services.application.progress import ViewProgress
from services.base.tuning import tune
from services.cli.common import DATA, Data, Fail, Json, out, progress, run
from services.cli.import_account import Account
from services.decisions.base import Context
from services.intake import ImportFailed, Mapping, Summary, import_files, load_mapping, shipped
from services.intake import preview as preview_of
from services.intake.boundaries import Boundaries, bind, is_geojson, planned
from services.intake.cells.places import Places
from services.intake.mapping import codec
from services.intake.mapping.blank import template
from services.intake.mapping.columns import names_enterprises
from services.intake.rows.asking import Question, asks, encoding_of, parsed
from services.intake.rows.contradictions import Contradicts, against
from services.intake.rows.looking import Looking
from services.intake.rows.noting import Noting, overridden
from services.intake.running.previewing import Preview
from services.intake.running.sinks import ACTOR, Embedded, Remote
from services.intake.running.surroundings import firms_in, known_places, said_in
from services.intake.tables.header import recognised
from services.locations.datum import Datum
from services.refusals import REFERENCE, languages, sentence


class Target(NamedTuple):
    """Where commands go, the key that import ids are derived from, and how to read a jurisdiction's areas and
    what people decided."""

    sink: Embedded | Remote
    key: bytes
    places: Callable[[str, Mapping], Awaitable[Places]]
    compared: Callable[[str], tuple[Contradicts, Noting] | None]
    """How rows contradict people, and what they are noted for; None if it is not known here: then the server
    knows."""


CATCH_UP_SECONDS: Final = 600
LARGE: Final = 2_000_000
"""Bytes of files from which on an import is worth the start of a second process."""


@asynccontextmanager
async def sink(data: Path, files: Sequence[Path] = ()) -> AsyncIterator[Target]:
    """Yield where to send commands, and what an import of these files goes by."""
    server = running(data)
    if server is None:
        tune()
        large = sum(file.stat().st_size for file in files) >= LARGE
        muster = await wiring.opened(data, serving=large)
        async with wiring.open_tokens(data) as tokens:
            await tokens.first_admin()
        async with muster.running():
            sent = Embedded(muster.commands, muster.clock, muster.views)

            async def places(jurisdiction: str, mapping: Mapping) -> Places:
                end = await muster.log.end(jurisdiction)  # a killed process may have left the views behind
                await muster.progress.reached(jurisdiction, end.position, CATCH_UP_SECONDS)
                places = await known_places(muster.views, jurisdiction)
                places.said = await said_in(muster.commands, jurisdiction)
                if names_enterprises(mapping):
                    places.firms = await firms_in(muster.commands, jurisdiction)
                return places

            def compared(jurisdiction: str) -> tuple[Contradicts, Noting] | None:
                if not muster.commands.knows(jurisdiction):
                    return None
                writer = muster.commands.writer(jurisdiction)
                looking = Looking(writer.state, context, writer.take_back, asyncio.get_running_loop())
                return against(looking), overridden(looking)

            def context() -> Context:
                return _looking(muster.clock.now())

            yield Target(sent, muster.vault.import_key(), places, compared)
            await _projected(muster.commands, muster.progress)
        return
    async with wiring.open_tokens(data) as tokens:
        token = await tokens.local_admin()
    if token is None:
        raise Fail(
            "the server is running, but its folder has no valid admin.token that can be read: run as the "
            "server's user; or, if you created its first tokens yourself, import on the page, or stop the "
            "server first."
        )
    remote = Remote(server["url"], token, _trust(server))
    vault = await wiring.vault(data)
    try:
        yield Target(remote, vault.import_key(), remote.places, lambda jurisdiction: None)
    finally:
        await remote.close()
        await vault.close()


def _looking(now: datetime) -> Context:
    return Context(id="preview", actor=ACTOR, now=now, at=now, observed=True, anomalies=[])


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
    for jurisdiction, writer in list(commands.writers.items()):
        await progress.reached(jurisdiction, writer.state.head.position, CATCH_UP_SECONDS)


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV, XLSX, JSON or NDJSON files, or GeoJSON of boundaries.", exists=True, dir_okay=False
        ),
    ],
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", "-j", help="Code of the jurisdiction.")],
    mapping: Annotated[
        str | None,
        typer.Option(
            "--mapping",
            "-m",
            help="Name of a built-in mapping, or a TOML file; default: the one that fits.",
        ),
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(help="What an unknown cell means: role:guard=volunteer; phone:*= leaves it empty."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of the text files, such as gb18030; default: detected.")
    ] = None,
    apply_changes: Annotated[
        list[str] | None,
        typer.Option(help="Line in which the sheet is right, not what people decided since; or all."),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would be asked.")] = False,
    data: Data = DATA,
    rejects: Annotated[Path | None, typer.Option(help="File to write rejected rows to.")] = None,
    language: Annotated[
        str, typer.Option(help="Language of sums, errors and reasons: en or zh.")
    ] = REFERENCE,
    datum: Annotated[
        Datum | None, typer.Option(help="Datum of a GeoJSON file; default: what it declares, or WGS-84.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Import files using a mapping, or boundaries of areas. Importing a file again changes nothing."""
    if language not in languages():
        raise Fail(f"unknown language {language}; choose from {', '.join(languages())}.", 2)
    if all(map(is_geojson, files)) and mapping is None:
        bound = [_bound(file, jurisdiction, data, datum, language, as_json) for file in files]
        raise typer.Exit(1 if any(bound) else 0)
    account = Account(language)
    try:
        said, answered = encoding_of(answer or [])
        encoded = _codec(encoding or answered)
        loaded = (load_mapping(mapping) if mapping else _fitting(files, encoded)).in_encoding(encoded)
        accepted = apply_changes or []
        done = run(_import(files, loaded, jurisdiction, data, rejects, language, said, preview, accepted))
    except ImportFailed as error:
        raise Fail(sentence(error.code, error.values, language), 2) from error
    except httpx.HTTPError as error:
        raise Fail(account.words["unreachable"].format(error=error)) from error
    if done.summary is None:
        account.preview(done.rows, done.seen, as_json)
        raise typer.Exit(1 if done.questions else 0)
    account.ask(done.questions)
    account.say(done.summary, as_json)
    raise typer.Exit(1 if done.summary.rejected else 0)


class _Done(NamedTuple):
    """What is not understood, the rows, and the totals unless it was only a preview."""

    questions: list[Question]
    rows: int
    summary: Summary | None
    seen: tuple[tuple[str, Preview], ...] = ()
    """Of a preview: each file, and what its rows would do."""


def _codec(name: str | None) -> str | None:
    try:
        return None if name is None else codec(name)
    except ValueError as error:
        raise Fail(f"{error}.", 2) from error


def _fitting(files: list[Path], encoding: str | None) -> Mapping:
    """Return the built-in mapping that fits the first file. Raise MappingError or FileError."""
    return recognised(files[0], [load_mapping(name).in_encoding(encoding) for name in shipped()])


def _bound(
    file: Path, jurisdiction: str, data: Path, datum: Datum | None, language: str, as_json: bool
) -> int:
    """Import the boundaries of a file, print the account, and return how many features were rejected."""
    account = Account(language)
    try:
        found = run(_boundaries(file, jurisdiction, data, datum))
    except ImportFailed as error:
        raise Fail(sentence(error.code, error.values, language), 2) from error
    except httpx.HTTPError as error:
        raise Fail(account.words["unreachable"].format(error=error)) from error
    account.bounded(found, str(file), as_json)
    return found.rejected


async def _boundaries(file: Path, jurisdiction: str, data: Path, datum: Datum | None) -> Boundaries:
    content = await asyncio.to_thread(file.read_bytes)
    async with sink(data) as (target, *_):
        if isinstance(target, Remote):
            return await target.boundaries(jurisdiction, content, file.name, datum)
        areas = await open_areas(target.views, jurisdiction)
        return await bind(planned(content, str(file), areas, datum), jurisdiction, target)


async def _import(
    files: list[Path],
    mapping: Mapping,
    jurisdiction: str,
    data: Path,
    rejects: Path | None,
    language: str,
    said: list[str],
    only_preview: bool,
    accepted: list[str],
) -> _Done:
    async with sink(data, () if only_preview else files) as (target, key, places_in, decided):
        places = await places_in(jurisdiction, mapping)
        contradicts, noting = (only_preview and decided(jurisdiction)) or (None, None)
        answers = parsed(said, mapping, places)
        seen = [
            await target.preview(jurisdiction, file, mapping, said)
            if only_preview and isinstance(target, Remote) and _built_in(mapping)
            else await preview_of(
                file,
                mapping,
                0,
                jurisdiction=jurisdiction,
                import_key=key,
                places=places,
                answers=answers,
                contradicts=contradicts,
                noting=noting,
            )
            for file in (files if only_preview or asks(mapping) else ())
        ]
        questions = [one for each in seen for one in each.questions]
        rows = sum(each.total_rows for each in seen)
        if only_preview:
            return _Done(questions, rows, None, tuple(zip(map(str, files), seen, strict=True)))
        with progress("importing", None) as done:
            summary = await import_files(
                files,
                mapping,
                jurisdiction,
                target,
                import_key=key,
                rejects=rejects or _folder(data / "rejects"),
                progress=done,
                language=language,
                places=places,
                answers=answers,
                accepted=accepted,
            )
        return _Done(questions, rows, summary)


def _built_in(mapping: Mapping) -> bool:
    """Whether it is one that a server knows too, and not a file of the same name."""
    known = mapping.name in shipped()
    return known and load_mapping(mapping.name).in_encoding(mapping.encoding) == mapping


def template_(
    mapping: Annotated[
        str, typer.Argument(help="Name of a built-in mapping, such as areas, roster or enterprises.")
    ],
    file: Annotated[Path | None, typer.Argument(help="File to write; .csv or .xlsx.")] = None,
    language: Annotated[str, typer.Option(help="Language of the headings: en or zh.")] = REFERENCE,
) -> None:
    """Write an empty table to fill in and import."""
    path = file or Path(f"{mapping}-{language}.xlsx")
    form = path.suffix.lower()
    if form not in (".csv", ".xlsx"):
        raise Fail(f"{path}: a template is a .csv or .xlsx file.", 2)
    if path.exists():
        raise Fail(f"{path} exists; choose another name.", 2)
    try:
        content = template(load_mapping(mapping), language, "csv" if form == ".csv" else "xlsx")
    except ImportFailed as error:
        raise Fail(str(error), 2) from error
    path.write_bytes(content)
    out.print(f"wrote {path}", markup=False)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
