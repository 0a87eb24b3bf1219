"""A limit on request bodies, as pure ASGI. Bytes are counted on arrival, whatever Content-Length says."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import Problem

MOST_BYTES: Final = 8 * 1024 * 1024


class TooLarge(Exception):
    """The body exceeds the limit."""


class LimitBodies:
    """Middleware that refuses bodies of more than 8 MiB with 413."""

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                raise TooLarge
            return message

        try:
            await self._app(scope, counted, send)
        except TooLarge:
            problem = Problem(413, "too_large", most=self._most)
            await problem.response()(scope, receive, send)
