"""Operations of imports."""

from typing import Any

from services.api.imports import MOST_NAME, MOST_ROWS, ROWS, SHIPPED
from services.api.openapi.parts import (
    INSTANT,
    JURISDICTION,
    MAYBE,
    OBJECT,
    TEXT,
    WHOLE,
    WHOLE_OR_NOT,
    content,
    ok,
    problems,
    query,
    ref,
)
from services.refusals import REFERENCE, languages

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
        "jurisdiction": TEXT,
        "file": TEXT,
        "mapping": TEXT,
        "state": {"type": "string", "enum": ["reading", "sending", "done", "failed"]},
        "read": {**WHOLE, "description": "Rows that were read"},
        "sent": {**WHOLE, "description": "Commands that were answered, of total"},
        "total": {**WHOLE_OR_NOT, "description": "Commands in all; null until they are known"},
        "rows": {**WHOLE_OR_NOT, "description": "= applied + known + rejected; null until it is done"},
        "applied": WHOLE_OR_NOT,
        "known": WHOLE_OR_NOT,
        "rejected": WHOLE_OR_NOT,
        "tables": {"type": "array", "items": OBJECT, "description": "The same sums, sheet by sheet"},
        "notes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["command", "code", "detail", "values"],
                "properties": {"command": TEXT, "code": TEXT, "detail": TEXT, "values": OBJECT},
            },
            "description": "Commands for the whole file that were refused",
        },
        "error": {"type": ["string", "null"], "description": "Why it failed, and what to do"},
        "code": {"type": ["string", "null"], "description": "Of the error"},
        "values": {**OBJECT, "description": "What the error names"},
        "started_at": INSTANT,
        "ended_at": MAYBE,
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
        query("file", name, "What the file is called; for people"),
    ]


MAPPINGS = {
    "operationId": "mappings",
    "summary": "The mappings that are shipped, and their columns",
    "tags": ["imports"],
    "parameters": [JURISDICTION],
    "responses": ok(OBJECT) | problems(401, 403, 404),
}
PREVIEW = {
    "operationId": "import-preview",
    "summary": "The columns of a file and what its first rows would do; nothing is recorded",
    "tags": ["imports"],
    "parameters": [
        *_taking(),
        query("rows", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": ROWS}, "Rows shown"),
    ],
    "requestBody": _FILE,
    "responses": ok(
        {
            "type": "object",
            "required": ["file", "mapping", "columns", "missing", "rows", "total_rows"],
            "properties": {
                "file": TEXT,
                "mapping": TEXT,
                "columns": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["column", "matched"],
                        "properties": {"column": TEXT, "matched": {"type": "boolean"}},
                    },
                },
                "missing": {
                    "type": "array",
                    "items": TEXT,
                    "description": "Columns that the mapping would use, but does not need",
                },
                "rows": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["line", "cells", "commands"],
                        "properties": {
                            "line": WHOLE,
                            "sheet": TEXT,
                            "cells": OBJECT,
                            "commands": {"type": "array", "items": OBJECT},
                            "code": TEXT,
                            "reason": {"type": "string", "description": "Why the row would be rejected"},
                            "values": {"type": "object", "description": "What the reason names"},
                        },
                    },
                },
                "total_rows": WHOLE,
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
    "parameters": [
        *_taking(),
        query(
            "language",
            {"type": "string", "enum": list(languages()), "default": REFERENCE},
            "Of the reasons in the file of rejected rows",
        ),
    ],
    "requestBody": _FILE,
    "responses": {
        "202": {
            "description": "Begun",
            **content(
                {
                    "type": "object",
                    "required": ["import", "state"],
                    "properties": {"import": {"type": "string", "format": "uuid"}, "state": TEXT},
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
        query(
            "table",
            {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1},
            "Of a workbook: the n-th sheet that has some",
        ),
    ],
    "responses": ok(TEXT, "Kept for a day", "text/csv") | problems(400, 401, 403, 404),
}
