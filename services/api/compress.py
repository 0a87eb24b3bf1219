"""Compression of GET responses. Commands, streams and the log are not compressed here."""

from typing import Final

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.table_files import XLSX

LEAST: Final = 1024
"""Smaller responses, in bytes, are not compressed: they fit into one packet."""
LEVEL: Final = 5
ON_THREAD: Final = 64 * 1024
"""Responses of this many bytes or more are compressed on a thread. A page of 100 rows is smaller, and takes
less time than a thread waits for its turn."""


class CompressAnswers:
    """Gzip GET responses if the client accepts it. Lines of the log are sent one by one, uncompressed.
    Workbooks and base maps are compressed already."""

    def __init__(self, app: ASGIApp) -> None:
        excluded = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/x-ndjson", "application/vnd.pmtiles", XLSX)
        self._plain = app
        self._packing = GZipMiddleware(
            app, LEAST, LEVEL, thread_minimum_size=ON_THREAD, exclude_content_types=excluded
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reads = scope["type"] == "http" and scope["method"] == "GET"
        await (self._packing if reads else self._plain)(scope, receive, send)
