"""The OpenAPI document: a typed operation for each command and view, from their own models."""

from importlib.metadata import version
from typing import Any

import msgspec

from projections.base import View, personal_fields
from projections.catalog import views as catalog
from projections.instant import PRESENCE
from projections.presence import INTERVALS
from services.api.commands import BODIES, MOST_ITEMS, Item
from services.api.context import COOKIE
from services.api.find import Find
from services.api.session import SignIn
from services.api.telemetry import Telemetry
from services.api.views import AREA, AS_OF
from services.telemetry.duty import ON_DUTY
from services.views.columns import columns
from services.views.history import INSTANT_VIEWS

REF = "#/components/schemas/{}"
_TEXT = {"type": "string"}
_INSTANT = {"type": "string", "format": "date-time"}
_POSITION = {"type": "integer", "minimum": 0, "maximum": 1 << 60}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; see the catalogue of codes"},
        "detail": {"type": "string", "description": "A sentence for people"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
OUTCOME: dict[str, Any] = {
    "type": "object",
    "required": ["id", "outcome"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "outcome": {"type": "string", "enum": ["accepted", "known", "unchanged", "refused", "pending"]},
        "position": {"type": "integer", "description": "Read with after=position to see it"},
        "code": _TEXT,
        "detail": _TEXT,
    },
}
JURISDICTION = {
    "name": "jurisdiction",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9]{1,32}$"},
    "description": "Code of the jurisdiction, such as 2307",
}


def components() -> dict[str, Any]:
    """Schemas of all bodies and rows."""
    schemas: dict[str, Any] = {"Problem": PROBLEM, "Outcome": OUTCOME}
    for model in (*BODIES.values(), Item, Find, SignIn, Telemetry):
        schema = model.model_json_schema(ref_template=REF.format("{model}"), mode="validation")
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    return schemas


def row_schema(view: View[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(schema of a row with its key, further components)."""
    _, found = msgspec.json.schema_components([view.row], ref_template=REF.format("{name}"))
    schema = found.pop(view.row.__name__)
    personal = personal_fields(view.row)
    for name in schema["properties"]:
        if name in personal:
            schema["properties"][name] = {
                "anyOf": [_TEXT, {"type": "null"}],
                "description": "Personal: masked unless revealed; null once erased",
            }
    schema["properties"] = {"key": _TEXT, **schema["properties"]}
    schema["required"] = ["key", *schema.get("required", [])]
    return schema, found


def ref(name: str) -> dict[str, str]:
    """A reference to a component's schema."""
    return {"$ref": REF.format(name)}


def content(schema: dict[str, Any], kind: str = "application/json") -> dict[str, Any]:
    """A body of this kind."""
    return {"content": {kind: {"schema": schema}}}


def problems(*statuses: int) -> dict[str, Any]:
    """Responses that are problems."""
    words = {
        400: "A parameter, header or body that cannot be read",
        401: "No valid token",
        403: "Not within this token's rights",
        404: "Unknown",
        409: "Refused by a rule",
        413: "Too large",
        415: "Not JSON",
        422: "A body that does not fit, or an id used before",
        429: "Too often; Retry-After says when",
        503: "Pending: send the same id again",
        504: "The views are behind `after`",
    }
    return {
        str(s): {"description": words[s], **content(ref("Problem"), "application/problem+json")}
        for s in statuses
    }


def ok(schema: dict[str, Any], description: str = "OK") -> dict[str, Any]:
    """The response of success."""
    return {"200": {"description": description, **content(schema)}}


def command(name: str) -> dict[str, Any]:
    """The operation of one command."""
    body = BODIES[name]
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
        "description": "Any UUID; send the same again to retry",
    }
    return {
        "operationId": name,
        "summary": (body.__doc__ or name).strip().split("\n")[0],
        "tags": [name.partition(".")[0]],
        "parameters": [JURISDICTION, key],
        "requestBody": {"required": True, **content(ref(body.__name__))},
        "responses": ok(ref("Outcome"), "accepted, known or unchanged")
        | problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    }


def batch() -> dict[str, Any]:
    """The operation of many commands at once."""
    items = {"type": "array", "maxItems": MOST_ITEMS, "items": ref("Item")}
    answer = {
        "type": "object",
        "required": ["items", "position"],
        "properties": {"items": {"type": "array", "items": ref("Outcome")}, "position": _POSITION},
    }
    return {
        "operationId": "commands",
        "summary": "Up to 500 commands in order; a refusal does not stop the rest",
        "tags": ["commands"],
        "parameters": [JURISDICTION],
        "requestBody": {"required": True, **content(items)},
        "responses": ok(answer) | problems(400, 401, 403, 404, 413, 415, 422, 503),
    }


def status() -> dict[str, Any]:
    """The operation of asking after a command by its id."""
    answer = {
        "type": "object",
        "required": ["id", "status"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "status": {"type": "string", "enum": ["recorded", "not_recorded", "pending"]},
            "position": {"type": "integer"},
        },
    }
    where = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    return {
        "operationId": "command-status",
        "summary": "Whether a command was recorded",
        "tags": ["commands"],
        "parameters": [JURISDICTION, where],
        "responses": ok(answer) | problems(400, 401, 403, 404, 503),
    }


def _query(name: str, schema: dict[str, Any], description: str, *, many: bool = False) -> dict[str, Any]:
    if many:
        schema = {"type": "array", "items": schema, "maxItems": 100}
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _reading(view: View[Any]) -> list[dict[str, Any]]:
    """Parameters that a page and a single row share."""
    found = [_query("after", _POSITION, "Wait until the view shows this position")]
    if view.name != INTERVALS.name:
        instant_or_position = {"type": "string", "pattern": f"^{AS_OF.pattern}$"}
        found.append(_query("as_of", instant_or_position, "A position, or an instant: as then known"))
    if view.name in INSTANT_VIEWS:
        found.append(_query("at", _INSTANT, "As it was at this instant, late facts included"))
    if personal_fields(view.row):
        found.append(_query("reveal", {"type": "boolean"}, "Personal data unmasked; the asking is recorded"))
    return found


def _items(view: View[Any]) -> dict[str, Any]:
    """Presence at an instant has one row per worker, otherwise one per fact."""
    if view.name == PRESENCE.name:
        return {"anyOf": [ref(view.row.__name__), ref(PRESENCE.row.__name__)]}
    return ref(view.row.__name__)


_KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "maxLength": 200, "pattern": "^[^\\x00]*$"},
    "integer": {"type": "integer", "minimum": -(1 << 53), "maximum": 1 << 53},
    "real": {"type": "number"},
    "boolean": {"type": "boolean"},
    "instant": _INSTANT,
}
"""Schemas of filters, by the kind of their column."""


