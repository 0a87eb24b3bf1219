"""A PostgreSQL that hangs: reads fail within seconds, health checks never wait, commands go on.

The times are those of a busy machine; on a quiet one reads answer within 2 s and it is back within 5.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from town import Town, command, ok, started

J = "H1"
READ_SECONDS = 6.0
PROMPT_SECONDS = 2.0
BACK_SECONDS = 20.0


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    yield from started(tmp_path_factory.mktemp("frozen"), apis=1, projectors=1)


async def timed(client: httpx.AsyncClient, path: str, **how: Any) -> tuple[httpx.Response, float]:
    begun = time.monotonic()
    answer = await client.get(path, **how)
    return answer, time.monotonic() - begun


@pytest.fixture
async def client(town: Town) -> httpx.AsyncClient:
    """A client of a process that has Worker 1 on duty in memory."""
    first = town.clients()[0]
    await ok(first, J, "worker.register", worker="W1", role="courier")
    done = (await command(first, J, "worker.check_in", worker="W1", area=J)).json()
    assert (await first.get(f"/api/v1/{J}/roster/W1", params={"after": done["position"]})).status_code == 200
    return first


async def test_a_database_that_hangs_costs_seconds(town: Town, client: httpx.AsyncClient) -> None:
    postgres = town.cluster["postgres"]
    postgres.pause()
    try:
        answer, took = await timed(client, f"/api/v1/{J}/headcount")
        assert answer.status_code == 503
        assert took < READ_SECONDS
        for path, status in (("/healthz", 200), ("/readyz", 503), ("/metrics", 200)):
            answer, took = await timed(client, path)
            assert (path, answer.status_code) == (path, status)
            assert took < PROMPT_SECONDS, path
        ready, _ = await timed(client, "/readyz")
        assert "silent since" in ready.json()["failure"]
        unknown = {"Authorization": "Bearer mst_unknown"}
        answer, took = await timed(client, f"/api/v1/{J}/roster", headers=unknown)
        assert answer.status_code == 503, "nobody can say that it is unknown"
        assert took < READ_SECONDS
        for presence in ("on_break", "available", "on_break"):
            begun = time.monotonic()
            done = await command(client, J, "worker.set_presence", worker="W1", presence=presence)
            assert (done.status_code, done.json()["outcome"]) == (200, "accepted")
            assert time.monotonic() - begun < PROMPT_SECONDS
    finally:
        postgres.resume()
    async with asyncio.timeout(BACK_SECONDS):
        while (await client.get(f"/api/v1/{J}/roster/W1")).json().get("presence") != "on_break":
            await asyncio.sleep(0.1)
        while (await client.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.1)
