"""Web Push subscriptions: phones are woken for offers and dispatches."""

from typing import Annotated, cast

from msgspec import Meta, Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from services.api.context import Answer, Done, answer, model, principal, reader
from services.api.problems import Problem
from services.api.routing import operation
from services.push.port import Subscription
from services.push.pusher import Pusher
from services.push.sealing import BadKeys, Browser

Endpoint = Annotated[str, Field(min_length=1, max_length=1500, description="URL of the push service")]
_Secret = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_\-]+={0,2}$")]


class PushKeys(BaseModel):
    """The browser's keys, base64url, as in PushSubscription.toJSON()."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    p256dh: _Secret
    auth: _Secret


class Subscribe(BaseModel):
    """A subscription, as in PushSubscription.toJSON()."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    endpoint: Endpoint
    keys: PushKeys


class Unsubscribe(BaseModel):
    """The subscription to end."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoint: Endpoint


def _pusher(request: Request) -> Pusher | None:
    return cast("Pusher | None", request.app.state.pusher)


class PushKey(Struct):
    """The service's public key."""

    key: Annotated[str | None, Meta(description="applicationServerKey, base64url; null = sends no pushes")]


@operation(id="push-key", tag="phone")
async def key(request: Request) -> Answer[PushKey]:
    """Read the public key for Web Push subscriptions."""
    await principal(request)
    pusher = _pusher(request)
    return answer(PushKey(pusher.key if pusher else None), headers={"Cache-Control": "no-store"})


@operation(id="push-subscribe", tag="phone", body=Subscribe, problems=(409, 503))
async def subscribe(request: Request) -> Answer[Done]:
    """Subscribe this phone to offers and dispatches of its worker and their active team.

    A push carries {kind: offer or dispatch, assignment} and nothing else.
    """
    jurisdiction, token, worker, pusher = await _subscriber(request)
    given = await model(request, Subscribe)
    if not pusher.rules.allow(given.endpoint):
        raise Problem(422, "push.endpoint")
    try:
        Browser.of(given.keys.p256dh, given.keys.auth)
    except BadKeys as error:
        raise Problem(422, "invalid", variant="push_keys") from error
    subscription = Subscription(
        endpoint=given.endpoint,
        p256dh=given.keys.p256dh,
        auth=given.keys.auth,
        jurisdiction=jurisdiction,
        worker=worker,
        token=token,
        created_at=pusher.now(),
    )
    await pusher.subscribe(subscription)
    return answer(Done())


@operation(id="push-unsubscribe", tag="phone", body=Unsubscribe, problems=(409, 503))
async def unsubscribe(request: Request) -> Answer[Done]:
    """Unsubscribe this phone.

    An unknown endpoint is not an error.
    """
    jurisdiction, _, worker, pusher = await _subscriber(request)
    given = await model(request, Unsubscribe)
    await pusher.unsubscribe(given.endpoint, (jurisdiction, worker))
    return answer(Done())


async def _subscriber(request: Request) -> tuple[str, str, str, Pusher]:
    """Return (jurisdiction, token id, worker, pusher). Raises 401, 403, 404, 409."""
    jurisdiction, asker = await reader(request)
    if asker.worker is None:
        raise Problem(403, "forbidden", variant="push")
    pusher = _pusher(request)
    if pusher is None:
        raise Problem(409, "push.off")
    return jurisdiction, asker.id, asker.worker, pusher
