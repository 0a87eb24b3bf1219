"""Problem details (RFC 9457). Every error has a stable `code` and a helpful sentence."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from services.decisions.turning import unturned
from services.refusals import sentence
from services.refusals.fields import broken

log_of = logging.getLogger("muster.api")
_encoder = msgspec.json.Encoder()


class FieldError(msgspec.Struct):
    """An error in one field of a body."""

    field: str
    message: str
    values: dict[str, Any]


class ProblemDetails(msgspec.Struct, rename={"kind": "type"}):
    """A problem (RFC 9457). Some codes have further members."""

    kind: str
    title: str
    status: int
    code: Annotated[str, Meta(description="Stable; see the catalogue of codes")]
    detail: Annotated[str, Meta(description="A sentence for people, in English")]
    values: Annotated[
        dict[str, Any] | UnsetType,
        Meta(description="What the sentence names, to say it in another language"),
    ] = UNSET
    errors: list[FieldError] | UnsetType = UNSET


class Problem(Exception):
    """An error response. `values` fill the placeholders of its sentence.

    `more` holds further members, such as `errors`. Values of None are omitted.
    """

    def __init__(
        self,
        status: int,
        code: str,
        /,
        *,
        headers: dict[str, str] | None = None,
        more: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.headers, self.more = status, code, headers, more or {}
        self.values = {name: unturned(value) for name, value in values.items() if value is not None}

    def response(self) -> Response:
        """Return the problem as application/problem+json."""
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            **describe(self.code, self.values),
            **self.more,
        }
        return Response(
            _encoder.encode(body), self.status, headers=self.headers, media_type="application/problem+json"
        )


def describe(code: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that explain a refusal."""
    return {"code": code, "detail": sentence(code, values), "values": values}


def invalid(error: ValidationError) -> Problem:
    """Return the errors of a body by field. Values are omitted, as they may be personal."""
    found = [broken(one) for one in error.errors(include_url=False, include_input=False)[:20]]
    first = found[0]
    if first["variant"] == "json_invalid":
        return Problem(400, "malformed", why=first["why"])
    errors = [{"field": one["field"], "message": one["why"], "values": one} for one in found]
    return Problem(422, "invalid", more={"errors": errors}, **first)


async def on_problem(request: Request, error: Exception) -> Response:
    """Exception handler for Problem."""
    if not isinstance(error, Problem):
        raise error
    return error.response()


async def on_http_error(request: Request, error: Exception) -> Response:
    """Exception handler for framework errors: unknown paths, wrong methods."""
    if not isinstance(error, HTTPException):
        raise error
    headers, path = dict(error.headers) if error.headers else {}, request.url.path[:200]
    match error.status_code:
        case 404:
            problem = Problem(404, "not_found", headers=headers, path=path)
        case 405:
            headers["Allow"] = ", ".join(sorted(_methods(request)))
            problem = Problem(405, "method_not_allowed", headers=headers, path=path, method=request.method)
        case status:
            problem = Problem(status, "http_error", headers=headers, path=path, why=error.detail)
    return problem.response()


def _methods(request: Request) -> set[str]:
    """Return the methods of this path over all its routes."""
    routes = (
        route for route in request.app.router.routes if route.matches(request.scope)[0] is not Match.NONE
    )
    return {method for route in routes for method in getattr(route, "methods", None) or ()}


async def on_unavailable(request: Request, error: Exception) -> Response:
    """Exception handler for unreachable stores."""
    log_of.warning("%s %s: %s", request.method, request.url.path[:200], error)
    return Problem(503, "unavailable", headers={"Retry-After": "1"}).response()


async def on_crash(request: Request, error: Exception) -> Response:
    """Exception handler for unexpected errors. The cause is in the service's log."""
    return Problem(500, "internal").response()


async def on_gone(request: Request, error: Exception) -> Response:
    """Exception handler for clients that disconnect before their request is complete."""
    return Response(status_code=400)
