"""A whole cluster for tests: its processes, clients of each API process, and the content of its log."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from events.commit import decode
from projections.catalog import views as catalog
from services.adapters.kafka.connection import Connection
from services.adapters.kafka.log import open_log
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views import PgViews
from services.base.clock import SharedClock
from services.log.port import Stored
from services.sandbox.child import free_port
from services.sandbox.cluster import Cluster
from services.verify.views import audit


class Town:
    """A running cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.headers = {"Authorization": f"Bearer {cluster.token}"}

    def clients(self) -> list[httpx.AsyncClient]:
        """Return one client per API process."""
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
        return [
            httpx.AsyncClient(base_url=url, headers=self.headers, trust_env=False, timeout=40, limits=limits)
            for url in self.cluster.urls
        ]

    def begin_scenario(self, apis: int) -> None:
        """End all API processes, and start so many with a clock that scenarios set."""
        for api in self.cluster.apis:
            api.stop()
        SharedClock(self.cluster.folder / "clock").set(datetime.now(UTC), going=True)
        self.cluster.apis = [self.cluster.new_api(number, free_port()) for number in range(apis)]
        for api in self.cluster.apis:
            api.start()
        for api in self.cluster.apis:
            api.wait_ready(60)

    @property
    def connection(self) -> Connection:
        """Return a connection to the log."""
        return Connection(servers=self.cluster.broker.servers)

    async def commits(self, jurisdiction: str) -> list[Stored]:
        """Return the accepted commits, read from the topic."""
        log = await open_log(self.connection)
        try:
            return [stored async for batch in log.read(jurisdiction) for stored in batch]
        finally:
            await log.close()

    async def recorded(self, jurisdiction: str) -> Counter[str]:
        """Count the commits that hold each command id."""
        found: Counter[str] = Counter()
        for stored in await self.commits(jurisdiction):
            found.update({event.command for event in decode(stored.data).events})
        return found

    async def audit(self, jurisdiction: str) -> list[str]:
        """Return all violations: of the chain, of the laws, views that differ from a fold or lag."""
        log = await open_log(self.connection)
        views = await PgViews.open(await Pool.open(self.cluster.database.dsn), catalog)
        try:
            end = await log.end(jurisdiction)
            async with asyncio.timeout(30):
                while (await views.head(jurisdiction)) != end:
                    await asyncio.sleep(0.1)
            report = await audit(log, views, jurisdiction)
            return [str(finding) for finding in report.findings]
        finally:
            await views.close()
            await log.close()


def started(folder: Path, **options: Any) -> Generator[Town, None, None]:
    """Run a cluster from before the first test until after the last."""
    cluster = Cluster(folder, **options)
    cluster.start()
    try:
        yield Town(cluster)
    finally:
        cluster.stop()


@contextlib.asynccontextmanager
async def watched(town: Town) -> AsyncIterator[None]:
    """Restart processes that die inside the block."""
    task = asyncio.create_task(town.cluster.watch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))
        if not task.cancelled() and task.exception():
            raise task.exception() or AssertionError


async def command(
    client: httpx.AsyncClient, jurisdiction: str, name: str, /, key: str | None = None, **body: Any
) -> httpx.Response:
    """Send one command."""
    return await client.post(
        f"/api/v1/{jurisdiction}/commands/{name}",
        json=body,
        headers={"Idempotency-Key": key or str(uuid4())},
    )


async def ok(client: httpx.AsyncClient, jurisdiction: str, name: str, /, **body: Any) -> int:
    """Send a command that must be accepted, and return its position."""
    answer = await command(client, jurisdiction, name, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()["position"]
