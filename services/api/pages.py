"""The API documentation page, and the security headers of all pages."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.context import edge, principal
from services.api.server.edge import Edge

STATIC: Final = Path(__file__).parent / "static"
_FEATURES: Final = (
    "geolocation=(self), camera=(self), microphone=(self), payment=(), usb=(), serial=(), midi=(), "
    "hid=(), accelerometer=(), gyroscope=(), magnetometer=(), display-capture=()"
)
_PARTS: Final = (".js", ".mjs", ".css")
"""Files that are covered by their page's policy."""
_DATA: Final = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
"""Headers of answers that are no page: nothing in them may run or load. On a phone each byte counts."""
_TLS: Final = (b"strict-transport-security", b"max-age=31536000")


def _headers(edge: Edge) -> list[tuple[bytes, bytes]]:
    """Return the security headers: same origin only, plus the map's tile server if one is set."""
    tiles = f" {edge.origin}" if edge.origin else ""
    policy = (
        f"default-src 'self'; img-src 'self' data:{tiles}; connect-src 'self'{tiles}; style-src 'self'; "
        "script-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"permissions-policy", _FEATURES.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]


async def basemap(request: Request) -> Response:
    """Serve the PMTiles archive of the map's background, whole or a range of it, to signed-in callers."""
    await principal(request)
    archive = edge(request).basemap
    if archive is None:
        return Response("no base map is set\n", 404, media_type="text/plain")
    caching = {"Cache-Control": "private, max-age=86400"}
    return FileResponse(archive, headers=caching, media_type="application/vnd.pmtiles")


async def docs(request: Request) -> FileResponse:
    """Serve Swagger UI for /openapi.json."""
    return FileResponse(STATIC / "docs.html")


class SecurityHeaders:
    """Middleware that adds the security headers. Pure ASGI; streams pass unchanged."""

    def __init__(self, app: ASGIApp, edge: Edge) -> None:
        self._app, self._headers = app, _headers(edge)
        self._of_parts = [(b"x-content-type-options", b"nosniff")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = self._of(scope)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        await self._app(scope, receive, sending)

    def _of(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        path: str = scope.get("path", "")
        if path.startswith("/api/"):
            return data_headers(scope)
        return [*(self._of_parts if _is_part(path) else self._headers), *_tls(scope)]


def data_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return the security headers of an answer that is no page."""
    return [*_DATA, *_tls(scope)]


def _is_part(path: str) -> bool:
    """Return whether the file is a script or style sheet, which need no policy of their own.

    That saves 600 bytes on each of some forty files. A service worker needs one: the page's does not apply.
    """
    return path.startswith("/assets/") and path.endswith(_PARTS) and "worker" not in path


def _tls(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return the HSTS header under TLS, except for localhost, where other programs may serve other ports
    without TLS."""
    if scope.get("scheme") != "https":
        return []
    host = next((value for name, value in scope.get("headers", ()) if name == b"host"), b"")
    local = host.rpartition(b":")[0] or host
    return [] if local.lower() == b"localhost" else [_TLS]
