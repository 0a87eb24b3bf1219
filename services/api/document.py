"""The OpenAPI document: one operation per route, command and view, generated from their types."""

import inspect
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec

from projections.base import View
from projections.catalog import public_views
from projections.catalog import views as catalog
from projections.instant import PRESENCE
from services.api import schemas, view_parameters
from services.api.commands import BODIES
from services.api.context import COOKIE, Answer, NotModified
from services.api.parameters import schemas as parameter_schemas
from services.api.problems import ProblemDetails
from services.api.repeated import share
from services.api.routing import JSON, Endpoint, Operation, operation_of
from services.api.table_files import XLSX
from services.decisions.base import BASED_ON

PROBLEM: Final = "application/problem+json"
WORDS: Final = {
    200: "OK",
    202: "Begun",
    304: "Not modified",
    400: "A parameter, header or body that cannot be read",
    401: "No valid token",
    403: "Not within this token's rights",
    404: "Unknown",
    409: "Refused by a rule",
    410: "Erased",
    413: "Too large",
    415: "Another media type is needed",
    422: "A body that does not fit, or an id used before",
    429: "Too often; Retry-After says when",
    503: "Pending or unavailable: send the same request again",
    504: "The views are behind `after`",
}
PATH: Final[dict[str, dict[str, Any]]] = {
    "jurisdiction": {
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9]{1,32}$"},
        "description": "Code of the jurisdiction, such as 2307",
    },
    "id": {"schema": {"type": "string", "format": "uuid"}, "description": "As given or answered before"},
}
"""Schemas of path parameters. All others are strings."""

_BINARY: Final = {"type": "string", "format": "binary"}
Routes = Mapping[tuple[str, str], Endpoint]
"""(method, path) -> endpoint."""


class _Found(msgspec.Struct, frozen=True):
    """An operation with its path and method."""

    method: str
    path: str
    endpoint: Endpoint
    about: Operation
    view: View[Any] | None = None
    summary: str | None = None


def document(routes: Routes) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document. No running service is needed."""
    operations = [one for where, endpoint in routes.items() for one in _expanded(*where, endpoint)]
    answers = {kind: None for one in operations if (kind := _answer(one.endpoint)) is not None}
    rows = [
        view.row for view in (*catalog.values(), PRESENCE, *view_parameters.DERIVED.values()) if view.public
    ]
    described, components = schemas.of_answers([*answers, *rows, ProblemDetails])
    shapes = dict(zip(answers, described, strict=False))
    models = {model: None for one in operations for model in schemas.models_in(one.about.body)}
    paths: dict[str, Any] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Muster",
            "version": version("muster"),
            "description": "Who is here, in which team, what is asked for, who goes; and the proof of it.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": share(paths)
        | {
            "schemas": schemas.together(components, schemas.of_bodies(models)),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
        "security": [{"token": []}, {"session": []}],
    }


def _expanded(method: str, path: str, endpoint: Endpoint) -> Iterator[_Found]:
    """Yield one operation per command and per view, as each kind shares one endpoint."""
    about = operation_of(endpoint)
    if "{name}" in path:
        for name, body in BODIES.items():
            told = msgspec.structs.replace(about, id=name, tag=name.partition(".")[0], body=body)
            summary = (body.__doc__ or name).strip().split("\n")[0]
            yield _Found(method, path.replace("{name}", name), endpoint, told, summary=summary)
    elif "{view}" in path:
        one = "{key}" in path
        for name in public_views():
            told = msgspec.structs.replace(about, id=_id(name, path))
            summary = f"One row of {name}" if one else f"Rows of {name}{_kind(path)}"
            yield _Found(method, path.replace("{view}", name), endpoint, told, catalog[name], summary)
    elif (view := view_parameters.DERIVED.get(path.rpartition("/")[2].partition(".")[0])) is not None:
        told = msgspec.structs.replace(about, id=_id(view.name, path))
        summary = f"Rows of {view.name}{_kind(path)}" if _file(path) else None
        yield _Found(method, path, endpoint, told, view, summary)
    else:
        yield _Found(method, path, endpoint, about)


def _file(path: str) -> str:
    """Return the ending of a path that names a file, such as csv."""
    return path.rpartition("/")[2].partition(".")[2]


def _id(view: str, path: str) -> str:
    suffix = "row" if "{key}" in path else _file(path)
    return f"{view}-{suffix}" if suffix else view


def _kind(path: str) -> str:
    return f", all of them, as {_file(path).upper()}" if _file(path) else ""


def _answer(endpoint: Endpoint) -> Any:
    """Return the T of an endpoint's `-> Answer[T]`; None if it sends no JSON, or rows of a view."""
    told = get_type_hints(endpoint)["return"]
    for kind in (told, *get_args(told)):
        if get_origin(kind) is Answer:
            (found,) = get_args(kind)
            return None if get_origin(found) is dict else found
    return None


