"""The OpenAPI document: a typed operation for each command and view, from their own models."""

from importlib.metadata import version
from typing import Any

import msgspec

from projections.base import View, personal_fields
from projections.catalog import views as catalog
from projections.instant import PRESENCE
from projections.presence import INTERVALS
from services.api.codes import NewCode
from services.api.commands import BODIES, MOST_ITEMS, Item
from services.api.context import COOKIE
from services.api.find import Find
from services.api.imports import MOST_NAME, MOST_ROWS, ROWS, SHIPPED
from services.api.push import Subscribe, Unsubscribe
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
    for model in (*BODIES.values(), Item, Find, NewCode, SignIn, Subscribe, Telemetry, Unsubscribe):
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
    "summary": "Exchange a token or a one-time code for a session cookie",
    "tags": ["service"],
    "security": [],
    "requestBody": {"required": True, **content(ref("SignIn"))},
    "responses": ok(_OBJECT) | problems(400, 401, 403, 413, 415, 422, 429),
}
SIGN_OUT = {
    "operationId": "sign-out",
    "summary": "Forget the session",
    "tags": ["service"],
    "security": [],
    "responses": ok(_OBJECT),
}
CODES = {
    "operationId": "codes",
    "summary": "Make a one-time code with which a worker's phone signs in",
    "tags": ["service"],
    "parameters": [JURISDICTION],
    "requestBody": {"required": True, **content(ref("NewCode"))},
    "responses": ok(
        {
            "type": "object",
            "required": ["code", "link", "worker", "expires_at"],
            "properties": {
                "code": {"type": "string", "description": "Such as 7KQ2-M9XT-3F; told this once"},
                "link": {"type": "string", "description": "Path of the courier's page with the code"},
                "worker": _TEXT,
                "expires_at": _INSTANT,
            },
        }
    )
    | problems(400, 401, 403, 404, 413, 415, 422, 503),
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
    " reset {}, ping {now, position, behind, degraded?}",
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
_OR_NOT = {"type": ["string", "null"]}
_MAYBE = {"anyOf": [_INSTANT, {"type": "null"}]}
_TASK = {
    "type": "object",
    "required": ["assignment", "state", "unit", "request"],
    "properties": {
        "assignment": _TEXT,
        "state": _TEXT,
        "unit": {"type": "string", "description": "The worker, or the active team they are in"},
        "team": _OR_NOT,
        **{
            f"{stage}_at": _MAYBE
            for stage in ("offered", "expires", "accepted", "dispatched", "en_route", "on_scene", "ended")
        },
        "reason": _OR_NOT,
        "request": {"type": ["object", "null"]},
    },
}
_SECONDS = {"type": "number", "minimum": 0}
ME = {
    "operationId": "me",
    "summary": "A worker's own page: place, team, tasks and hours, as of one position",
    "description": "The own name is open, all else that is personal masked. The ETag stays the same while"
    " only time goes by: add what has passed since `now` to the seconds where on_since is not null.",
    "tags": ["phone"],
    "parameters": [JURISDICTION],
    "responses": ok(
        {
            "type": "object",
            "required": ["worker", "team", "tasks", "recent", "hours", "now", "position"],
            "properties": {
                "worker": _OBJECT,
                "team": {"type": ["object", "null"]},
                "tasks": {"type": "array", "items": _TASK},
                "recent": {"type": "array", "items": _TASK, "maxItems": 10},
                "hours": {
                    "type": "object",
                    "required": ["today_seconds", "week_seconds", "total_seconds", "on_since", "intervals"],
                    "properties": {
                        "today_seconds": _SECONDS,
                        "week_seconds": {**_SECONDS, "description": "Since Monday"},
                        "total_seconds": _SECONDS,
                        "on_since": _MAYBE,
                        "intervals": {"type": "array", "items": _OBJECT, "maxItems": 20},
                    },
                },
                "now": _INSTANT,
                "position": _POSITION,
            },
        }
    )
    | {"304": {"description": "Not modified"}}
    | problems(401, 403, 404, 503),
}
PUSH_KEY = {
    "operationId": "push-key",
    "summary": "The public key with which a phone subscribes to Web Push; null = this service sends none",
    "tags": ["phone"],
    "responses": ok(
        {
            "type": "object",
            "required": ["key"],
            "properties": {"key": {**_OR_NOT, "description": "applicationServerKey, base64url"}},
        }
    )
    | problems(401),
}
SUBSCRIBE = {
    "operationId": "push-subscribe",
    "summary": "Wake this phone for offers and dispatches of its worker and their active team",
    "description": "A push carries {kind: offer or dispatch, assignment} and nothing else.",
    "tags": ["phone"],
    "parameters": [JURISDICTION],
    "requestBody": {"required": True, **content(ref("Subscribe"))},
    "responses": ok(_OBJECT) | problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
}
UNSUBSCRIBE = {
    "operationId": "push-unsubscribe",
    "summary": "Wake this phone no longer",
    "tags": ["phone"],
    "parameters": [JURISDICTION],
    "requestBody": {"required": True, **content(ref("Unsubscribe"))},
    "responses": ok(_OBJECT) | problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
}
TASK = {
    "operationId": "task",
    "summary": "One task of a worker's own; the contact of a live one is opened on record",
    "tags": ["phone"],
    "parameters": [
        JURISDICTION,
        {"name": "assignment", "in": "path", "required": True, "schema": _TEXT},
        _query("reveal", {"type": "boolean"}, "Personal data unmasked; the asking is recorded"),
    ],
    "responses": ok(_TASK) | problems(400, 401, 403, 404, 409, 503),
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


_WHOLE = {"type": "integer", "minimum": 0}
_WHOLE_OR_NOT = {"type": ["integer", "null"], "minimum": 0}
_IMPORT_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
    "description": "As answered when the import began",
}
_IMPORT = {
    "type": "object",
    "required": ["import", "file", "mapping", "state", "read", "sent", "total", "rows", "started_at"],
    "properties": {
        "import": {"type": "string", "format": "uuid"},
        "jurisdiction": _TEXT,
        "file": _TEXT,
        "mapping": _TEXT,
        "state": {"type": "string", "enum": ["reading", "sending", "done", "failed"]},
        "read": {**_WHOLE, "description": "Rows that were read"},
        "sent": {**_WHOLE, "description": "Commands that were answered, of total"},
        "total": {**_WHOLE_OR_NOT, "description": "Commands in all; null until they are known"},
        "rows": {**_WHOLE_OR_NOT, "description": "= applied + known + rejected; null until it is done"},
        "applied": _WHOLE_OR_NOT,
        "known": _WHOLE_OR_NOT,
        "rejected": _WHOLE_OR_NOT,
        "tables": {"type": "array", "items": _OBJECT, "description": "The same sums, sheet by sheet"},
        "notes": {"type": "array", "items": _TEXT, "description": "Refused for the whole file"},
        "error": {"type": ["string", "null"], "description": "Why it failed, and what to do"},
        "started_at": _INSTANT,
        "ended_at": {"anyOf": [_INSTANT, {"type": "null"}]},
    },
}
_FILE: dict[str, Any] = {
    "required": True,
    "description": "The bytes of a CSV (also gzip) or XLSX file, at most 8 MiB",
    **content({"type": "string", "format": "binary"}, "application/octet-stream"),
}
_NOT_A_FILE = {
    "415": {
        "description": "Not application/octet-stream",
        **content(ref("Problem"), "application/problem+json"),
    },
    "422": {
        "description": "import.column: the file lacks `columns` that the mapping needs; import.file: it"
        " cannot be read",
        **content(ref("Problem"), "application/problem+json"),
    },
}


def _taking() -> list[dict[str, Any]]:
    """Parameters of what takes a file."""
    mapping = {"type": "string", "enum": list(SHIPPED)}
    name = {"type": "string", "minLength": 1, "maxLength": MOST_NAME, "pattern": "^[^\\x00-\\x1f\\x7f]+$"}
    return [
        JURISDICTION,
        {"name": "mapping", "in": "query", "required": True, "schema": mapping, "description": "By name"},
        _query("file", name, "What the file is called; for people"),
    ]


MAPPINGS = {
    "operationId": "mappings",
    "summary": "The mappings that are shipped, and their columns",
    "tags": ["imports"],
    "parameters": [JURISDICTION],
    "responses": ok(_OBJECT) | problems(401, 403, 404),
}
PREVIEW = {
    "operationId": "import-preview",
    "summary": "The columns of a file and what its first rows would do; nothing is recorded",
    "tags": ["imports"],
    "parameters": [
        *_taking(),
        _query(
            "rows", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": ROWS}, "Rows shown"
        ),
    ],
    "requestBody": _FILE,
    "responses": ok(
        {
            "type": "object",
            "required": ["file", "mapping", "columns", "missing", "rows", "total_rows"],
            "properties": {
                "file": _TEXT,
                "mapping": _TEXT,
                "columns": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["column", "matched"],
                        "properties": {"column": _TEXT, "matched": {"type": "boolean"}},
                    },
                },
                "missing": {
                    "type": "array",
                    "items": _TEXT,
                    "description": "Columns that the mapping would use, but does not need",
                },
                "rows": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["line", "cells", "commands"],
                        "properties": {
                            "line": _WHOLE,
                            "sheet": _TEXT,
                            "cells": _OBJECT,
                            "commands": {"type": "array", "items": _OBJECT},
                            "code": _TEXT,
                            "reason": {"type": "string", "description": "Why the row would be rejected"},
                        },
                    },
                },
                "total_rows": _WHOLE,
            },
        }
    )
    | problems(400, 401, 403, 404, 413, 429, 503)
    | _NOT_A_FILE,
}
IMPORT = {
    "operationId": "import",
    "summary": "Import a file; what was imported before is known, nothing is doubled",
    "description": "Each row is decided within the asker's rights. Ask for the progress under the id.",
    "tags": ["imports"],
    "parameters": _taking(),
    "requestBody": _FILE,
    "responses": {
        "202": {
            "description": "Begun",
            **content(
                {
                    "type": "object",
                    "required": ["import", "state"],
                    "properties": {"import": {"type": "string", "format": "uuid"}, "state": _TEXT},
                }
            ),
        }
    }
    | problems(400, 401, 403, 404, 413, 429, 503)
    | _NOT_A_FILE,
}
IMPORTS = {
    "operationId": "imports",
    "summary": "One's imports that this process knows, the newest first; an admin sees all",
    "tags": ["imports"],
    "parameters": [JURISDICTION],
    "responses": ok(
        {
            "type": "object",
            "required": ["items"],
            "properties": {"items": {"type": "array", "items": _IMPORT}},
        }
    )
    | problems(401, 403, 404),
}
ONE_IMPORT = {
    "operationId": "import-status",
    "summary": "How far an import is, and in the end its sums",
    "tags": ["imports"],
    "parameters": [JURISDICTION, _IMPORT_ID],
    "responses": ok(_IMPORT) | problems(401, 403, 404),
}
REJECTS = {
    "operationId": "import-rejects",
    "summary": "Rejected rows with line, code and reason: to be corrected and imported again",
    "tags": ["imports"],
    "parameters": [
        JURISDICTION,
        _IMPORT_ID,
        _query(
            "table",
            {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1},
            "Of a workbook: the n-th sheet that has some",
        ),
    ],
    "responses": {
        "200": {"description": "Kept for a day", **content(_TEXT, "text/csv")},
        **problems(400, 401, 403, 404),
    },
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
