"""Sessions: a token exchanged for a cookie, as EventSource cannot send headers."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from services.access import session_lifetime
from services.access.principal import ScopeName
from services.api.context import COOKIE, Answer, Done, answer, edge, foreign, model, muster, principal, tokens
from services.api.phone.sign_in_codes import redeem
from services.api.problems import Problem
from services.api.routing import operation
from services.api.server.edge import MapSettings
from services.base.clock import SystemClock
from services.decisions.fields import omitted
from services.decisions.scopes import MAY, OBSERVE


class SignIn(BaseModel):
    """The token from the printed link's fragment, or the one-time code from the command centre."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"oneOf": [{"required": ["token"]}, {"required": ["code"]}]}
    )

    token: Annotated[str, Field(min_length=1, max_length=200)] = omitted()
    code: Annotated[str, Field(min_length=1, max_length=100)] = omitted()


class Session(Struct, kw_only=True):
    """The caller, their rights, and the service's settings for pages."""

    actor: str
    scope: ScopeName
    jurisdictions: Annotated[list[str], Meta(description="Empty = all")]
    areas: Annotated[list[str], Meta(description="Empty = all")]
    worker: str | None
    commands: Annotated[list[str], Meta(description="May be sent with this token")]
    observes: Annotated[list[str], Meta(description="May be sent as observed elsewhere")]
    rights: Annotated[list[str], Meta(description="Further permissions of the token")]
    views: Annotated[list[str], Meta(description="May be read, in the token's jurisdictions and areas")]
    now: datetime
    scenario: Annotated[bool, Meta(description="`now` is a scenario's clock, which may pause or run fast")]
    map: MapSettings


@operation(id="sign-in", tag="service", public=True, body=SignIn, problems=(401, 403, 429))
async def sign_in(request: Request) -> Answer[Done]:
    """Exchange a token or a one-time code for a session cookie.

    The cookie is HttpOnly and SameSite=Strict. Cross-origin requests are refused.
    """
    if foreign(request):
        raise Problem(403, "forbidden", variant="origin")
    given = await model(request, SignIn)
    if bool(given.token) == bool(given.code):
        raise Problem(422, "invalid", variant="token_or_code")
    session = await (redeem(request, given.code) if given.code else tokens(request).session(given.token))
    holder = await tokens(request).by_session(session) if session else None
    if session is None or holder is None:
        raise Problem(401, "unauthorized", variant="sign_in")
    response = answer(Done())
    response.set_cookie(
        COOKIE,
        session,
        max_age=int(session_lifetime(holder).total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return response


@operation(id="sign-out", tag="service", public=True, problems=(403,))
async def sign_out(request: Request) -> Answer[Done]:
    """End the session.

    A token made by a sign-in code ends too.
    """
    if foreign(request):
        raise Problem(403, "forbidden", variant="origin")
    if COOKIE in request.cookies:
        await tokens(request).end_session(request.cookies[COOKIE])
    response = answer(Done())
    response.delete_cookie(COOKIE, path="/")
    return response


@operation(id="who", tag="service")
async def who(request: Request) -> Answer[Session]:
    """Read the identity and scope of this token."""
    asker, clock = await principal(request), muster(request).clock
    session = Session(
        actor=asker.actor,
        scope=asker.scope,
        jurisdictions=list(asker.jurisdictions),
        areas=list(asker.areas),
        worker=asker.worker,
        commands=sorted(MAY[asker.scope]),
        observes=sorted(OBSERVE[asker.scope]),
        rights=list(asker.rights),
        views=asker.views,
        now=clock.now(),
        scenario=not isinstance(clock, SystemClock),
        map=edge(request).map(),
    )
    return answer(session, headers={"Cache-Control": "no-store"})
