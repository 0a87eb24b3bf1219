"""Operations of commands and views, from their own models."""

from typing import Any

import msgspec

from projections.base import View, personal_fields
from projections.instant import PRESENCE
from projections.presence import INTERVALS
from services.api.commands import BODIES, MOST_ITEMS
from services.api.openapi.parts import (
    INSTANT,
    JURISDICTION,
    POSITION,
    REF,
    SHORT,
    TEXT,
    areas,
    ok,
    problems,
    query,
    ref,
    sent,
)
from services.api.views import AS_OF
from services.history.history import INSTANT_VIEWS
from services.views.columns import columns

OUTCOME: dict[str, Any] = {
    "type": "object",
    "required": ["id", "outcome"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "outcome": {"type": "string", "enum": ["accepted", "known", "unchanged", "refused", "pending"]},
        "position": {"type": "integer", "description": "Read with after=position to see it"},
        "code": TEXT,
        "detail": TEXT,
        "values": {"type": "object", "description": "What the sentence names"},
    },
}


def row_schema(view: View[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(schema of a row with its key, further components)."""
    _, found = msgspec.json.schema_components([view.row], ref_template=REF.format("{name}"))
    schema = found.pop(view.row.__name__)
    personal = personal_fields(view.row)
    for name in schema["properties"]:
        if name in personal:
            schema["properties"][name] = {
                "anyOf": [TEXT, {"type": "null"}],
                "description": "Personal: masked unless revealed; null once erased",
            }
    schema["properties"] = {"key": TEXT, **schema["properties"]}
    schema["required"] = ["key", *schema.get("required", [])]
    return schema, found


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
        "requestBody": sent(ref(body.__name__)),
        "responses": ok(ref("Outcome"), "accepted, known or unchanged")
        | problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    }


def batch() -> dict[str, Any]:
    """The operation of many commands at once."""
    items = {"type": "array", "maxItems": MOST_ITEMS, "items": ref("Item")}
    answer = {
        "type": "object",
        "required": ["items", "position"],
        "properties": {"items": {"type": "array", "items": ref("Outcome")}, "position": POSITION},
    }
    return {
        "operationId": "commands",
        "summary": "Up to 500 commands in order; a refusal does not stop the rest",
        "tags": ["commands"],
        "parameters": [JURISDICTION],
        "requestBody": sent(items),
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


def _reading(view: View[Any]) -> list[dict[str, Any]]:
    """Parameters that a page and a single row share."""
    found = [query("after", POSITION, "Wait until the view shows this position")]
    if view.name != INTERVALS.name:
        instant_or_position = {"type": "string", "pattern": f"^{AS_OF.pattern}$"}
        found.append(query("as_of", instant_or_position, "A position, or an instant: as then known"))
    if view.name in INSTANT_VIEWS:
        found.append(query("at", INSTANT, "As it was at this instant, late facts included"))
    if personal_fields(view.row):
        found.append(query("reveal", {"type": "boolean"}, "Personal data unmasked; every reveal is recorded"))
    return found


def _items(view: View[Any]) -> dict[str, Any]:
    """Presence at an instant has one row per worker, otherwise one per fact."""
    if view.name == PRESENCE.name:
        return {"anyOf": [ref(view.row.__name__), ref(PRESENCE.row.__name__)]}
    return ref(view.row.__name__)


_KINDS: dict[str, dict[str, Any]] = {
    "text": SHORT,
    "integer": {"type": "integer", "minimum": -(1 << 53), "maximum": 1 << 53},
    "real": {"type": "number"},
    "boolean": {"type": "boolean"},
    "instant": INSTANT,
}
"""Schemas of filters, by the kind of their column."""


def listing(view: View[Any]) -> dict[str, Any]:
    """The operation of a view's pages."""
    page = {
        "type": "object",
        "required": ["items", "next", "position"],
        "properties": {
            "items": {"type": "array", "items": _items(view)},
            "next": {"anyOf": [TEXT, {"type": "null"}], "description": "Cursor of the next page"},
            "position": POSITION,
            "degraded": {"type": "integer", "description": "Set aside since this position: not up to date"},
        },
    }
    orders = [order for field in ("key", *view.filters) for order in (field, f"-{field}")]
    parameters = [
        JURISDICTION,
        *(
            query(c.field, _KINDS[c.kind], "Repeated = or", many=True)
            for c in columns(view)
            if c.field != "area"
        ),
        areas("Code of an area that holds the rows"),
        query("sort", {"type": "string", "enum": orders}, "Field, - first = descending"),
        query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}, "Rows a page"),
        query("cursor", TEXT, "`next` of the page before"),
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
    key = {"name": "key", "in": "path", "required": True, "schema": TEXT}
    return {
        "operationId": f"{view.name}-row",
        "summary": f"One row of {view.name}",
        "tags": ["views"],
        "parameters": [JURISDICTION, key, *_reading(view)],
        "responses": ok(_items(view))
        | {"304": {"description": "Not modified"}}
        | problems(400, 401, 403, 404, 409, 503, 504),
    }
