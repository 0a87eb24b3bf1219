"""The short way of commands and pages, and direct answers, are those of the application's long way."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from projections.catalog import public_views
from services import wiring
from services.access import AccessUnavailable, Tokens
from services.api import limits
from services.api.app import build
from services.api.direct import MOST_BYTES, DirectCommands
from services.api.lean import LeanFastAPI
from services.application.muster import Muster
from services.log.port import LogUnavailable
from services.recorder.errors import Overloaded, Parked

pytestmark = pytest.mark.asyncio(loop_scope="module")
J = "2307"
HERE = f"/api/v1/{J}/commands"
CHECK_IN = f"{HERE}/worker.check_in"
ROSTER = f"/api/v1/{J}/roster"
WAYS = ("direct", "short", "long")
BODY = json.dumps({"worker": "W", "area": J})
Headers = dict[str, str | None]


@dataclass(frozen=True)
class Asked:
    """A request. `W` in its body is a worker of each way's own."""

    path: str = CHECK_IN
    body: str | bytes = BODY
    headers: Headers = field(default_factory=dict[str, str | None])
    """Beside the usual ones; None takes one away."""
    also: tuple[tuple[bytes, bytes], ...] = ()
    """Headers after these."""
    method: str = "POST"
    who: str | None = "admin"
    scheme: str = "http"
    query: str = ""
    ends: bool = True
    """Whether the body's end arrives."""
    gone: bool = False
    """Whether the sender goes away within the body."""
    key: int = 0


Answered = tuple[int, list[tuple[str, str]], Any]


