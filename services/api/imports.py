"""Imports over HTTP: mappings, preview, import with progress, rejected rows."""

import logging
from collections.abc import Callable
from typing import Annotated, Any, Final
from urllib.parse import quote

from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request
from starlette.responses import FileResponse

from services.access import Principal
from services.api.commands import commander
from services.api.context import Answer, Uuid, answer, muster, tokens
from services.api.parameters import Parameters, Reads, in_range, one_of, read
from services.api.problems import Problem
from services.api.routing import operation
from services.intake import ColumnsMissing, ImportFailed, Mapping, load_mapping, shipped
from services.intake.desk import Import, Imports, TooMany
from services.intake.loading import used_columns
from services.intake.previewing import PreviewColumn, PreviewRow
from services.intake.sinks import OnBehalf
from services.refusals import REFERENCE, languages

MOST_NAME: Final = 200
ROWS: Final = 20
"""Rows in a preview by default."""
MOST_ROWS: Final = 100
log_of = logging.getLogger("muster.api")
_PRIVATE: Final = {"Cache-Control": "no-store"}
SHIPPED: Final = {name: load_mapping(name) for name in shipped()}
_FILE_PROBLEMS: Final = {
    415: "Not application/octet-stream",
    422: "import.column: the file lacks `columns` that the mapping needs; import.file: it cannot be read",
}


def _file_name(name: str, text: str) -> str:
    if not 0 < len(text) <= MOST_NAME or any(char < " " or char == "\x7f" for char in text):
        raise Problem(400, "parameter.invalid", variant="file", most=MOST_NAME)
    return text


_NAME: Final = Reads(
    _file_name,
    {"type": "string", "minLength": 1, "maxLength": MOST_NAME, "pattern": "^[^\\x00-\\x1f\\x7f]+$"},
)


class FileParameters(Parameters):
    """The format of the file and the mapping to read it with."""

    mapping: Annotated[str, one_of(list(SHIPPED)), Field(description="By name")]
    file: Annotated[str, _NAME, Field(description="What the file is called; for people")] = "table"


class PreviewParameters(FileParameters):
    """The parameters of a preview: those of the file, and how much to show."""

    rows: Annotated[int, in_range(1, MOST_ROWS), Field(description="Rows shown")] = ROWS


class ImportParameters(FileParameters):
    """The parameters of an import: those of the file, and the language of the rejected rows."""

    language: Annotated[
        str, one_of(list(languages())), Field(description="Of the reasons in the file of rejected rows")
    ] = REFERENCE


class RejectsParameters(Parameters):
    """The table whose rejected rows to return."""

    table: Annotated[
        int, in_range(1, 1000), Field(description="Of a workbook: the n-th sheet that has some")
    ] = 1


class MappingColumn(Struct, frozen=True):
    """A column that a mapping uses."""

    column: str
    needed: bool
    also: Annotated[list[str], Meta(description="Other headings that it goes by")]


class MappingItem(Struct, frozen=True):
    """A built-in mapping."""

    name: str
    title: str
    columns: list[MappingColumn]


class Mappings(Struct):
    """All built-in mappings."""

    items: list[MappingItem]


class ImportPreview(Struct):
    """The first rows of each table in a file that the mapping reads."""

    file: str
    mapping: str
    columns: list[PreviewColumn]
    missing: Annotated[list[str], Meta(description="Columns that the mapping would use, but does not need")]
    rows: list[PreviewRow]
    total_rows: int


class Begun(Struct, rename={"id": "import"}):
    """A started import."""

    id: Uuid
    state: str


class ImportList(Struct):
    """Imports, newest first."""

    items: list[Import]


async def _importer(request: Request) -> tuple[str, Principal]:
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
    await _importer(request)
    return answer(Mappings([_described(one) for one in SHIPPED.values()]))


def _described(mapping: Mapping) -> MappingItem:
    """Describe a mapping: each column that a source uses, once."""
    columns = {
        column: MappingColumn(column, column not in source.optional, list(source.alias.get(column, ())))
        for source in mapping.source
        for column in used_columns(source)
    }
    return MappingItem(mapping.name, mapping.description, list(columns.values()))


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
    jurisdiction, _ = await _importer(request)
    asked = read(request, PreviewParameters, "imports")
    mapping = SHIPPED[asked.mapping]
    content = await _content(request)
    try:
        seen = await _desk(request).preview(jurisdiction, asked.file, mapping, content, asked.rows)
    except (ImportFailed, TooMany, OSError) as error:
        raise _problem(error) from error
    shown = ImportPreview(asked.file, mapping.name, seen.columns, seen.missing, seen.rows, seen.total_rows)
    return answer(shown, headers=_PRIVATE)


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
    jurisdiction, asker = await _importer(request)
    asked = read(request, ImportParameters, "imports")
    mapping = SHIPPED[asked.mapping]
    content = await _content(request)
    held = tokens(request)  # a reference to the request would keep the file in memory until the end

    def may(name: str, observed: bool) -> bool:
        """Check the token again for each command, since it may be revoked during an import."""
        allowed = asker.may_command(name, jurisdiction) and (not observed or asker.may_observe(name))
        return allowed and held.holds(asker.id)

    service = muster(request)
    sink = OnBehalf(service.commands, service.clock, asker.actor, asker.decision_scope(), may)
    try:
        begun = await _desk(request).begin(
            jurisdiction, asked.file, mapping, content, sink, asker.id, asked.language
        )
    except (ImportFailed, TooMany, OSError) as error:
        raise _problem(error) from error
    return answer(Begun(begun.id, begun.state), 202, _PRIVATE)


@operation(id="imports", tag="imports")
async def listing(request: Request) -> Answer[ImportList]:
    """List your own imports in this process, newest first.

    An admin sees all.
    """
    jurisdiction, asker = await _importer(request)
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
    jurisdiction, asker = await _importer(request)
    found = _desk(request).one(str(request.path_params["id"]), _visible_to(jurisdiction, asker))
    if found is None:
        raise Problem(404, "import.unknown")
    return found


def _visible_to(jurisdiction: str, asker: Principal) -> Callable[[str, str], bool]:
    """Limit imports to the caller's own, as rejected rows hold personal data. A full admin sees all."""
    every = asker.may("all_imports")
    return lambda where, owner: where == jurisdiction and (every or owner == asker.id)


async def _content(request: Request) -> bytes:
    """Return the uploaded file. Raises 413, 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/octet-stream":
        raise Problem(415, "media_type", variant="file")
    return await request.body()


def _problem(error: ImportFailed | TooMany | OSError) -> Problem:
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
        case _:
            return Problem(422, "import.file", **values)
