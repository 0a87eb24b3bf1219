"""Limits on request bodies, as pure ASGI. Bytes are counted on arrival, whatever Content-Length says."""

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import Problem

MOST_BYTES: Final = 8 * 1024 * 1024
SIGN_IN_BYTES: Final = 16 * 1024
"""Bodies of callers who are not signed in yet."""
SIGN_IN: Final = "/api/v1/session"
ASKING: Final = ("/ask", "/ask/receipt", "/ask/word")
"""Ends of the paths of a jurisdiction that need no token."""
SHOWING: Final = "/ask/files"
SHOWN_BYTES: Final = 2 * 1024 * 1024 + 1
"""Photos and recordings of anonymous callers: a byte above the limit, which has a code of its own."""
MOST_TOGETHER: Final = 128 * 1024 * 1024
"""Bytes of all bodies that are not answered yet."""
UNKNOWN_SHARE: Final = 4
"""Anonymous callers have this part of it, so slow photos cannot keep out callers with a token."""
CHUNK_SECONDS: Final = 30.0
"""Longest pause within a body."""


def _is_unknown(path: str) -> bool:
    return path == SIGN_IN or path.endswith((*ASKING, SHOWING))


def _most_of(path: str, *, unknown: bool) -> int:
    if not unknown:
        return MOST_BYTES
    return SHOWN_BYTES if path.endswith(SHOWING) else SIGN_IN_BYTES


class TooLarge(Exception):
    """The body exceeds the limit."""


class TooMuch(Exception):
    """All bodies together exceed the limit."""


class Bodies:
    """All bodies that are not answered yet, whichever way they came."""

    def __init__(self, most: int = MOST_TOGETHER, chunk_seconds: float = CHUNK_SECONDS) -> None:
        """`most`: of their bytes together."""
        self.most, self.chunk_seconds, self.held = most, chunk_seconds, 0
        self.unknown = 0
        """Of `held`, the bytes of callers who are not known."""

    def take(self, size: int, *, unknown: bool) -> None:
        """Count bytes that arrived, or fewer of them once they are answered."""
        self.held += size
        self.unknown += size if unknown else 0

    def full(self, *, unknown: bool) -> bool:
        """Whether there is no room for these bytes."""
        return self.held > self.most or (unknown and self.unknown > self.most // UNKNOWN_SHARE)


class LimitBodies:
    """Middleware that refuses large bodies with 413, slow ones with 408, and any with 503 if all of them
    together would take too much memory."""

    def __init__(
        self,
        app: ASGIApp,
        most: int = MOST_BYTES,
        bodies: Bodies | None = None,
    ) -> None:
        self._app, self._most, self._bodies = app, most, bodies or Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        unknown = _is_unknown(scope["path"])
        most = min(self._most, _most_of(scope["path"], unknown=unknown))
        bodies, seen, whole = self._bodies, 0, False

        async def counted() -> Message:
            nonlocal seen, whole
            if whole:  # only the end of the connection is to come
                return await receive()
            async with asyncio.timeout(bodies.chunk_seconds):
                message = await receive()
            size = len(message.get("body", b""))
            seen = seen + size
            bodies.take(size, unknown=unknown)
            whole = not message.get("more_body", False)
            if seen > most:
                raise TooLarge
            if bodies.full(unknown=unknown):
                raise TooMuch
            return message

        try:
            await self._app(scope, counted, send)
        except TooLarge:
            await Problem(413, "too_large", most=most).response()(scope, receive, send)
        except TooMuch:
            await Problem(503, "unavailable", headers={"Retry-After": "5"}).response()(scope, receive, send)
        except TimeoutError:
            if whole:
                raise
            await Problem(408, "slow").response()(scope, receive, send)
        finally:
            bodies.take(-seen, unknown=unknown)
