"""What the descriptions of operations are made of."""

from typing import Any

from services.api.parameters import AREA

REF = "#/components/schemas/{}"
TEXT = {"type": "string"}
INSTANT = {"type": "string", "format": "date-time"}
POSITION = {"type": "integer", "minimum": 0, "maximum": 1 << 60}
OBJECT: dict[str, Any] = {"type": "object"}
OR_NOT = {"type": ["string", "null"]}
MAYBE = {"anyOf": [INSTANT, {"type": "null"}]}
TEXTS = {"type": "array", "items": TEXT}
SHORT = {"type": "string", "maxLength": 200, "pattern": "^[^\\x00]*$"}
WHOLE = {"type": "integer", "minimum": 0}
WHOLE_OR_NOT = {"type": ["integer", "null"], "minimum": 0}
JURISDICTION = {
    "name": "jurisdiction",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9]{1,32}$"},
    "description": "Code of the jurisdiction, such as 2307",
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; see the catalogue of codes"},
        "detail": {"type": "string", "description": "A sentence for people, in English"},
        "values": {"type": "object", "description": "What the sentence names, for one in another language"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


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


def ok(schema: dict[str, Any], description: str = "OK", kind: str = "application/json") -> dict[str, Any]:
    """The response of success."""
    return {"200": {"description": description, **content(schema, kind)}}


def sent(schema: dict[str, Any]) -> dict[str, Any]:
    """A body that must be sent."""
    return {"required": True, **content(schema)}


def query(name: str, schema: dict[str, Any], description: str, *, many: bool = False) -> dict[str, Any]:
    """An optional parameter of the query; `many` = it may be repeated."""
    if many:
        schema = {"type": "array", "items": schema, "maxItems": 100}
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def areas(description: str) -> dict[str, Any]:
    """The parameter that names areas."""
    return query("area", {"type": "string", "pattern": f"^{AREA.pattern}$"}, description, many=True)
