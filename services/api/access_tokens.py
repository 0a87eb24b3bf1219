"""Access tokens over HTTP: list, create, limit, revoke. For admins, within their jurisdictions."""

import logging
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from services.access import Principal, Token, TokenRefused, made_by_code
from services.access.principal import ScopeName
from services.api.context import Answer, Done, answer, model, principal, tokens
from services.api.problems import Problem
from services.api.routing import operation
from services.decisions.fields import AreaCode, Id, Instant

MOST: Final = 500
log_of = logging.getLogger("muster.api")


class NewToken(BaseModel):
    """A token to create. No jurisdictions or areas means all that the caller may give. It cannot outlast the
    caller's own token."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Id, Field(description="Name of its holder in the log, such as desk-1")]
    scope: ScopeName
    jurisdictions: Annotated[tuple[AreaCode, ...], Field(max_length=MOST)] = ()
    areas: Annotated[tuple[AreaCode, ...], Field(max_length=MOST)] = ()
    worker: Annotated[Id | None, Field(description="Only and always with the scope worker")] = None
    expires_at: Annotated[Instant | None, Field(description="null = never")] = None


class Limits(BaseModel):
    """New limits of a token. What is omitted stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    areas: Annotated[tuple[AreaCode, ...] | None, Field(max_length=MOST, description="[] = all")] = None
    expires_at: Annotated[Instant | None, Field(description="null = never")] = None


class TokenItem(Struct, kw_only=True):
    """A token, without its secret."""

    id: str
    name: str
    scope: ScopeName
    jurisdictions: Annotated[list[str], Meta(description="Empty = all")]
    areas: Annotated[list[str], Meta(description="Empty = all")]
    worker: str | None
    created_at: datetime
    expires_at: Annotated[datetime | None, Meta(description="null = never")]
    revoked_at: datetime | None
    last_used_at: Annotated[datetime | None, Meta(description="To the minute; null = never used")]
    own: Annotated[bool, Meta(description="Whether it is the caller's own token")]


class TokenList(Struct):
    """Tokens, oldest first."""

    items: list[TokenItem]


class Created(Struct):
    """A new token."""

    token: TokenItem
    secret: Annotated[str, Meta(description="Shown only once; only its hash is stored")]


async def _manager(request: Request) -> Principal:
    """Return the caller. Raises 401, 403."""
    asker = await principal(request)
    if not asker.may("manage_tokens"):
        raise Problem(403, "forbidden", variant="tokens")
    return asker


def _manages(asker: Principal, token: Token) -> bool:
    """Whether a token lies within the caller's jurisdictions."""
    if not asker.jurisdictions:
        return True
    return bool(token.jurisdictions) and set(token.jurisdictions) <= set(asker.jurisdictions)


def _item(token: Token, used: dict[str, datetime], asker: Principal) -> TokenItem:
    return TokenItem(
        id=token.id,
        name=token.name,
        scope=token.scope,
        jurisdictions=[*token.jurisdictions],
        areas=[*token.areas],
        worker=token.worker,
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        last_used_at=used.get(token.id),
        own=token.id == asker.id,
    )


def _not_longer(request: Request, asker: Principal, until: datetime | None) -> None:
    """Require that a token does not outlast the caller's own, which could otherwise be renewed indefinitely.

    Raises 409.
    """
    own = tokens(request).expires(asker.id)
    if own is not None and (until is None or until > own):
        raise Problem(409, "token.expires", variant="own", latest=own)


@operation(id="tokens", tag="service", problems=(503,))
async def listing(request: Request) -> Answer[TokenList]:
    """List access tokens with their last use. Phones signed in by a code are left out."""
    asker = await _manager(request)
    used = await tokens(request).last_used()
    found = [one for one in await tokens(request).list() if _manages(asker, one) and not made_by_code(one)]
    shown = TokenList([_item(one, used, asker) for one in found])
    return answer(shown, headers={"Cache-Control": "no-store"})


@operation(id="create_token", tag="service", body=NewToken, problems=(409, 503))
async def create(request: Request) -> Answer[Created]:
    """Create an access token. Its secret is shown once and kept hashed."""
    asker = await _manager(request)
    given = await model(request, NewToken)
    places = given.jurisdictions or asker.jurisdictions
    for code in places:
        if not asker.may_read(code):
            raise Problem(403, "forbidden", jurisdiction=code)
    _not_longer(request, asker, given.expires_at)
    try:
        token, secret = await tokens(request).create_token(
            given.name, given.scope, places, given.areas, worker=given.worker, expires=given.expires_at
        )
    except TokenRefused as error:
        raise Problem(409, error.code, **error.values) from error
    log_of.info("%s created the token %s (%s)", asker.actor, token.name, token.scope)
    return answer(Created(_item(token, {}, asker), secret), headers={"Cache-Control": "no-store"})


async def _theirs(request: Request, asker: Principal) -> Token:
    """Return the token of the path that the caller may change. Raises 404, 409."""
    key = request.path_params["token"]
    found = next((one for one in await tokens(request).list() if one.id == key), None)
    if found is None or not _manages(asker, found) or found.revoked_at:
        raise Problem(404, "token.unknown", token=key[:64])
    if found.id == asker.id:
        raise Problem(409, "token.own", name=found.name)
    return found


@operation(id="limit_token", tag="service", body=Limits, problems=(404, 409, 503))
async def limit(request: Request) -> Answer[TokenItem]:
    """Limit a token to areas or to a time; open sessions follow within a second."""
    asker = await _manager(request)
    given, found = await model(request, Limits), await _theirs(request, asker)
    keep = "expires_at" not in given.model_fields_set
    if not keep:
        _not_longer(request, asker, given.expires_at)
    try:
        token = await tokens(request).limit(found.id, given.areas, given.expires_at, keep_expiry=keep)
    except TokenRefused as error:
        raise Problem(409, error.code, **error.values) from error
    log_of.info("%s limited the token %s", asker.actor, token.name)
    used = await tokens(request).last_used()
    return answer(_item(token, used, asker), headers={"Cache-Control": "no-store"})


@operation(id="revoke_token", tag="service", problems=(404, 409, 503))
async def revoke(request: Request) -> Answer[Done]:
    """Revoke a token and end its sessions, within a second everywhere."""
    asker = await _manager(request)
    found = await _theirs(request, asker)
    await tokens(request).revoke(found.id)
    log_of.info("%s revoked the token %s", asker.actor, found.name)
    return answer(Done())
