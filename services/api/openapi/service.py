"""Operations of the service itself: health, sessions, streams, the log, finding people."""

from services.api.openapi.parts import (
    JURISDICTION,
    OBJECT,
    POSITION,
    TEXT,
    areas,
    content,
    ok,
    problems,
    query,
    ref,
    sent,
)

HEALTHZ = {
    "operationId": "healthz",
    "summary": "The process answers",
    "tags": ["health"],
    "security": [],
    "responses": ok(OBJECT),
}
READYZ = {
    "operationId": "readyz",
    "summary": "Ready or not, and why",
    "tags": ["health"],
    "security": [],
    "responses": ok(OBJECT) | {"503": {"description": "Not ready", **content(OBJECT)}},
}
METRICS = {
    "operationId": "metrics",
    "summary": "Figures for Prometheus",
    "tags": ["health"],
    "responses": ok(TEXT, "Prometheus text format", "text/plain") | problems(401),
}
INDEX = {
    "operationId": "index",
    "summary": "Jurisdictions, views and commands",
    "tags": ["service"],
    "responses": ok(OBJECT) | problems(401),
}
SIGN_IN = {
    "operationId": "sign-in",
    "summary": "Exchange a token or a one-time code for a session cookie",
    "tags": ["service"],
    "security": [],
    "requestBody": sent(ref("SignIn")),
    "responses": ok(OBJECT) | problems(400, 401, 403, 413, 415, 422, 429),
}
SIGN_OUT = {
    "operationId": "sign-out",
    "summary": "Forget the session",
    "tags": ["service"],
    "security": [],
    "responses": ok(OBJECT),
}
WHO = {
    "operationId": "who",
    "summary": "Who this token is, and what it reaches",
    "tags": ["service"],
    "responses": ok(OBJECT) | problems(401),
}
STREAM = {
    "operationId": "stream",
    "summary": "Server-sent events: snapshot {position, now, rows, degraded}, patch {after, upto, now, rows},"
    " reset {}, ping {now, position, behind, degraded?}",
    "description": "Filters as for GET. Ignore a patch if upto <= your position, apply it whole if after"
    " equals it, else open the stream again. Always masked. Last-Event-ID resumes. A ping comes every 5"
    " seconds; behind = since how many seconds the log goes beyond what was sent. gzip where it is accepted.",
    "tags": ["views"],
    "parameters": [
        JURISDICTION,
        {"name": "views", "in": "query", "required": True, "schema": TEXT, "description": "Comma-separated"},
        areas("Code of an area that holds the rows"),
    ],
    "responses": ok(TEXT, "An open stream", "text/event-stream") | problems(400, 401, 403, 404, 503),
}
LOG = {
    "operationId": "log",
    "summary": "Events as NDJSON of CloudEvents 1.0",
    "tags": ["log"],
    "parameters": [
        JURISDICTION,
        query("after", POSITION, "Events beyond this position"),
        query("follow", {"type": "boolean"}, "Stay open and send what comes"),
    ],
    "responses": ok(TEXT, "One event a line", "application/x-ndjson") | problems(400, 401, 403, 404),
}
FIND = {
    "operationId": "find",
    "summary": "Workers and requests by name or phone",
    "tags": ["views"],
    "parameters": [JURISDICTION],
    "requestBody": sent(ref("Find")),
    "responses": ok(OBJECT) | problems(400, 401, 403, 404, 413, 415, 422),
}