def listing(view: View[Any]) -> dict[str, Any]:
    """The operation of a view's pages."""
    page = {
        "type": "object",
        "required": ["items", "next", "position"],
        "properties": {
            "items": {"type": "array", "items": _items(view)},
            "next": {"anyOf": [_TEXT, {"type": "null"}], "description": "Cursor of the next page"},
            "position": _POSITION,
            "degraded": {"type": "integer", "description": "Set aside since this position: not up to date"},
        },
    }
    orders = [order for field in ("key", *view.filters) for order in (field, f"-{field}")]
    parameters = [
        JURISDICTION,
        *(
            _query(c.field, _KINDS[c.kind], "Repeated = or", many=True)
            for c in columns(view)
            if c.field != "area"
        ),
        _query(
            "area",
            {"type": "string", "pattern": f"^{AREA.pattern}$"},
            "Code of an area that holds the rows",
            many=True,
        ),
        _query("sort", {"type": "string", "enum": orders}, "Field, - first = descending"),
        _query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}, "Rows a page"),
        _query("cursor", _TEXT, "`next` of the page before"),
        *_reading(view),
    ]
    return {
        "operationId": view.name,
        "summary": f"Rows of {view.name}",
        "tags": ["views"],
        "parameters": parameters,
        "responses": ok(page)
        | {"304": {"description": "Not modified"}}
        | problems(400, 401, 403, 404, 409, 503, 504),
    }


def single(view: View[Any]) -> dict[str, Any]:
    """The operation of one row."""
    key = {"name": "key", "in": "path", "required": True, "schema": _TEXT}
    return {
        "operationId": f"{view.name}-row",
        "summary": f"One row of {view.name}",
        "tags": ["views"],
        "parameters": [JURISDICTION, key, *_reading(view)],
        "responses": ok(_items(view))
        | {"304": {"description": "Not modified"}}
        | problems(400, 401, 403, 404, 409, 503, 504),
    }


