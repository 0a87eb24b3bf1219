"""A real server on loopback, in this process, with its own data folder."""

import asyncio
import atexit
import contextlib
import shutil
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from projections.catalog import views as catalog
from services import wiring
from services.access import Tokens
from services.adapters.sqlite.views import SqliteViews
from services.api.app import build
from services.api.server.edge import Edge
from services.api.server.serve import Door, serve
from services.application.muster import Muster
from services.base.private import make_folder
from services.push.pusher import Pusher

J = "2307"
TRUST = ssl.create_default_context()
"""Shared, as creating one takes longer than most tests."""


class Service:
    """A running service, an admin's client, and shortcuts."""

    def __init__(self, muster: Muster, tokens: Tokens, url: str, secret: str) -> None:
        self.muster, self.tokens, self.url = muster, tokens, url
        self.verify = TRUST
        self.http = self.client(secret)
        self.stop, self.ended = asyncio.Event(), asyncio.Event()

    def client(self, secret: str | None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return httpx.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, timeout=30, verify=self.verify
        )

    async def as_(self, scope: str, **more: Any) -> httpx.AsyncClient:
        """Return a client with a token of this scope."""
        return self.client(await self.tokens.create(f"t{uuid4().hex[:8]}", scope, **more))

    async def send(
        self, command: str, /, *, key: str | None = None, client: httpx.AsyncClient | None = None, **body: Any
    ) -> httpx.Response:
        """Send one command."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return await (client or self.http).post(f"/api/v1/{J}/commands/{command}", json=body, headers=headers)

    async def ok(self, command: str, /, **body: Any) -> dict[str, Any]:
        """Send a command that must be accepted, and wait until the views have it."""
        answer = await self.send(command, **body)
        assert answer.status_code == 200, answer.text
        assert await self.muster.progress.reached(J, answer.json()["position"], 5)
        return answer.json()

    async def rows(
        self, view: str, client: httpx.AsyncClient | None = None, **query: Any
    ) -> list[dict[str, Any]]:
        """Return the rows of a page, after the views have caught up with the log."""
        assert await self.muster.progress.reached(J, (await self.muster.log.end(J)).position, 5)
        answer = await (client or self.http).get(f"/api/v1/{J}/{view}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]


_EMPTY = Path(tempfile.mkdtemp(prefix="muster-views-")) / "views.sqlite"
atexit.register(shutil.rmtree, _EMPTY.parent, ignore_errors=True)


async def _tables(data: Path) -> None:
    """Copy the empty tables of views to a new data folder: making them takes half the time of a start."""
    if not _EMPTY.exists():
        await SqliteViews(_EMPTY, catalog).close()
    if not (data / "views.sqlite").exists():
        make_folder(data)
        shutil.copy(_EMPTY, data)


@contextlib.asynccontextmanager
async def running(
    data: Path,
    door: Door = Door(),  # noqa: B008
    edge: Edge = Edge(),  # noqa: B008
    push: Callable[[Tokens], Awaitable[Pusher]] | None = None,
) -> AsyncIterator[Service]:
    """Run a service on a data folder until the block ends."""
    await _tables(data)
    muster, tokens = await wiring.embedded(data), await wiring.tokens(data)
    secret = await tokens.first_admin() or await tokens.local_admin()
    assert secret
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def started(url: str) -> None:
        ready.set_result(url)

    service = Service(muster, tokens, "", secret)
    app = build(muster, tokens, edge, await push(tokens) if push else None)
    task = asyncio.create_task(serve(app, muster.background, data, door, started, service.stop))
    task.add_done_callback(lambda _: service.ended.set())
    service.url = await ready
    service.http = service.client(secret)
    try:
        yield service
    finally:
        await service.http.aclose()
        service.stop.set()
        await task
        await tokens.close()
