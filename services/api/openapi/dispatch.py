"""The operation that says whom to send."""

from typing import get_args

from services.api.openapi.parts import (
    JURISDICTION,
    OR_NOT,
    POSITION,
    SHORT,
    TEXT,
    TEXTS,
    WHOLE,
    ok,
    problems,
    query,
)
from services.dispatch.board import Kind

_CANDIDATE = {
    "type": "object",
    "required": ["kind", "unit", "area", "free", "able", "asked", "steps", "distance", "live", "capacity"],
    "properties": {
        "kind": {"type": "string", "enum": list(get_args(Kind))},
        "unit": TEXT,
        "name": {"type": ["string", "null"], "description": "Of workers masked"},
        "role": {"type": "string", "description": "Of workers"},
        "presence": {"type": "string", "description": "Of workers"},
        "skills": TEXTS,
        "vehicle": OR_NOT,
        "in_team": {"type": ["string", "null"], "description": "Active team that a worker goes with"},
        "team_kind": {"type": "string", "description": "Of teams"},
        "state": {"type": "string", "description": "Of teams"},
        "leader": OR_NOT,
        "members": {"type": "integer", "description": "Of teams; 0 = none are listed"},
        "members_on_duty": WHOLE,
        "organisation": OR_NOT,
        "area": TEXT,
        "area_name": OR_NOT,
        "free": {"type": "boolean", "description": "Can be sent now without a refusal"},
        "able": {"type": "boolean", "description": "Fits the request's category"},
        "matched": TEXTS | {"description": "What made it able, such as role:courier"},
        "asked": {"type": "boolean", "description": "Was asked already, or is on the request"},
        "steps": WHOLE | {"description": "Levels to go up from the request's area; 0 = inside it"},
        "distance": {"type": ["number", "null"], "description": "Metres; to viewers in hundreds"},
        "placed": {"type": ["string", "null"], "enum": ["phone", "area", None]},
        "live": WHOLE,
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
            "schema": SHORT | {"minLength": 1, "maxLength": 100},
            "description": "Its id",
        },
        query("kind", {"type": "string", "enum": list(get_args(Kind))}, "Repeated = or", many=True),
        query("q", SHORT | {"maxLength": 100}, "In id, organisation or team; off duty too"),
        query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "At most so many"),
    ],
    "responses": ok(
        {
            "type": "object",
            "required": ["request", "position", "takes", "needs", "placed", "within", "items"],
            "properties": {
                "request": TEXT,
                "position": POSITION,
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
