"""Imports over HTTP: mappings, preview, import with progress, rejected rows."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from services.access import Principal
from services.api.commands import commander
from services.api.context import Answer, answer, muster, tokens
from services.api.import_models import (
    SHIPPED,
    Begun,
    ImportList,
    ImportParameters,
    ImportPreview,
    MappingColumn,
    MappingItem,
    Mappings,
    PreviewParameters,
    RejectsParameters,
    SaidNames,
    TemplateParameters,
)
from services.api.parameters import read
from services.api.problems import Problem
from services.api.routing import operation
from services.decisions.base import Context
from services.intake import ColumnsMissing, ImportFailed, Mapping, MappingError
from services.intake.cells.places import Places
from services.intake.mapping import Source
from services.intake.mapping.blank import Form, has_template, template
from services.intake.mapping.columns import names_enterprises, used_columns
from services.intake.rows.contradictions import Contradicts, against
from services.intake.rows.looking import Looking
from services.intake.rows.noting import Noting, overridden
from services.intake.running.desk import Import, Imports, Rules, TooMany
from services.intake.running.sinks import OnBehalf
from services.intake.running.surroundings import firms_in, known_places, said_in
from services.recorder.errors import Parked

log_of = logging.getLogger("muster.api")
_PRIVATE: Final = {"Cache-Control": "no-store"}
_MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FILE_PROBLEMS: Final = {
    415: "Not application/octet-stream",
    422: "import.column: the file has no `columns` that the mapping needs; "
    "import.file: it cannot be read; "
    "import.answer: an answer fits no question",
}


async def importer(request: Request) -> tuple[str, Principal]:
    """Return (jurisdiction, caller) of a request about imports. Raises 401, 403, 404."""
    jurisdiction, asker = await commander(request, None)
    if not asker.may("import_files"):
        raise Problem(403, "forbidden", variant="import")
    return jurisdiction, asker


def _desk(request: Request) -> Imports:
    return request.app.state.imports


@operation(id="mappings", tag="imports")
async def mappings(request: Request) -> Answer[Mappings]:
    """List the built-in mappings and their columns."""
    await importer(request)
    return answer(Mappings([_described(one) for one in SHIPPED.values()]))


def _described(mapping: Mapping) -> MappingItem:
    """Describe a mapping: each column that a source uses, once."""
    columns = {
        column: MappingColumn(
            column,
            column not in source.optional,
            list(source.alias.get(column, ())),
            _by_language(source.headings, column),
            _by_language(source.hints, column),
            _words(mapping, source, column),
        )
        for source in mapping.source
        for column in used_columns(source)
    }
    return MappingItem(mapping.name, mapping.description, has_template(mapping), list(columns.values()))


def _words(mapping: Mapping, source: Source, column: str) -> list[str]:
    """Return what a column of coded values may say."""
    maps = [spec.map for one in source.command for spec in one.data.values() if spec.column == column]
    return list(dict.fromkeys(word for name in maps if name for word in mapping.values[name] if word != "*"))


def _by_language(texts: dict[str, dict[str, str]], column: str) -> dict[str, str]:
    return {language: said[column] for language, said in texts.items() if column in said}


@operation(
    id="mapping-template",
    tag="imports",
    query=TemplateParameters,
    media="application/octet-stream",
    words={404: "No such mapping, or none with a template"},
)
async def blank(request: Request) -> Response:
    """Download an empty table to fill in: CSV with a byte order mark, or XLSX."""
    await importer(request)
    asked = read(request, TemplateParameters, "mappings")
    name = str(request.path_params["mapping"])
    mapping = SHIPPED.get(name)
    if mapping is None or not has_template(mapping):
        raise Problem(404, "import.no_template", mapping=name)
    form: Form = "csv" if asked.format == "csv" else "xlsx"
    content = await asyncio.to_thread(template, mapping, asked.language, form)
    headers = {"Content-Disposition": f'attachment; filename="{name}-{asked.language}.{form}"'}
    return Response(content, media_type=_MEDIA[form], headers=headers)


@operation(
    id="import-preview",
    tag="imports",
    query=PreviewParameters,
    body=bytes,
    problems=(429, 503),
    words=_FILE_PROBLEMS,
)
async def preview(request: Request) -> Answer[ImportPreview]:
    """Preview a file: its columns, and what its first rows would do.

    Nothing is recorded.
    """
    jurisdiction, asker = await importer(request)
    asked = read(request, PreviewParameters, "imports")
    mappings = [SHIPPED[asked.mapping]] if asked.mapping else list(SHIPPED.values())
    content = await content_of(request)
    places = await _places(request, jurisdiction, asker, mappings)
    contradicts, noting = await _compared(request, jurisdiction, asker)
    rules = Rules(places, asked.answer, encoding=asked.encoding, contradicts=contradicts, noting=noting)
    try:
        mapping, seen = await _desk(request).preview(asked.file, mappings, content, asked.rows, rules)
    except (ImportFailed, TooMany, OSError) as error:
        raise file_problem(error) from error
    shown = ImportPreview(
        asked.file,
        mapping.name,
        seen.columns,
        seen.missing,
        seen.rows,
        seen.total_rows,
        seen.questions,
        seen.differing,
        seen.changes,
        seen.noted,
    )
    return answer(shown, headers=_PRIVATE)


@operation(id="import-names", tag="imports")
async def names(request: Request) -> Answer[SaidNames]:
    """Read what imported sheets called areas last time, by which an import still knows renamed ones."""
    jurisdiction, asker = await importer(request)
    said = (await _places(request, jurisdiction, asker)).said
    return answer(SaidNames({sheet: dict(names) for sheet, names in said.items()}), headers=_PRIVATE)


async def _places(
    request: Request, jurisdiction: str, asker: Principal, mappings: Sequence[Mapping] = ()
) -> Places:
    """Return the areas that the caller may see, also under the names that sheets gave them, and the
    enterprises if a mapping asks for them."""
    service = muster(request)
    places = await known_places(service.views, jurisdiction, asker.areas)
    with suppress(Parked):  # the import itself will say so
        places.said = await said_in(service.commands, jurisdiction, asker.areas)
        if any(map(names_enterprises, mappings)):
            places.firms = await firms_in(service.commands, jurisdiction, asker.areas)
    return places


async def _compared(
    request: Request, jurisdiction: str, asker: Principal
) -> tuple[Contradicts | None, Noting | None]:
    """Return how rows contradict what people decided, and what would be noted, within the caller's rights;
    None without a log."""
    service = muster(request)
    if not await service.commands.found(jurisdiction):
        return None, None
    writer = service.commands.writer(jurisdiction)
    try:
        await writer.ready()
    except Parked:
        return None, None

    def context() -> Context:
        now = service.clock.now()
        return Context(
            id="preview",
            actor=asker.actor,
            now=now,
            at=now,
            observed=True,
            scope=asker.decision_scope(),
            anomalies=[],
        )

    looking = Looking(writer.state, context, writer.take_back, asyncio.get_running_loop())
    return against(looking), overridden(looking)


@operation(
    id="import",
    tag="imports",
    query=ImportParameters,
    body=bytes,
    status=202,
    problems=(429, 503),
    words=_FILE_PROBLEMS,
)
async def begin(request: Request) -> Answer[Begun]:
    """Import a file.

    Rows imported before are not recorded twice. Each row is decided within the caller's rights. Returns
    202 with an id to read the progress by.
    """
    jurisdiction, asker = await importer(request)
    asked = read(request, ImportParameters, "imports")
    mapping = SHIPPED[asked.mapping]
    content = await content_of(request)
    sink = sink_of(request, jurisdiction, asker)
    places = await _places(request, jurisdiction, asker, [mapping])
    rules = Rules(places, asked.answer, encoding=asked.encoding, accepted=asked.apply)
    try:
        begun = await _desk(request).begin(
            asked.file, mapping, content, sink, asker.id, rules, asked.language
        )
    except (ImportFailed, TooMany, OSError) as error:
        raise file_problem(error) from error
    return answer(Begun(begun.id, begun.state), 202, _PRIVATE)


def sink_of(request: Request, jurisdiction: str, asker: Principal) -> OnBehalf:
    """Return where to send commands within the caller's rights."""
    held = tokens(request)  # a reference to the request would keep the file in memory until the end

    def may(name: str, observed: bool) -> bool:
        """Check the token again for each command, since it may be revoked during an import."""
        allowed = asker.may_command(name, jurisdiction) and (not observed or asker.may_observe(name))
        return allowed and held.holds(asker.id)

    service = muster(request)
    return OnBehalf(service.commands, service.clock, asker.actor, asker.decision_scope(), may)