_OBJECT: dict[str, Any] = {"type": "object"}
HEALTHZ = {
    "operationId": "healthz",
    "summary": "The process answers",
    "tags": ["health"],
    "security": [],
    "responses": ok(_OBJECT),
}
READYZ = {
    "operationId": "readyz",
    "summary": "Ready or not, and why",
    "tags": ["health"],
    "security": [],
    "responses": ok(_OBJECT) | {"503": {"description": "Not ready", **content(_OBJECT)}},
}
METRICS = {
    "operationId": "metrics",
    "summary": "Figures for Prometheus",
    "tags": ["health"],
    "responses": {
        "200": {"description": "Prometheus text format", **content(_TEXT, "text/plain")},
        **problems(401),
    },
}
INDEX = {
    "operationId": "index",
    "summary": "Jurisdictions, views and commands",
    "tags": ["service"],
    "responses": ok(_OBJECT) | problems(401),
}
SIGN_IN = {
    "operationId": "sign-in",
    "summary": "Exchange a token for a session cookie",
    "tags": ["service"],
    "security": [],
    "requestBody": {"required": True, **content(ref("SignIn"))},
    "responses": ok(_OBJECT) | problems(400, 401, 413, 415, 422),
}
SIGN_OUT = {
    "operationId": "sign-out",
    "summary": "Forget the session",
    "tags": ["service"],
    "security": [],
    "responses": ok(_OBJECT),
}
WHO = {
    "operationId": "who",
    "summary": "Who this token is, and what it reaches",
    "tags": ["service"],
    "responses": ok(_OBJECT) | problems(401),
}
STREAM = {
    "operationId": "stream",
    "summary": "Server-sent events: snapshot {position, now, rows, degraded}, patch {after, upto, now, rows},"
    " reset {}, ping {now, position, behind}",
    "description": "Filters as for GET. Ignore a patch if upto <= your position, apply it whole if after"
    " equals it, else open the stream anew. Always masked. Last-Event-ID resumes. A ping comes every 5"
    " seconds; behind = since how many seconds the log goes beyond what was sent. gzip where it is accepted.",
    "tags": ["views"],
    "parameters": [
        JURISDICTION,
        {"name": "views", "in": "query", "required": True, "schema": _TEXT, "description": "Comma-separated"},
        _query(
            "area",
            {"type": "string", "pattern": f"^{AREA.pattern}$"},
            "Code of an area that holds the rows",
            many=True,
        ),
    ],
    "responses": {
        "200": {"description": "An open stream", **content(_TEXT, "text/event-stream")},
        **problems(400, 401, 403, 404, 503),
    },
}
LOG = {
    "operationId": "log",
    "summary": "Events as NDJSON of CloudEvents 1.0",
    "tags": ["log"],
    "parameters": [
        JURISDICTION,
        _query("after", _POSITION, "Events beyond this position"),
        _query("follow", {"type": "boolean"}, "Stay open and send what comes"),
    ],
    "responses": {
        "200": {"description": "One event a line", **content(_TEXT, "application/x-ndjson")},
        **problems(400, 401, 403, 404),
    },
}
FIND = {
    "operationId": "find",
    "summary": "Workers and requests by name or phone",
    "tags": ["views"],
    "parameters": [JURISDICTION],
    "requestBody": {"required": True, **content(ref("Find"))},
    "responses": ok(_OBJECT) | problems(400, 401, 403, 404, 413, 415, 422),
}
_PLACE = {
    "type": "object",
    "required": ["worker", "at", "age", "lon", "lat", "area", "role", "presence"],
    "properties": {
        "worker": _TEXT,
        "at": _INSTANT,
        "age": {"type": "number", "description": "Seconds since then"},
        "lon": {"type": "number", "description": "WGS-84"},
        "lat": {"type": "number"},
        "accuracy": {"type": ["number", "null"], "description": "Metres"},
        "heading": {"type": ["number", "null"]},
        "speed": {"type": ["number", "null"]},
        "area": _TEXT,
        "role": _TEXT,
        "presence": _TEXT,
        "team": {"type": ["string", "null"]},
    },
}
TELEMETRY = {
    "operationId": "telemetry",
    "summary": "Report positions of phones, up to 500 at once",
    "tags": ["telemetry"],
    "parameters": [JURISDICTION],
    "requestBody": {"required": True, **content(ref("Telemetry"))},
    "responses": ok(
        {
            "type": "object",
            "required": ["kept", "older", "refused"],
            "properties": {
                "kept": {"type": "integer"},
                "older": {"type": "integer", "description": "A newer place was known, or over 12 hours old"},
                "refused": {"type": "array", "items": _OBJECT},
            },
        }
    )
    | problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
}
PLACES = {
    "operationId": "places",
    "summary": "Last known places of workers on duty",
    "tags": ["telemetry"],
    "parameters": [
        JURISDICTION,
        _query(
            "area",
            {"type": "string", "pattern": f"^{AREA.pattern}$"},
            "Code of an area that holds them",
            many=True,
        ),
        _query("role", _KINDS["text"], "Repeated = or", many=True),
        _query("presence", {"type": "string", "enum": list(ON_DUTY)}, "Repeated = or", many=True),
        _query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}, "Workers a page"),
        _query("cursor", _TEXT, "`next` of the page before"),
    ],
    "responses": ok(
        {
            "type": "object",
            "required": ["items", "next", "position"],
            "properties": {
                "items": {"type": "array", "items": _PLACE},
                "next": {"anyOf": [_TEXT, {"type": "null"}]},
                "position": _POSITION,
            },
        }
    )
    | problems(400, 401, 403, 404, 503),
}
_TEXTS = {"type": "array", "items": _TEXT}
_NULLABLE = {"type": ["string", "null"]}
_COUNT = {"type": "integer", "minimum": 0}
_CANDIDATE = {
    "type": "object",
    "required": ["kind", "unit", "area", "free", "able", "asked", "steps", "distance", "live", "capacity"],
    "properties": {
        "kind": {"type": "string", "enum": ["worker", "team"]},
        "unit": _TEXT,
        "name": {"type": ["string", "null"], "description": "Of workers masked"},
        "role": {"type": "string", "description": "Of workers"},
        "presence": {"type": "string", "description": "Of workers"},
        "skills": _TEXTS,
        "vehicle": _NULLABLE,
        "in_team": {"type": ["string", "null"], "description": "Active team that a worker goes with"},
        "team_kind": {"type": "string", "description": "Of teams"},
        "state": {"type": "string", "description": "Of teams"},
        "leader": _NULLABLE,
        "members": {"type": "integer", "description": "Of teams; 0 = none are listed"},
        "members_on_duty": _COUNT,
        "organisation": _NULLABLE,
        "area": _TEXT,
        "area_name": _NULLABLE,
        "free": {"type": "boolean", "description": "Can be sent now without a refusal"},
        "able": {"type": "boolean", "description": "Fits the request's category"},
        "matched": _TEXTS | {"description": "What made it able, such as role:courier"},
        "asked": {"type": "boolean", "description": "Was asked already, or is on the request"},
        "steps": _COUNT | {"description": "Levels to go up from the request's area; 0 = inside it"},
        "distance": {"type": ["number", "null"], "description": "Metres; to viewers in hundreds"},
        "placed": {"type": ["string", "null"], "enum": ["phone", "area", None]},
        "live": _COUNT,
        "capacity": {"type": ["integer", "null"]},
    },
}
CANDIDATES = {
    "operationId": "candidates",
    "summary": "Who could be sent on a request: free first, then able, then nearest",
    "tags": ["views"],
    "parameters": [
        JURISDICTION,
        {
            "name": "request",
            "in": "query",
            "required": True,
            "schema": _KINDS["text"] | {"minLength": 1, "maxLength": 100},
            "description": "Its id",
        },
        _query("kind", {"type": "string", "enum": ["worker", "team"]}, "Repeated = or", many=True),
        _query("q", _KINDS["text"] | {"maxLength": 100}, "In id, organisation or team; off duty too"),
        _query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "At most so many"),
    ],
    "responses": ok(
        {
            "type": "object",
            "required": ["request", "position", "takes", "needs", "placed", "within", "items"],
            "properties": {
                "request": _TEXT,
                "position": _POSITION,
                "takes": {"type": ["integer", "null"], "description": "How many more; null = open-ended"},
                "needs": {"type": ["object", "null"], "description": "The table's line; null = everybody"},
                "placed": {"type": ["string", "null"], "enum": ["request", "area", None]},
                "within": {"type": "string", "description": "Area that was looked through"},
                "items": {"type": "array", "items": _CANDIDATE},
            },
        }
    )
    | problems(400, 401, 403, 404, 503),
}


def document(operations: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    """The whole OpenAPI 3.1 document."""
    paths: dict[str, Any] = {}
    for (method, path), operation in operations.items():
        paths.setdefault(path, {})[method.lower()] = operation
    schemas = components()
    for view in (*catalog.values(), PRESENCE, INTERVALS):
        if view.public:
            schema, more = row_schema(view)
            schemas |= more | {view.row.__name__: schema}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Muster",
            "version": version("muster"),
            "description": "Who is here, in which team, what is asked for, who goes; and the proof of it.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            },
        },
        "security": [{"token": []}, {"session": []}],
    }
