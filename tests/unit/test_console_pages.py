"""Serving of the console's files: cached permanently under one digest, and no other files."""

import gzip
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from services.console import pages, rules


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=pages.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://muster") as client:
        yield client


def place(name: str) -> str:
    return f"/assets/{pages.digest()}/{name}"


async def test_a_file_of_this_version_is_kept_for_good(http: httpx.AsyncClient) -> None:
    answer = await http.get(place("css/base.css"))

    assert answer.content == pages.contents()["css/base.css"]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["vary"] == "Accept-Encoding"


async def test_pages_are_asked_for_each_time_and_name_this_version(http: httpx.AsyncClient) -> None:
    for path in ("/", "/wall", "/go", "/go/worker.js"):
        answer = await http.get(path)
        again = await http.get(path, headers={"If-None-Match": answer.headers["etag"]})

        assert answer.headers["cache-control"] == "no-cache"
        assert f"/assets/{pages.digest()}/" in answer.text
        assert "{{" not in answer.text
        assert again.status_code == 304


async def test_who_does_not_take_gzip_gets_the_plain_file(http: httpx.AsyncClient) -> None:
    path = place("css/base.css")
    packed = await http.get(path, headers={"Accept-Encoding": "gzip"})
    plain = await http.get(path, headers={"Accept-Encoding": "identity"})
    refused = await http.get(path, headers={"Accept-Encoding": "gzip;q=0"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert packed.content == plain.content == refused.content


@pytest.mark.parametrize(
    "name",
    [
        *(
            "..%2fpages.py",
            "css/..%2f..%2fpages.py",
            "%2fetc/passwd",
            "css/..%2fcss/base.css",
            "css//base.css",
        ),
        *("", "css", "%00", "css/base.css%00", "x" * 5000, "css%5cbase.css"),
    ],
)
async def test_what_is_no_file_of_the_folder_is_not_found(http: httpx.AsyncClient, name: str) -> None:
    answer = await http.get(place(name))

    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


async def test_files_of_another_version_are_not_found(http: httpx.AsyncClient) -> None:
    answer = await http.get("/assets/0123456789abcdef/css/base.css")

    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


async def test_asking_for_what_there_is_not_fills_no_memory(http: httpx.AsyncClient) -> None:
    """Anybody may send such requests, without a token."""
    await http.get(place("nothing"))
    tracemalloc.start()
    try:
        for n in range(2_000):
            assert pages.asset(f"{n}{'x' * 10_000}") is None
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert grown < 1_000_000


def test_a_version_stays_what_it_was_though_the_folder_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An in-place upgrade must not serve new files under a digest that browsers cache permanently."""
    (tmp_path / "a.js").write_text("old")
    monkeypatch.setattr(pages, "WEB", tmp_path)
    made = b"".join(name.encode() + b"\0" + text for name, text in rules.modules().items())
    monkeypatch.setattr(pages.refusals, "modules", dict)
    caches = (pages.contents, pages.digest, pages.known_asset)
    for one in caches:
        one.cache_clear()
    try:
        before = pages.digest()
        (tmp_path / "a.js").write_text("new")
        found = pages.asset("a.js")
    finally:
        for one in caches:
            one.cache_clear()

    assert found
    assert found.plain == b"old"
    assert before == hashlib.sha256(b"a.js\0old" + made).hexdigest()[:16]


def test_comments_are_left_out_where_they_have_their_lines_to_themselves() -> None:
    text = b"""// A page.
/** Two
 * lines. */
const a = "// no comment"; // kept
  /** @type {number} */ (b).c = 1;
/** D. */
const d = /* one */ 2;
"""

    assert pages.bare("a.js", text).decode().splitlines() == [
        'const a = "// no comment"; // kept',
        "  /** @type {number} */ (b).c = 1;",
        "const d = /* one */ 2;",
    ]
    assert pages.bare("vendor/a.js", text) == text


def test_a_packed_file_is_the_file() -> None:
    for name in pages.contents():
        found = pages.asset(name)
        assert found
        assert found.packed is None or gzip.decompress(found.packed) == found.plain
