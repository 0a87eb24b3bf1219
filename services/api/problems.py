"""Problems by RFC 9457: every error has a stable `code` and a sentence that helps."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

log_of = logging.getLogger("muster.api")
_encoder = msgspec.json.Encoder()


class Problem(Exception):
    """An answer that is an error. `more` are further members, such as `errors`."""

    def __init__(
        self, status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers, self.more = status, code, detail, headers, more

    def response(self) -> Response:
        """As application/problem+json."""
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.more,
        }
        return Response(
            _encoder.encode(body), self.status, headers=self.headers, media_type="application/problem+json"
        )


def invalid(error: ValidationError) -> Problem:
    """What was wrong with a body, field by field. Values are not repeated: they may be personal."""
    errors = [
        {"field": ".".join(str(part) for part in one["loc"]) or "body", "message": one["msg"]}
        for one in error.errors(include_url=False, include_input=False, include_context=False)[:20]
    ]
    first = errors[0]
    if error.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid":
        return Problem(400, "malformed", f"The body is not JSON: {first['message']}")
    return Problem(422, "invalid", f"{first['field']}: {first['message']}", errors=errors)


async def on_problem(request: Request, error: Exception) -> Response:
    """Exception handler for Problem."""
    if not isinstance(error, Problem):
        raise error
    return error.response()


async def on_http_error(request: Request, error: Exception) -> Response:
    """Exception handler for errors of the framework: unknown paths, wrong methods."""
    if not isinstance(error, HTTPException):
        raise error
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    code = codes.get(error.status_code, "http_error")
    headers = dict(error.headers) if error.headers else {}
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    return Problem(error.status_code, code, f"{error.detail}: {request.url.path[:200]}", headers).response()


def _methods(request: Request) -> set[str]:
    """Every method that this path has, over all its routes."""
    routes = (
        route for route in request.app.router.routes if route.matches(request.scope)[0] is not Match.NONE
    )
    return {method for route in routes for method in getattr(route, "methods", None) or ()}


async def on_unavailable(request: Request, error: Exception) -> Response:
    """Exception handler where a store cannot be reached just now."""
    log_of.warning("%s %s: %s", request.method, request.url.path[:200], error)
    detail = "Something that this needs cannot be reached just now; ask again."
    return Problem(503, "unavailable", detail, {"Retry-After": "1"}).response()


async def on_crash(request: Request, error: Exception) -> Response:
    """Exception handler for what should not happen; the cause is in the service's own log."""
    return Problem(500, "internal", "The service failed; its log says why. Nothing was recorded.").response()


async def on_gone(request: Request, error: Exception) -> Response:
    """Exception handler for who left before their request was whole: nobody is there to be told."""
    return Response(status_code=400)
