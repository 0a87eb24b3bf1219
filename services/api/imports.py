"""Imports over HTTP: which mappings there are, a preview, the import with its progress, the rejected rows."""

import logging
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from services.access import Principal
from services.api.commands import commander
from services.api.context import answer, muster, tokens
from services.api.parameters import read_parameters, whole
from services.api.problems import Problem
from services.intake import ColumnsMissing, ImportFailed, Mapping, load_mapping, shipped
from services.intake.desk import Import, Imports, TooMany
from services.intake.loading import used_columns
from services.intake.sinks import OnBehalf
from services.refusals import REFERENCE, languages

MOST_NAME: Final = 200
ROWS: Final = 20
"""Shown in a preview, unless asked otherwise."""
MOST_ROWS: Final = 100
log_of = logging.getLogger("muster.api")
_PRIVATE: Final = {"Cache-Control": "no-store"}
SHIPPED: Final = {name: load_mapping(name) for name in shipped()}


async def _importer(request: Request) -> tuple[str, Principal]:
    """(jurisdiction, asker) of a request about imports. Raises 401, 403, 404."""
    jurisdiction, asker = await commander(request, None)
    if not asker.may("import_files"):
        raise Problem(403, "forbidden", variant="import")
    return jurisdiction, asker


def _desk(request: Request) -> Imports:
    return request.app.state.imports


async def mappings(request: Request) -> Response:
    """The mappings that are shipped."""
    await _importer(request)
    return answer({"items": [_described(one) for one in SHIPPED.values()]})


def _described(mapping: Mapping) -> dict[str, Any]:
    columns = {one["column"]: one for one in _columns(mapping)}
    return {"name": mapping.name, "title": mapping.description, "columns": list(columns.values())}


def _columns(mapping: Mapping) -> Iterator[dict[str, Any]]:
    """Each column that a source uses, whether it must be there, and its other headings."""
    for source in mapping.source:
        for column in used_columns(source):
            yield {
                "column": column,
                "needed": column not in source.optional,
                "also": list(source.alias.get(column, ())),
            }


async def preview(request: Request) -> Response:
    """The columns of a file and what its first rows would do; nothing is recorded."""
    jurisdiction, _ = await _importer(request)
    mapping, file, rows = _parameters(request, "rows")
    content = await _content(request)
    try:
        seen = await _desk(request).preview(jurisdiction, file, mapping, content, rows)
    except (ImportFailed, TooMany, OSError) as error:
        raise _problem(error) from error
    body = {
        "file": file,
        "mapping": mapping.name,
        "columns": seen.columns,
        "missing": seen.missing,
        "rows": seen.rows,
        "total_rows": seen.total_rows,
    }
    return answer(body, headers=_PRIVATE)


async def begin(request: Request) -> Response:
    """Take a file and import it: 202 with the id under which its progress is told."""
    jurisdiction, asker = await _importer(request)
    mapping, file, _ = _parameters(request, "language")
    language = request.query_params.get("language", REFERENCE)
    if language not in languages():
        raise Problem(400, "parameter.invalid", name="language", choices=list(languages()))
    content = await _content(request)
    held = tokens(request)  # not of the request: that would keep the file in memory until the import ends

    def may(name: str, observed: bool) -> bool:
        """As it is when each is sent: a token that was revoked meanwhile imports no more."""
        allowed = asker.may_command(name, jurisdiction) and (not observed or asker.may_observe(name))
        return allowed and held.holds(asker.id)

    service = muster(request)
    sink = OnBehalf(service.commands, service.clock, asker.actor, asker.decision_scope(), may)
    try:
        begun = await _desk(request).begin(jurisdiction, file, mapping, content, sink, asker.id, language)
    except (ImportFailed, TooMany, OSError) as error:
        raise _problem(error) from error
    return answer({"import": begun.id, "state": begun.state}, 202, _PRIVATE)


async def listing(request: Request) -> Response:
    """The imports of this process that the asker may see, the newest first."""
    jurisdiction, asker = await _importer(request)
    return answer({"items": _desk(request).all(_visible_to(jurisdiction, asker))}, headers=_PRIVATE)


async def single(request: Request) -> Response:
    """How far one is, and in the end its sums."""
    return answer(await _one(request), headers=_PRIVATE)


async def rejects(request: Request) -> Response:
    """The rejected rows of one as CSV, with line, code and reason: to be corrected and sent again."""
    found = await _one(request)
    nth = whole("table", request.query_params.get("table", "1"), 1, 1000)
    path = _desk(request).rejects(found.id, nth)
    if path is None:
        raise Problem(404, "import.no_rejects")
    name = quote(f"{found.file}.rejects.csv", safe="")
    headers = {**_PRIVATE, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return FileResponse(path, headers=headers, media_type="text/csv; charset=utf-8")


async def _one(request: Request) -> Import:
    """Raises 404."""
    jurisdiction, asker = await _importer(request)
    found = _desk(request).one(str(request.path_params["id"]), _visible_to(jurisdiction, asker))
    if found is None:
        raise Problem(404, "import.unknown")
    return found


def _visible_to(jurisdiction: str, asker: Principal) -> Callable[[str, str], bool]:
    """One's own; an admin of the whole jurisdiction sees all: rejected rows hold personal data."""
    every = asker.may("all_imports")
    return lambda where, owner: where == jurisdiction and (every or owner == asker.id)


def _parameters(request: Request, *more: str) -> tuple[Mapping, str, int]:
    """(mapping, the file's name, rows to show) of the query string. Raises 400."""
    found = {
        name: one
        for name, (one,) in read_parameters(request, "imports", once=("mapping", "file", *more)).items()
    }
    mapping = SHIPPED.get(found.get("mapping", ""))
    if mapping is None:
        raise Problem(400, "parameter.invalid", name="mapping", choices=list(SHIPPED))
    file = found.get("file", "table")
    if not 0 < len(file) <= MOST_NAME or any(char < " " or char == "\x7f" for char in file):
        raise Problem(400, "parameter.invalid", variant="file", most=MOST_NAME)
    return mapping, file, whole("rows", found.get("rows", str(ROWS)), 1, MOST_ROWS)


async def _content(request: Request) -> bytes:
    """The file itself. Raises 413, 415."""
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
            log_of.warning("a file could not be taken: %s", error)
            return Problem(503, "unavailable", variant="room")
        case ColumnsMissing():
            more = {"columns": values["columns"]}
            return Problem(422, "import.column", more=more, **values)
        case _:
            return Problem(422, "import.file", **values)
