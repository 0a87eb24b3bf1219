"""The OpenAPI document: a typed operation for each command and view, from their own models."""

from importlib.metadata import version
from typing import Any

from projections.catalog import views as catalog
from projections.instant import PRESENCE
from projections.presence import INTERVALS
from services.api.commands import BODIES, Item
from services.api.context import COOKIE
from services.api.find import Find
from services.api.openapi.dispatch import CANDIDATES
from services.api.openapi.generated import OUTCOME, batch, command, listing, row_schema, single, status
from services.api.openapi.imports import IMPORT, IMPORTS, MAPPINGS, ONE_IMPORT, PREVIEW, REJECTS
from services.api.openapi.parts import PROBLEM, REF
from services.api.openapi.phones import (
    CODES,
    ME,
    PLACES,
    PUSH_KEY,
    SUBSCRIBE,
    TASK,
    TELEMETRY,
    UNSUBSCRIBE,
)
from services.api.openapi.service import (
    FIND,
    HEALTHZ,
    INDEX,
    LOG,
    METRICS,
    READYZ,
    SIGN_IN,
    SIGN_OUT,
    STREAM,
    WHO,
)
from services.api.push import Subscribe, Unsubscribe
from services.api.session import SignIn
from services.api.sign_in_codes import NewCode
from services.api.telemetry import Telemetry

__all__ = [
    "CANDIDATES",
    "CODES",
    "FIND",
    "HEALTHZ",
    "IMPORT",
    "IMPORTS",
    "INDEX",
    "LOG",
    "MAPPINGS",
    "ME",
    "METRICS",
    "ONE_IMPORT",
    "PLACES",
    "PREVIEW",
    "PUSH_KEY",
    "READYZ",
    "REJECTS",
    "SIGN_IN",
    "SIGN_OUT",
    "STREAM",
    "SUBSCRIBE",
    "TASK",
    "TELEMETRY",
    "UNSUBSCRIBE",
    "WHO",
    "batch",
    "command",
    "document",
    "listing",
    "single",
    "status",
]


def components() -> dict[str, Any]:
    """Schemas of all bodies and rows."""
    schemas: dict[str, Any] = {"Problem": PROBLEM, "Outcome": OUTCOME}
    for model in (*BODIES.values(), Item, Find, NewCode, SignIn, Subscribe, Telemetry, Unsubscribe):
        schema = model.model_json_schema(ref_template=REF.format("{model}"), mode="validation")
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    return schemas


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
