"""Operations of workers' phones: signing in, the own page and tasks, pushes, positions."""

from events.assignment import LIVE
from events.presence import ON_DUTY
from services.api.openapi.parts import (
    INSTANT,
    JURISDICTION,
    MAYBE,
    OBJECT,
    OR_NOT,
    POSITION,
    SHORT,
    TEXT,
    areas,
    ok,
    problems,
    query,
    ref,
    sent,
)

CODES = {
    "operationId": "codes",
    "summary": "Make a one-time code with which a worker's phone signs in",
    "tags": ["service"],
    "parameters": [JURISDICTION],
    "requestBody": sent(ref("NewCode")),
    "responses": ok(
        {
            "type": "object",
            "required": ["code", "link", "worker", "expires_at"],
            "properties": {
                "code": {"type": "string", "description": "Such as 7KQ2-M9XT-3F; told this once"},
                "link": {"type": "string", "description": "Path of the courier's page with the code"},
                "worker": TEXT,
                "expires_at": INSTANT,
            },
        }
    )
    | problems(400, 401, 403, 404, 413, 415, 422, 503),
}
_TASK = {
    "type": "object",
    "required": ["assignment", "state", "unit", "request"],
    "properties": {
        "assignment": TEXT,
        "state": TEXT,
        "unit": {"type": "string", "description": "The worker, or the active team they are in"},
        "team": OR_NOT,
        **{f"{stage}_at": MAYBE for stage in ("offered", "expires", *LIVE, "ended")},
        "reason": OR_NOT,
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
                "worker": OBJECT,
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
                        "on_since": MAYBE,
                        "intervals": {"type": "array", "items": OBJECT, "maxItems": 20},
                    },
                },
                "now": INSTANT,
                "position": POSITION,
            },
        }
    )
    | {"304": {"description": "Not modified"}}
    | problems(400, 401, 403, 404, 503),
}
PUSH_KEY = {
    "operationId": "push-key",
    "summary": "The public key with which a phone subscribes to Web Push; null = this service sends none",
    "tags": ["phone"],
    "responses": ok(
        {
            "type": "object",
            "required": ["key"],
            "properties": {"key": {**OR_NOT, "description": "applicationServerKey, base64url"}},
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
    "requestBody": sent(ref("Subscribe")),
    "responses": ok(OBJECT) | problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
}
UNSUBSCRIBE = {
    "operationId": "push-unsubscribe",
    "summary": "Wake this phone no longer",
    "tags": ["phone"],
    "parameters": [JURISDICTION],
    "requestBody": sent(ref("Unsubscribe")),
    "responses": ok(OBJECT) | problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
}
TASK = {
    "operationId": "task",
    "summary": "One task of a worker's own; the contact of a live one is opened on record",
    "tags": ["phone"],
    "parameters": [
        JURISDICTION,
        {"name": "assignment", "in": "path", "required": True, "schema": TEXT},
        query("reveal", {"type": "boolean"}, "Personal data unmasked; every reveal is recorded"),
    ],
    "responses": ok(_TASK) | problems(400, 401, 403, 404, 409, 503),
}
_PLACE = {
    "type": "object",
    "required": ["worker", "at", "age", "lon", "lat", "area", "role", "presence"],
    "properties": {
        "worker": TEXT,
        "at": INSTANT,
        "age": {"type": "number", "description": "Seconds since then"},
        "lon": {"type": "number", "description": "WGS-84"},
        "lat": {"type": "number"},
        "accuracy": {"type": ["number", "null"], "description": "Metres"},
        "heading": {"type": ["number", "null"]},
        "speed": {"type": ["number", "null"]},
        "area": TEXT,
        "role": TEXT,
        "presence": TEXT,
        "team": {"type": ["string", "null"]},
    },
}
TELEMETRY = {
    "operationId": "telemetry",
    "summary": "Report positions of phones, up to 500 at once",
    "tags": ["telemetry"],
    "parameters": [JURISDICTION],
    "requestBody": sent(ref("Telemetry")),
    "responses": ok(
        {
            "type": "object",
            "required": ["kept", "older", "refused"],
            "properties": {
                "kept": {"type": "integer"},
                "older": {"type": "integer", "description": "A newer place was known, or over 12 hours old"},
                "refused": {"type": "array", "items": OBJECT},
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
        areas("Code of an area that holds them"),
        query("role", SHORT, "Repeated = or", many=True),
        query("presence", {"type": "string", "enum": list(ON_DUTY)}, "Repeated = or", many=True),
        query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}, "Workers a page"),
        query("cursor", TEXT, "`next` of the page before"),
    ],
    "responses": ok(
        {
            "type": "object",
            "required": ["items", "next", "position"],
            "properties": {
                "items": {"type": "array", "items": _PLACE},
                "next": {"anyOf": [TEXT, {"type": "null"}]},
                "position": POSITION,
            },
        }
    )
    | problems(400, 401, 403, 404, 503),
}
