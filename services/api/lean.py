"""Commands and pages of views, taken before the application's middlewares and its search for a route.

What these would do to them is done here as well, by the same parts. Much of the time of a check-in went into
the rest: a hundred routes tried, and stacks of things that none of them uses.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

Handler = Callable[[Request, Exception], Awaitable[Response]]


class LeanFastAPI(FastAPI):
    """An application with a short way for some endpoints. Everything else goes the long way."""

    _short: ASGIApp | None = None
    shortened: Sequence[Route] = ()

    def shorten(self, endpoints: Collection[Callable[..., Any]], middlewares: Sequence[Middleware]) -> None:
        """Lead these endpoints through these middlewares alone, outermost first. To be called once all routes
        and exception handlers are there."""
        handlers: dict[Any, Any] = dict(self.exception_handlers)
        crashed = handlers.pop(Exception)
        app: ASGIApp = _Answering(handlers)
        for kind, args, kwargs in reversed(middlewares):
            app = kind(app, *args, **kwargs)
        self._short = ServerErrorMiddleware(app, crashed)
        self.shortened = [one for one in self.routes if isinstance(one, Route) and one.endpoint in endpoints]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._short and scope["type"] == "http":
            for route in self.shortened:
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found, app=self)
                    return await self._short(scope, receive, send)
        await super().__call__(scope, receive, send)


class _Answering:
    """Sends what an endpoint returns, or what becomes of its exception."""

    def __init__(self, handlers: Mapping[Any, Handler]) -> None:
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = LeanRequest(scope, receive, send)
        try:
            response = await scope["endpoint"](request)
        except Exception as error:
            handler = next(
                (self._handlers[one] for one in type(error).__mro__ if one in self._handlers), None
            )
            if handler is None:
                raise
            response = await handler(request, error)
        await response(scope, receive, send)


class _Headers(Headers):
    """Headers found by one look-up each instead of a search."""

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        super().__init__(raw=raw)
        self._first = dict(reversed(raw))  # of a header given twice the first counts

    def __getitem__(self, key: str) -> str:
        return self._first[key.lower().encode("latin-1")].decode("latin-1")

    def get(self, key: str, default: Any = None) -> Any:
        """Do as the one of mappings, which raises and catches KeyError for each header that is not there."""
        found = self._first.get(key.lower().encode("latin-1"))
        return default if found is None else found.decode("latin-1")


class LeanRequest(Request):
    """A request whose body is read at once, and not as a stream."""

    _whole: bytes | None = None
    _found: _Headers | None = None

    @property
    def headers(self) -> Headers:
        if self._found is None:
            self._found = _Headers(self.scope["headers"])
        return self._found

    async def body(self) -> bytes:
        """Return the body. Raises ClientDisconnect."""
        if self._whole is None:
            parts, more = list[bytes](), True
            while more:
                message = await self.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                parts.append(message.get("body", b""))
                more = message.get("more_body", False)
            self._whole = b"".join(parts)
        return self._whole