class Both:
    """An application and its two ways in. Each has workers and ids of its own."""

    def __init__(self, app: LeanFastAPI, tokens: Tokens, muster: Muster) -> None:
        self.app, self.tokens, self.muster = app, tokens, muster
        self.bodies: limits.Bodies = app.state.bodies
        self.secrets: dict[str, str] = {}
        self.session = ""
        self.keys = 0
        self.direct = DirectCommands(app)
        self.answered_directly = 0

    async def ask(self, asked: Asked, way: str) -> Answered:
        """Send a request one way; return status, headers and body, with this way's names as the other's."""
        names = {"W": f"{way}-1"}
        body = (
            asked.body
            if isinstance(asked.body, bytes)
            else asked.body.replace('"W"', f'"{names["W"]}"').encode()
        )
        key = str(UUID(int=(asked.key or self.keys) * len(WAYS) + WAYS.index(way)))
        body = body.replace(b"KEY", key.encode())
        sent = await _sent(self.way(way), asked, body, self.headers(asked, key))
        start, *rest = sent
        whole = b"".join(one.get("body", b"") for one in rest)
        text = (gzip.decompress(whole) if whole.startswith(b"\x1f\x8b") else whole).decode()
        for own, common in ((key, "KEY"), (names["W"], "W")) if asked.method == "POST" else ():
            text = text.replace(own, common)
        told = json.loads(text) if text.startswith(("{", "[")) else text
        headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
        return start["status"], [_common(*one) for one in headers], _without_positions(told)

    async def views_are_level(self) -> None:
        """Wait for what earlier requests recorded, which pages show."""
        end = await self.muster.log.end(J)
        assert await self.muster.progress.reached(J, end.position, 10)

    def way(self, way: str) -> ASGIApp:
        if way == "direct":
            return self._directly
        if way == "short":
            return self.app
        return lambda scope, receive, send: FastAPI.__call__(self.app, scope, receive, send)

    async def _directly(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the server does: directly if possible, else by the application."""
        first = await receive()
        whole = first["type"] == "http.request" and not first["more_body"]
        url = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        found = self.direct.find(url) if whole and scope["method"] == "POST" else None
        answered = asyncio.get_running_loop().create_future()

        def respond(response: Response, more: list[tuple[bytes, bytes]]) -> None:
            answered.set_result((response, [*response.raw_headers, *more]))

        if found and self.direct.answer({**scope, "path_params": found}, first["body"], respond):
            self.answered_directly += 1
            response, headers = await answered
            await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
            return await send({"type": "http.response.body", "body": response.body})
        given = iter([first])

        async def again() -> Message:
            return next(given, None) or await receive()

        await self.app(scope, again, send)

    def headers(self, asked: Asked, key: str) -> list[tuple[bytes, bytes]]:
        usual: Headers = {
            "host": "muster.example",
            "content-type": "application/json",
            "idempotency-key": key,
            "authorization": f"Bearer {self.secrets.get(asked.who, asked.who)}" if asked.who else None,
        }
        given = {**usual, **asked.headers}
        return [
            (name.encode(), value.replace("SESSION", self.session).replace("KEY", key).encode())
            for name, value in given.items()
            if value is not None
        ] + list(asked.also)


def _common(name: str, value: str) -> tuple[str, str]:
    """Return a header without the length, which differs with the names and positions in the body."""
    return name, "?" if name == "content-length" else value


def _without_positions(told: Any) -> Any:
    """Return a body without positions, which differ as each way's events follow the other's."""
    if isinstance(told, dict):
        return {k: bool(v) if k == "position" else _without_positions(v) for k, v in told.items()}  # pyright: ignore
    if isinstance(told, list):
        return [_without_positions(one) for one in told]  # pyright: ignore
    return told


async def _sent(app: ASGIApp, asked: Asked, body: bytes, headers: list[tuple[bytes, bytes]]) -> list[Message]:
    parts = [body[i : i + 2**20] for i in range(0, len(body), 2**20)] or [b""]
    sent: list[Message] = []

    async def receive() -> Message:
        if asked.gone:
            return {"type": "http.disconnect"}
        if not parts:
            await asyncio.Event().wait()
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts) or not asked.ends}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": asked.scheme,
        "path": asked.path,
        "raw_path": asked.path.encode(),
        "query_string": asked.query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "state": {},
    }
    async with asyncio.timeout(10):
        await app(scope, receive, send)
    return sent


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Both]:
    data: Path = tmp_path_factory.mktemp("lean")
    muster, tokens = await wiring.embedded(data), await wiring.tokens(data)
    secret = await tokens.first_admin()
    assert secret
    found = Both(build(muster, tokens), tokens, muster)
    found.secrets["admin"] = secret
    found.session = await tokens.session(secret) or ""
    for name, scope in (("desk", "dispatcher"), ("wall", "viewer"), ("own", "worker:other")):
        found.secrets[name] = await tokens.create(name, scope)
    found.secrets["elsewhere"] = await tokens.create("elsewhere", "dispatcher", jurisdictions=("9999",))
    found.secrets["revoked"] = await tokens.create("revoked", "dispatcher")
    await tokens.revoke("revoked")
    async with muster.running():
        found.keys = 900
        for way in WAYS:
            for worker in (f"{way}-1", f"{way}-2", f"{way}-3"):
                known = json.dumps({"worker": worker, "role": "courier", "name": f"Person {way}"})
                assert (await found.ask(Asked(f"{HERE}/worker.register", known), way))[0] == 200
                found.keys += 1
        yield found
    await tokens.close()


ITEM = '{"id": "KEY", "name": "worker.check_in", "data": {"worker": "W", "area": "2307"}}'
LARGE = b" " * (limits.MOST_BYTES + 1)
CROSS: Headers = {"cookie": "muster_session=SESSION", "sec-fetch-site": "cross-site"}
MATRIX: dict[str, tuple[int, Asked]] = {
    # accepted, and answered again
    "good": (200, Asked(key=1)),
    "sent again": (200, Asked(key=1)),
    "the id is another command's": (422, Asked(key=1, body='{"worker": "W", "area": "2307.1"}')),
    "nothing changes": (200, Asked()),
    "with an instant": (
        200,
        Asked(body='{"worker": "W", "area": "2307", "at": "2026-01-01T08:00:00+08:00"}'),
    ),
    "can wait": (200, Asked(headers={"priority": "u=7, i"})),
    "with a query": (200, Asked(query="after=3")),
    "behind TLS": (200, Asked(scheme="https")),
    "on localhost behind TLS": (200, Asked(scheme="https", headers={"host": "localhost:8443"})),
    "with a charset": (200, Asked(headers={"content-type": "Application/JSON; charset=utf-8"})),
    "without a media type": (200, Asked(headers={"content-type": None})),
    "by a session": (200, Asked(who=None, headers={"cookie": "muster_session=SESSION"})),
    "observed": (200, Asked(body='{"worker": "W", "area": "2307", "observed": true}')),
    # refused by a rule
    "unknown worker": (409, Asked(body='{"worker": "nobody", "area": "2307"}')),
    "an area elsewhere": (409, Asked(body='{"worker": "W", "area": "2307-99"}')),
    "another's": (403, Asked(who="own")),
    # not allowed
    "no token": (401, Asked(who=None)),
    "unknown token": (401, Asked(who="mst_unknown")),
    "revoked token": (401, Asked(who="revoked")),
    "another scheme": (401, Asked(headers={"authorization": "Basic YTpi"})),
    "a page of another origin": (401, Asked(who=None, headers=CROSS)),
    "two tokens": (200, Asked(also=((b"authorization", b"Bearer mst_unknown"),))),
    "two ids": (200, Asked(also=((b"idempotency-key", b"seven"),))),
    "may only read": (403, Asked(who="wall")),
    "another jurisdiction's": (403, Asked(who="elsewhere")),
    "may not observe": (403, Asked(who="own", body='{"worker": "other", "area": "2307", "observed": true}')),
    # unknown
    "unknown command": (404, Asked(f"{HERE}/worker.fly")),
    "no command's name": (404, Asked(f"{HERE}/fly")),
    "unknown jurisdiction": (404, Asked("/api/v1/5555/commands/worker.check_in", who="desk")),
    "malformed jurisdiction": (404, Asked("/api/v1/no code/commands/worker.check_in")),
    "more path": (404, Asked(f"{CHECK_IN}/more")),
    "a page named like it": (404, Asked("/commands/worker.check_in")),
    "a slash at the end": (307, Asked(f"{CHECK_IN}/")),
    "a line at the end": (200, Asked(f"{CHECK_IN}\n")),
    # other methods
    "GET": (405, Asked(method="GET")),
    "HEAD": (405, Asked(method="HEAD")),
    "OPTIONS": (405, Asked(method="OPTIONS")),
    "PUT": (405, Asked(method="PUT")),
    # preconditions
    "no id": (400, Asked(headers={"idempotency-key": None})),
    "bad id": (400, Asked(headers={"idempotency-key": "seven"})),
    "a quoted id": (200, Asked(headers={"idempotency-key": '"KEY"'})),
    "if-match is not for it": (400, Asked(headers={"if-match": '"3"'})),
    "if-match is no number": (400, Asked(headers={"if-match": '"x"'})),
    "an amendment": (200, Asked(f"{HERE}/worker.amend", '{"worker": "W", "role": "medic"}')),
    # bad bodies
    "no JSON": (400, Asked(body="{")),
    "empty": (400, Asked(body=b"")),
    "no object": (422, Asked(body="[]")),
    "a field too many": (422, Asked(body='{"worker": "W", "area": "2307", "colour": 1}')),
    "a field missing": (422, Asked(body='{"worker": "W"}')),
    "a wrong type": (422, Asked(body='{"worker": 7, "area": ""}')),
    "a key twice": (422, Asked(body='{"worker": "W", "area": "2307", "area": "2307"}')),
    "a key twice, hidden": (422, Asked(body='{"worker": "W", "area": "2307", "worker": "\\u003a"}')),
    "no UTF-8": (400, Asked(body=b'{"worker": "\xff"}')),
    "compressed": (
        400,
        Asked(body=gzip.compress(BODY.encode(), mtime=0), headers={"content-encoding": "gzip"}),
    ),
    "a form": (415, Asked(headers={"content-type": "application/x-www-form-urlencoded"})),
    "too large": (413, Asked(body=LARGE)),
    "too large, by nobody": (401, Asked(body=LARGE, who=None)),
    "in parts": (200, Asked(body=BODY + " " * 2**21)),
    "does not arrive": (408, Asked(ends=False)),
    "goes away": (400, Asked(gone=True)),
    # batches
    "a batch": (200, Asked(HERE, f"[{ITEM}]")),
    "an empty batch": (200, Asked(HERE, "[]")),
    "a batch with bad items": (
        200,
        Asked(HERE, '[{"id": "KEY", "name": "x"}, {"id": "2", "name": 1, "data": 0}]'),
    ),
    "a batch of something else": (422, Asked(HERE, "[1]")),
    "a batch that is none": (422, Asked(HERE, "{}")),
    "a batch too long": (413, Asked(HERE, "[" + ",".join([ITEM] * 501) + "]")),
    "a batch by nobody": (401, Asked(HERE, "[]", who=None)),
    "a batch with a form's type": (415, Asked(HERE, "[]", headers={"content-type": "text/plain"})),
    "a batch elsewhere": (404, Asked("/api/v1/5555/commands", "[]", who="desk")),
    "batches listed": (405, Asked(HERE, method="GET")),
    # pages of views
    "a page": (200, Asked(ROSTER, method="GET")),
    "a page, compressed": (200, Asked(ROSTER, method="GET", headers={"accept-encoding": "gzip"})),
    "a short page": (200, Asked(ROSTER, method="GET", query="limit=1", headers={"accept-encoding": "gzip"})),
    "a page that is awaited": (200, Asked(ROSTER, method="GET", query="after=1")),
    "a page's past": (200, Asked(ROSTER, method="GET", query="as_of=1")),
    "a page by a session": (
        200,
        Asked(ROSTER, method="GET", who=None, headers={"cookie": "muster_session=SESSION"}),
    ),
    "a page behind TLS": (200, Asked(ROSTER, method="GET", scheme="https")),
    "a page's head": (200, Asked(ROSTER, method="HEAD")),
    "own rows": (200, Asked(ROSTER, method="GET", who="own")),
    "a page by nobody": (401, Asked(ROSTER, method="GET", who=None)),
    "a page to a page of another origin": (401, Asked(ROSTER, method="GET", who=None, headers=CROSS)),
    "a page elsewhere": (403, Asked(ROSTER, method="GET", who="elsewhere")),
    "a page of nowhere": (404, Asked("/api/v1/5555/roster", method="GET", who="desk")),
    "a page of no view": (404, Asked(f"/api/v1/{J}/nothing", method="GET")),
    "a page that is not there yet": (400, Asked(ROSTER, method="GET", query="after=x")),
    "an unknown filter": (400, Asked(ROSTER, method="GET", query="colour=red")),
    "an unknown order": (400, Asked(ROSTER, method="GET", query="sort=colour")),
    "a page posted": (405, Asked(ROSTER)),
    "a page with a slash at the end": (307, Asked(f"{ROSTER}/", method="GET")),
    "a row": (404, Asked(f"{ROSTER}/nobody", method="GET")),
}


@pytest.mark.parametrize("case", MATRIX)
async def test_both_ways_answer_alike(both: Both, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, asked = MATRIX[case]
    both.keys = 1000 + list(MATRIX).index(case)
    if not asked.ends:
        monkeypatch.setattr(both.bodies, "chunk_seconds", 0.05)
    await both.views_are_level()
    direct, short, long = [await both.ask(asked, way) for way in WAYS]
    assert direct == short == long
    assert short[0] == status, short[2]


def _raising(error: Exception) -> Callable[..., Awaitable[Any]]:
    async def fails(*args: Any) -> Any:
        raise error

    return fails


def _raising_at_once(error: Exception) -> Callable[..., None]:
    def fails(*args: Any) -> None:
        raise error

    return fails


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, Overloaded("admin/local")),
        (503, Overloaded()),
        (503, Parked("torn")),
        (503, LogUnavailable("the disk is gone")),
        (503, AccessUnavailable("no tokens")),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else str(one),
)
@pytest.mark.parametrize("asked", [Asked(), Asked(HERE, f"[{ITEM}]")], ids=["one", "batch"])
async def test_both_ways_fail_alike(
    both: Both, asked: Asked, status: int, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(both.muster.commands, "submit", _raising(error))
    monkeypatch.setattr(both.muster.commands, "send", _raising_at_once(error))
    direct, short, long = [await both.ask(asked, way) for way in WAYS]
    assert direct == short == long
    assert short[0] == status


async def test_both_ways_crash_alike(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = ZeroDivisionError("a fault")
    monkeypatch.setattr(both.muster.commands, "submit", _raising(fault))
    monkeypatch.setattr(both.muster.commands, "send", _raising_at_once(fault))
    sent: dict[str, list[Message]] = {way: [] for way in WAYS}
    for way in WAYS:
        with pytest.raises(ZeroDivisionError):  # for the server's log
            await _crashed(both, way, sent[way])
    assert sent["direct"] == sent["short"] == sent["long"]
    assert sent["short"][0]["status"] == 500


async def _crashed(both: Both, way: str, sent: list[Message]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        async def kept(message: Message) -> None:
            sent.append(message)

        await both.way(way)(scope, receive, kept)

    key = str(UUID(int=77))
    await _sent(app, Asked(), BODY.encode(), both.headers(Asked(), key))


async def test_all_bodies_share_one_limit_whichever_way_they_come(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(both.bodies, "chunk_seconds", 0.3)
    monkeypatch.setattr(both.bodies, "most", 1000)
    slow = Asked(body=b"{" + b" " * 900, ends=False)
    held = asyncio.create_task(both.ask(slow, "long"))
    async with asyncio.timeout(2):
        while not both.bodies.held:
            await asyncio.sleep(0)
    assert (await both.ask(Asked(body=b" " * 500), "short"))[0] == 503
    assert (await held)[0] == 408
    assert both.bodies.held == 0


async def test_commands_count_in_the_metrics_whichever_way_they_come(both: Both) -> None:
    def counted() -> float:
        return (
            both.muster.figures.registry.get_sample_value("muster_commands_total", {"outcome": "accepted"})
            or 0
        )

    before = counted()
    for number, way in enumerate(WAYS):
        assert (await both.ask(Asked(f"{HERE}/worker.register", '{"role": "medic"}', key=800 + number), way))[
            0
        ] == 200
    assert counted() == before + len(WAYS)


@pytest.mark.parametrize(
    ("directly", "asked"),
    [
        (True, Asked()),
        (True, Asked(body='{"worker": "nobody", "area": "2307"}')),
        (True, Asked(body="{")),
        (True, Asked(who="wall")),
        (True, Asked(headers={"idempotency-key": None})),
        (False, Asked(who=None)),
        (False, Asked(who=None, headers={"cookie": "muster_session=SESSION"})),
        (False, Asked("/api/v1/5555/commands/worker.check_in")),
        (False, Asked(query="after=3")),
        (False, Asked(body=BODY + " " * MOST_BYTES)),
        (False, Asked(HERE, f"[{ITEM}]")),
    ],
    ids=lambda one: "" if isinstance(one, Asked) else "directly" if one else "otherwise",
)
async def test_what_waits_for_its_record_alone_is_answered_directly(
    both: Both, asked: Asked, *, directly: bool
) -> None:
    before = both.answered_directly
    await both.ask(asked, "direct")
    assert (both.answered_directly > before) == directly


async def test_behind_a_trusted_proxy_the_answer_is_as_under_tls(both: Both) -> None:
    given: list[tuple[bytes, bytes]] = []
    scope = {
        "type": "http",
        "scheme": "http",
        "client": ("10.0.0.9", 80),
        "headers": [(b"host", b"muster.example"), (b"x-forwarded-proto", b"https")],
        "path_params": {"jurisdiction": J, "name": "worker.fly"},
    }
    for trusted in (["10.0.0.0/8"], ["192.0.2.1"], []):
        direct = DirectCommands(both.app, trusted)
        assert direct.answer({**scope}, b"", lambda _, more: given.append(more[-1]))
    assert [name for name, _ in given] == [b"strict-transport-security", *[b"referrer-policy"] * 2]


async def test_only_commands_and_pages_of_views_take_the_short_way(both: Both) -> None:
    assert [(route.path, route.methods) for route in both.app.shortened] == [
        ("/api/v1/{jurisdiction}/commands/{name:command}", {"POST"}),
        ("/api/v1/{jurisdiction}/commands", {"POST"}),
        ("/api/v1/{jurisdiction}/{view:view}", {"GET", "HEAD"}),
    ]


async def test_the_short_way_takes_nothing_from_another_endpoint(both: Both) -> None:
    """It is tried first, and the long way tries other routes before these."""
    paths = [f"/api/v1/{J}/{view}" for view in public_views()]
    for path in (*paths, CHECK_IN, HERE):
        method = "GET" if path in paths else "POST"
        scope = {"type": "http", "path": path, "method": method}
        first = next(one for one in both.app.routes if one.matches(scope)[0] is Match.FULL)
        assert first in both.app.shortened, path
