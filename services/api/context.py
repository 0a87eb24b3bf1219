"""Helpers that endpoints share: the runtime, the caller, the body, the response."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar, cast
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from services.access import Principal, Tokens
from services.api.doubled import doubled_key
from services.api.heavy import HeavyReads
from services.api.problems import Problem, invalid
from services.api.server.edge import Edge
from services.application.muster import Muster

COOKIE = "muster_session"
NEW_SECONDS = 2.0
"""Seconds a caller waits for this process to notice a jurisdiction that another process created."""
_encoder = msgspec.json.Encoder()

Uuid = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class Answer(Response, Generic[T]):
    """A JSON response of a T. The OpenAPI document reads T from an endpoint's `-> Answer[T]`."""


class NotModified(Response):
    """304: the caller's copy is current."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__(status_code=304, headers=headers)


class Done(msgspec.Struct):
    """An empty success response."""

    status: str = "ok"


def muster(request: Request) -> Muster:
    """Return the service's runtime."""
    return cast("Muster", request.app.state.muster)


def edge(request: Request) -> Edge:
    """Return the settings that pages get about other origins."""
    return cast("Edge", request.app.state.edge)


def tokens(request: Request) -> Tokens:
    """Return the store of tokens."""
    return cast("Tokens", request.app.state.tokens)


def heavy(request: Request) -> HeavyReads:
    """Return the turns of heavy reads."""
    return cast("HeavyReads", request.app.state.heavy)


async def principal(request: Request) -> Principal:
    """Identify the caller by bearer token or session cookie. Raises 401."""
    if secret := bearer(request):
        found = await tokens(request).principal(secret)
    elif COOKIE in request.cookies:
        found = await _by_session(request)
    else:
        found = None
    if found is None:
        raise Problem(401, "unauthorized", headers={"WWW-Authenticate": 'Bearer realm="muster"'})
    return found


def bearer(request: Request) -> str:
    """Return the secret of the bearer token, or an empty text."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


async def _by_session(request: Request) -> Principal | None:
    """Identify the caller by cookie, from the same origin only: other pages must not act in a user's name.

    Neither may they read: to reveal personal data is recorded too.
    """
    if foreign(request):
        return None
    return await tokens(request).by_session(request.cookies[COOKIE])


def foreign(request: Request) -> bool:
    """Return whether a page of another origin sent the request. Older browsers tell by `Origin` alone."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and _host(origin) != request.headers.get("host")


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as http://[
        return None


async def still(request: Request, asker: Principal) -> bool:
    """Return whether an open response may continue: the service is not stopping and the token is valid."""
    if request.app.state.hub.stopping:
        return False
    try:
        return await principal(request) == asker
    except Problem:
        return False


async def model(request: Request, kind: type[M]) -> M:
    """Parse the body as a model. Raises 400, 415, or 422 with errors by field."""
    return parsed(await json_body(request), kind)


def parsed(content: bytes, kind: type[M]) -> M:
    """Parse JSON as a model. Raises 400, or 422 with errors by field."""
    try:
        found = kind.model_validate_json(content, strict=True)
    except ValidationError as error:
        raise invalid(error) from error
    if doubled := doubled_key(content):
        raise Problem(422, "invalid", variant="doubled", field=doubled)
    return found


async def json_body(request: Request) -> bytes:
    """Return the JSON body. Raises 415."""
    require_json(request)
    return await request.body()


def require_json(request: Request) -> None:
    """Refuse forms, as other origins can send them unasked. Raises 415."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "media_type")


async def reader(request: Request) -> tuple[str, Principal]:
    """Return (jurisdiction, caller) of a request that reads. Raises 401, 403, 404."""
    jurisdiction, asker = request.path_params["jurisdiction"], await principal(request)
    if not asker.may_read(jurisdiction):
        raise Problem(403, "forbidden", jurisdiction=jurisdiction[:64])
    after = request.query_params.get("after", "0")
    if not await muster(request).commands.found(jurisdiction, 0.0 if after == "0" else NEW_SECONDS):
        raise Problem(404, "jurisdiction.unknown", jurisdiction=jurisdiction[:64])
    return jurisdiction, asker


def instant_of(request: Request, at: datetime | None) -> datetime:
    """Return the instant asked for, by default now. Raises 400 for one in the future."""
    now = muster(request).clock.now()
    if at and at > now:
        raise Problem(400, "parameter.invalid", variant="future")
    return at or now


def answer(body: T, status: int = 200, headers: dict[str, str] | None = None) -> Answer[T]:
    """Return a JSON response. Instants are RFC 3339."""
    return Answer(_encoder.encode(body), status, headers=headers, media_type="application/json")
