"""A token exchanged for a cookie, since an EventSource cannot send headers."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from services.api.context import COOKIE, answer, principal, tokens
from services.api.problems import Problem, invalid

LASTS_SECONDS = 12 * 3600


class SignIn(BaseModel):
    """The token from the printed link's fragment."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=1, max_length=200)


async def sign_in(request: Request) -> Response:
    """Set the session cookie: SameSite=Strict, HttpOnly."""
    try:
        given = SignIn.model_validate_json(await request.body(), strict=True)
    except ValidationError as error:
        raise invalid(error) from error
    session = tokens(request).session(given.token)
    if session is None:
        raise Problem(401, "unauthorized", "This token is unknown, revoked or expired.")
    response = answer({"status": "ok"})
    response.set_cookie(
        COOKIE,
        session,
        max_age=LASTS_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return response


async def sign_out(request: Request) -> Response:
    """Forget the session."""
    if COOKIE in request.cookies:
        tokens(request).end_session(request.cookies[COOKIE])
    response = answer({"status": "ok"})
    response.delete_cookie(COOKIE, path="/")
    return response


async def who(request: Request) -> Response:
    """Who this token is, and what it reaches."""
    asker = principal(request)
    return answer(
        {
            "actor": asker.actor,
            "scope": asker.scope,
            "jurisdictions": list(asker.jurisdictions),
            "areas": list(asker.areas),
            "worker": asker.worker,
        }
    )