def _operation(one: _Found, shapes: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    about = one.about
    first, _, rest = inspect.cleandoc(one.endpoint.__doc__ or "").partition("\n\n")
    described: dict[str, Any] = {
        "operationId": about.id,
        "summary": one.summary or " ".join(first.split()).rstrip("."),
        "tags": [about.tag],
    }
    if rest and one.summary is None:
        described["description"] = " ".join(rest.split())
    if about.public:
        described["security"] = []
    if parameters := [*_in_path(one.path), *_headers(about), *_in_query(one)]:
        described["parameters"] = parameters
    if about.body is not None:
        described["requestBody"] = _body(about.body, about.takes)
    described["responses"] = _success(one, shapes) | _problems(one)
    return described


def _in_path(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, **PATH.get(name, {"schema": schemas.TEXT})}


def _headers(about: Operation) -> Iterator[dict[str, Any]]:
    for name, description in about.headers.items():
        schema = {"type": "string", "format": "uuid"}
        yield {"name": name, "in": "header", "required": True, "schema": schema, "description": description}
    for name, description in about.optional.items():
        if name == "If-Match" and BASED_ON not in getattr(about.body, "model_fields", {}):
            continue  # only amendments know what they are based on
        told = {"schema": {"type": "string", "pattern": r'^"[0-9]+"$'}, "description": description}
        yield {"name": name, "in": "header", "required": False, **told}


def _in_query(one: _Found) -> Iterator[dict[str, Any]]:
    if one.view is not None:
        model = _model(one.view, one.path)
        names = view_parameters.documented(one.view, model)
    elif one.about.query is not None:
        model = one.about.query
        names = list(model.model_fields)
    else:
        return
    for name in names:
        yield _parameter(name, dict(parameter_schemas(model)[name]), model.model_fields[name].is_required())


def _model(view: View[Any], path: str) -> type[view_parameters.RowParameters]:
    if "{key}" in path:
        return view_parameters.RowParameters
    return view_parameters.file_parameters(view) if _file(path) else view_parameters.listing_parameters(view)


def _parameter(name: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
    """Describe a query parameter. A default of null means optional; null itself cannot be sent."""
    description = schema.pop("description", None)
    schema.pop("title", None)
    if schema.get("default", ...) in (None, []):
        schema.pop("default")
    if len(options := schema.pop("anyOf", [])) == 2:
        schema = options[0] | schema
    told = {"name": name, "in": "query", "required": required, "schema": schema}
    return told | ({"description": description} if description else {})


def _body(kind: Any, takes: tuple[str, ...]) -> dict[str, Any]:
    if kind is bytes:
        file = {"schema": _BINARY}
        if takes:
            return {"required": True, "content": dict.fromkeys(takes, file)}
        about = {"description": "The bytes of a CSV (also gzip) or XLSX file, at most 8 MiB"}
        return {"required": True, **about, "content": {"application/octet-stream": file}}
    return {"required": True, "content": {JSON: {"schema": schemas.of_body(kind)}}}


def _success(one: _Found, shapes: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    about = one.about
    if about.media in (XLSX, "application/pdf"):
        schema = {"type": "string", "format": "binary"}
    elif one.view is not None and about.media == JSON:
        schema = schemas.single(one.view) if "{key}" in one.path else schemas.page(one.view)
    elif about.media == "*/*":
        schema = _BINARY
    else:
        schema = shapes.get(_answer(one.endpoint), schemas.TEXT)
    body = {"content": {about.media: {"schema": schema}}}
    found = {
        str(status): {"description": _word(about, status), **body} for status in (about.status, *about.same)
    }
    if NotModified in get_args(get_type_hints(one.endpoint)["return"]):
        found["304"] = {"description": WORDS[304]}
    return found


def _problems(one: _Found) -> dict[str, Any]:
    about = one.about
    statuses = set(about.problems)
    statuses |= set() if about.public else {401}
    statuses |= {403, 404} if "{jurisdiction}" in one.path else set()
    statuses |= {400} if about.query is not None or about.headers or one.view is not None else set()
    statuses |= {400, 413, 415, 422} if about.body is not None else set()
    content = {PROBLEM: {"schema": schemas.ref(ProblemDetails.__name__)}}
    return {str(s): {"description": _word(about, s), "content": content} for s in sorted(statuses)}


def _word(about: Operation, status: int) -> str:
    return about.words.get(status, WORDS[status])