@operation(id="imports", tag="imports")
async def listing(request: Request) -> Answer[ImportList]:
    """List your own imports in this process, newest first.

    An admin sees all.
    """
    jurisdiction, asker = await importer(request)
    return answer(ImportList(_desk(request).all(_visible_to(jurisdiction, asker))), headers=_PRIVATE)


@operation(id="import-status", tag="imports")
async def single(request: Request) -> Answer[Import]:
    """Read an import's progress, and its totals once it has ended."""
    return answer(await _one(request), headers=_PRIVATE)


@operation(
    id="import-rejects",
    tag="imports",
    query=RejectsParameters,
    media="text/csv",
    words={200: "Kept for a day"},
)
async def rejects(request: Request) -> FileResponse:
    """Download an import's rejected rows with line, code and reason, to correct and import again."""
    found = await _one(request)
    nth = read(request, RejectsParameters, "rejects").table
    path = _desk(request).rejects(found.id, nth)
    if path is None:
        raise Problem(404, "import.no_rejects")
    name = quote(f"{found.file}.rejects.csv", safe="")
    headers = {**_PRIVATE, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return FileResponse(path, headers=headers, media_type="text/csv; charset=utf-8")


async def _one(request: Request) -> Import:
    """Return the import that the path names. Raises 404."""
    jurisdiction, asker = await importer(request)
    found = _desk(request).one(str(request.path_params["id"]), _visible_to(jurisdiction, asker))
    if found is None:
        raise Problem(404, "import.unknown")
    return found


def _visible_to(jurisdiction: str, asker: Principal) -> Callable[[str, str], bool]:
    """Limit imports to the caller's own, as rejected rows hold personal data. A full admin sees all."""
    every = asker.may("all_imports")
    return lambda where, owner: where == jurisdiction and (every or owner == asker.id)


async def content_of(request: Request) -> bytes:
    """Return the uploaded file. Raises 413, 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/octet-stream":
        raise Problem(415, "media_type", variant="file")
    return await request.body()


def file_problem(error: ImportFailed | TooMany | OSError) -> Problem:
    """Return the problem of a file that cannot be imported."""
    values: dict[str, Any] = error.values if isinstance(error, ImportFailed) else {}
    match error:
        case TooMany():
            return Problem(429, "too_many", headers={"Retry-After": "5"}, variant="imports")
        case OSError():
            log_of.warning("upload could not be stored: %s", error)
            return Problem(503, "unavailable", variant="room")
        case ColumnsMissing():
            more = {"columns": values["columns"]}
            return Problem(422, "import.column", more=more, **values)
        case MappingError(code="import.answer"):
            return Problem(422, "import.answer", **values)
        case ImportFailed(code="import.geojson"):
            return Problem(422, "import.geojson", **values)
        case _:
            return Problem(422, "import.file", **values)
