"""The start page and the API's documentation, from this origin alone."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC: Final = Path(__file__).parent.parent / "static"
_HEADERS: Final = {
    b"content-security-policy": b"default-src 'self'; img-src 'self' data:; style-src 'self'; "
    b"script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
}


async def start(request: Request) -> FileResponse:
    """Signs in with the printed link and shows the way."""
    return FileResponse(STATIC / "start.html")


async def docs(request: Request) -> FileResponse:
    """Swagger UI on /openapi.json."""
    return FileResponse(STATIC / "docs.html")


class SecurityHeaders:
    """Adds the headers that keep pages to their own origin; pure ASGI, streams pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        await self._app(scope, receive, sending)
