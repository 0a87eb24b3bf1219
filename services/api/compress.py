"""Answers to GET become smaller on their way; commands, streams and the log are left alone."""

from typing import Final

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

LEAST: Final = 1024
"""Bytes below which an answer is sent as it is: it fits into one packet."""
LEVEL: Final = 5
ON_THREAD: Final = 32 * 1024
"""Bytes from which on the loop does not wait for it."""


class CompressAnswers:
    """Gzip for whoever takes it. Not for lines of the log, which are sent one by one as they come."""

    def __init__(self, app: ASGIApp) -> None:
        excluded = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/x-ndjson")
        self._plain = app
        self._packing = GZipMiddleware(
            app, LEAST, LEVEL, thread_minimum_size=ON_THREAD, exclude_content_types=excluded
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reads = scope["type"] == "http" and scope["method"] == "GET"
        await (self._packing if reads else self._plain)(scope, receive, send)
