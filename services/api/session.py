"""A token exchanged for a cookie, since an EventSource cannot send headers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from services.access import session_lifetime
from services.api.context import COOKIE, answer, edge, foreign, model, muster, principal, tokens
from services.api.problems import Problem
from services.api.sign_in_codes import redeem
from services.base.clock import SystemClock
from services.decisions.fields import omitted
from services.decisions.scopes import MAY, OBSERVE


class SignIn(BaseModel):
    """The token from the printed link's fragment, or the one-time code that the command centre told."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"oneOf": [{"required": ["token"]}, {"required": ["code"]}]}
    )

    token: Annotated[str, Field(min_length=1, max_length=200)] = omitted()
    code: Annotated[str, Field(min_length=1, max_length=100)] = omitted()


async def sign_in(request: Request) -> Response:
    """Set the session cookie: SameSite=Strict, HttpOnly. A foreign page must not sign people in as somebody
    else."""
    if foreign(request):
        raise Problem(403, "forbidden", variant="origin")
    given = await model(request, SignIn)
    if bool(given.token) == bool(given.code):
        raise Problem(422, "invalid", variant="token_or_code")
    session = await (redeem(request, given.code) if given.code else tokens(request).session(given.token))
    holder = await tokens(request).by_session(session) if session else None
    if session is None or holder is None:
        raise Problem(401, "unauthorized", variant="sign_in")
    response = answer({"status": "ok"})
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


async def sign_out(request: Request) -> Response:
    """Forget the session; a token that a sign-in code made goes with it."""
    if COOKIE in request.cookies:
        await tokens(request).end_session(request.cookies[COOKIE])
    response = answer({"status": "ok"})
    response.delete_cookie(COOKIE, path="/")
    return response


async def who(request: Request) -> Response:
    """Who this token is and what it reaches, and what a page must know of the service it is of.

    `commands` may be sent with this token, `observes` also as observed elsewhere; `rights`: what it
    may do besides. `scenario`: the time is a scenario's, which may stand or run; a page then shows `now` as
    it is told.
    """
    asker, clock = await principal(request), muster(request).clock
    return answer(
        {
            "actor": asker.actor,
            "scope": asker.scope,
            "jurisdictions": list(asker.jurisdictions),
            "areas": list(asker.areas),
            "worker": asker.worker,
            "commands": sorted(MAY[asker.scope]),
            "observes": sorted(OBSERVE[asker.scope]),
            "rights": asker.rights,
            "now": clock.now(),
            "scenario": not isinstance(clock, SystemClock),
            "map": edge(request).map(),
        },
        headers={"Cache-Control": "no-store"},
    )
