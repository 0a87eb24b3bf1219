"""Routes for the console's pages and files, from this origin only.

The path of files contains a digest of all of them, `/assets/{digest}/...`. Browsers cache them permanently,
modules of two versions never mix, and an outdated page gets 404 for late loads and starts over. Files are
read once, so that they match the digest even if an upgrade changes the folder under a running service.
"""

import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.base.accepts import takes_gzip
from services.console import refusals, rules

_HERE: Final = Path(__file__).parent
WEB: Final = _HERE / "web" if (_HERE / "web").exists() else _HERE.parents[1] / "web"
"""The folder of the pages: inside the installed package, or at the top of a checkout."""
FOR_GOOD: Final = "public, max-age=31536000, immutable"
ASK_EACH_TIME: Final = "no-cache"
_TEXT: Final = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
_TYPES: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_TYPED: Final = (".d.ts", ".d.mts")
"""Types for the editor and the type checker: never served."""
_COMMENTS: Final = re.compile(rb"^[ \t]*(//.*|/\*(?:(?!\*/)[\s\S])*\*/[ \t]*)\n", re.M)
"""Comments on lines of their own."""
_PLACE: Final = b"{{assets}}"
"""Placeholder in pages and the service worker for the path of all files."""
_LIST: Final = b"{{files}}"
"""Placeholder in the service worker for the files that the courier's page needs offline."""


_NEAR: Final = b"{{near}}"
"""Placeholder in the service worker of the public page for its texts."""


class File(NamedTuple):
    """One file, plain and compressed."""

    plain: bytes
    packed: bytes | None
    """None if compression gains nothing."""
    kind: str
    tag: str


@cache
def contents() -> dict[str, bytes]:
    """Return all files of the folder by relative path, and the generated ones."""
    paths = sorted(path for path in WEB.rglob("*") if path.is_file() and not path.name.endswith(_TYPED))
    found = {
        name: bare(name, path.read_bytes()) for path in paths if (name := path.relative_to(WEB).as_posix())
    }
    return {**found, **rules.modules(), **refusals.modules(languages())}


def bare(name: str, data: bytes) -> bytes:
    """Strip the comments of a script or style sheet, to save downloads on phones."""
    if name.startswith("vendor/") or not name.endswith((".js", ".css")):
        return data
    return _COMMENTS.sub(b"", data)


def languages() -> list[str]:
    """Return the codes of languages that have a folder of texts."""
    return sorted(path.name for path in (WEB / "i18n").glob("*") if path.is_dir())


@cache
def digest() -> str:
    """Return the digest of all contents."""
    found = hashlib.sha256()
    for name, data in contents().items():
        found.update(name.encode() + b"\0" + data)
    return found.hexdigest()[:16]


def asset(name: str) -> File | None:
    """Return a file below the folder; None if there is no such file."""
    return known_asset(name) if name in contents() else None


@cache
def known_asset(name: str) -> File:
    """Return and cache an existing file. Unknown names are not cached: clients could send any number."""
    return _file(contents()[name], Path(name))


@cache
def page(name: str) -> File:
    """Return a page or script with the path of all files filled in."""
    text = contents()[name].replace(_PLACE, f"/assets/{digest()}".encode())
    text = text.replace(_NEAR, "\n".join(f"i18n/{one}/near.js" for one in languages()).encode())
    if _LIST in text:
        text = text.replace(_LIST, "\n".join(_offline()).encode())
    return _file(text, Path(name))


def _offline() -> list[str]:
    """Return the files of the courier's page: those listed in `go/files.txt`, and its texts."""
    names = contents()["go/files.txt"].decode().split()
    texts = ("go", "go_refusals", "go_later", "near")
    names += [f"i18n/{one}/{name}.js" for one in languages() for name in texts]
    return [f"/assets/{digest()}/{name}" for name in names]


def _file(data: bytes, path: Path) -> File:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(data, 9, mtime=0) if kind.startswith(_TEXT) and len(data) > 500 else None
    return File(data, packed, kind, f'"{hashlib.sha256(data).hexdigest()[:32]}"')


def _answer(request: Request, file: File, caching: str, **more: str) -> Response:
    """Return a file. Permanently cached files get no ETag, which saves forty of them on a phone."""
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding", **more}
    if caching != FOR_GOOD:
        headers["ETag"] = file.tag
    if caching != FOR_GOOD and file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if file.packed and takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(file.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.kind)
    return Response(file.plain, headers=headers, media_type=file.kind)


async def files(request: Request) -> Response:
    """Serve a file of the current version."""
    file = asset(request.path_params["path"]) if request.path_params["digest"] == digest() else None
    if file is None:
        headers = {"Cache-Control": "no-store"}
        return Response("not of this version\n", 404, headers=headers, media_type="text/plain")
    return _answer(request, file, FOR_GOOD)


async def board(request: Request) -> Response:
    """Serve the command centre's board."""
    return _answer(request, page("board.html"), ASK_EACH_TIME)


async def wall(request: Request) -> Response:
    """Serve the wall board, for reading from afar without interaction."""
    return _answer(request, page("wall.html"), ASK_EACH_TIME)


async def go(request: Request) -> Response:
    """Serve the courier's page."""
    return _answer(request, page("go.html"), ASK_EACH_TIME)


async def certificate(request: Request) -> Response:
    """Serve the page that verifies a certificate, for everybody."""
    return _answer(request, page("certificate.html"), ASK_EACH_TIME)


async def worker(request: Request) -> Response:
    """Serve the courier's service worker, for use without a network."""
    more = {"Service-Worker-Allowed": "/go"}
    return _answer(request, page("go/worker.js"), ASK_EACH_TIME, **more)


async def manifest(request: Request) -> Response:
    """Serve the manifest for installing the courier's page."""
    return _answer(request, page("go/manifest.webmanifest"), ASK_EACH_TIME)


async def near(request: Request) -> Response:
    """Serve the public page of stations."""
    return _answer(request, page("near.html"), ASK_EACH_TIME)


async def near_worker(request: Request) -> Response:
    """Serve the service worker of the public page."""
    more = {"Service-Worker-Allowed": "/near"}
    return _answer(request, page("near/worker.js"), ASK_EACH_TIME, **more)


async def icon(request: Request) -> Response:
    """Serve the icon."""
    return _answer(request, page("icons/muster.svg"), ASK_EACH_TIME)


def routes() -> list[Route]:
    """Return the console's routes."""
    return [
        Route("/", board),
        Route("/wall", wall),
        Route("/go", go),
        Route("/certificate", certificate),
        Route("/go/worker.js", worker),
        Route("/go/manifest.webmanifest", manifest),
        Route("/near", near),
        Route("/near/worker.js", near_worker),
        Route("/favicon.ico", icon),
        Route("/assets/{digest}/{path:path}", files),
    ]
