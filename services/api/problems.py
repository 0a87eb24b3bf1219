"""Problems by RFC 9457: every error has a stable `code` and a sentence that helps."""

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

from services.refusals import sentence
from services.refusals.fields import broken

log_of = logging.getLogger("muster.api")
_encoder = msgspec.json.Encoder()


class FieldError(msgspec.Struct):
    """What is wrong with one field of a body."""

    field: str
    message: str
    values: dict[str, Any]


class ProblemDetails(msgspec.Struct, rename={"kind": "type"}):
    """A problem as it is sent (RFC 9457). Some codes have further members."""

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
    """An answer that is an error: what a sentence about it names is in `values`.

    `more` are further members, such as `errors`. A value that is None is left out.
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
        self.values = {name: value for name, value in values.items() if value is not None}

    def response(self) -> Response:
        """As application/problem+json."""
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
    """Members that say why something was refused."""
    return {"code": code, "detail": sentence(code, values), "values": values}


def invalid(error: ValidationError) -> Problem:
    """What was wrong with a body, field by field. Values are not repeated: they may be personal."""
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
    """Exception handler for errors of the framework: unknown paths, wrong methods."""
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
    """Every method that this path has, over all its routes."""
    routes = (
        route for route in request.app.router.routes if route.matches(request.scope)[0] is not Match.NONE
    )
    return {method for route in routes for method in getattr(route, "methods", None) or ()}


async def on_unavailable(request: Request, error: Exception) -> Response:
    """Exception handler where a store cannot be reached just now."""
    log_of.warning("%s %s: %s", request.method, request.url.path[:200], error)
    return Problem(503, "unavailable", headers={"Retry-After": "1"}).response()


async def on_crash(request: Request, error: Exception) -> Response:
    """Exception handler for what should not happen; the cause is in the service's own log."""
    return Problem(500, "internal").response()


async def on_gone(request: Request, error: Exception) -> Response:
    """Exception handler for who left before their request was whole: nobody is there to be told."""
    return Response(status_code=400)
