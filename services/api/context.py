"""What endpoints share: the runtime, the asker, the body, the answer."""

from typing import Annotated, Generic, TypeVar, cast

import msgspec
from msgspec import Meta
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from services.access import Principal, Tokens
from services.api.problems import Problem, invalid
from services.api.server.edge import Edge
from services.application.muster import Muster

COOKIE = "muster_session"
NEW_SECONDS = 2.0
"""How long who has written to a jurisdiction waits for another process to hear of it."""
_encoder = msgspec.json.Encoder()

Uuid = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class Answer(Response, Generic[T]):
    """JSON of a T. The OpenAPI document reads T from an endpoint's `-> Answer[T]`."""


class NotModified(Response):
    """304: what the asker has is still right."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__(status_code=304, headers=headers)


def muster(request: Request) -> Muster:
    """The service that answers."""
    return cast("Muster", request.app.state.muster)


def edge(request: Request) -> Edge:
    """What pages are told of the world outside."""
    return cast("Edge", request.app.state.edge)


def tokens(request: Request) -> Tokens:
    """Who may ask."""
    return cast("Tokens", request.app.state.tokens)


async def principal(request: Request) -> Principal:
    """Who asks, by bearer token or session cookie. Raises 401."""
    header = request.headers.get("authorization", "")
    scheme, _, secret = header.partition(" ")
    if scheme.lower() == "bearer" and secret:
        found = await tokens(request).principal(secret.strip())
    elif COOKIE in request.cookies:
        found = await _by_session(request)
    else:
        found = None
    if found is None:
        raise Problem(401, "unauthorized", headers={"WWW-Authenticate": 'Bearer realm="muster"'})
    return found


async def _by_session(request: Request) -> Principal | None:
    """Cookies are for the same origin only: a foreign page must not command in somebody's name."""
    if request.method not in ("GET", "HEAD") and foreign(request):
        return None
    return await tokens(request).by_session(request.cookies[COOKIE])


def foreign(request: Request) -> bool:
    """Whether a browser says that a page of another origin asks."""
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


async def still(request: Request, asker: Principal) -> bool:
    """Whether an open answer may go on: the service does not stop, and the token or session has not ended."""
    if request.app.state.hub.stopping:
        return False
    try:
        return await principal(request) == asker
    except Problem:
        return False


async def model(request: Request, kind: type[M]) -> M:
    """The body as such a model. Raises 400, 415; 422 field by field."""
    content = await json_body(request)
    try:
        return kind.model_validate_json(content, strict=True)
    except ValidationError as error:
        raise invalid(error) from error


async def json_body(request: Request) -> bytes:
    """Forms, which foreign pages can send without asking, are refused. Raises 415."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "media_type")
    return await request.body()


async def reader(request: Request) -> tuple[str, Principal]:
    """(jurisdiction, asker) of a request that reads. Raises 401, 403, 404."""
    jurisdiction, asker = request.path_params["jurisdiction"], await principal(request)
    if not asker.may_read(jurisdiction):
        raise Problem(403, "forbidden", jurisdiction=jurisdiction[:64])
    after = request.query_params.get("after", "0")
    if not await muster(request).commands.found(jurisdiction, 0.0 if after == "0" else NEW_SECONDS):
        raise Problem(404, "jurisdiction.unknown", jurisdiction=jurisdiction[:64])
    return jurisdiction, asker


def answer(body: T, status: int = 200, headers: dict[str, str] | None = None) -> Answer[T]:
    """JSON by msgspec: instants as RFC 3339."""
    return Answer(_encoder.encode(body), status, headers=headers, media_type="application/json")
