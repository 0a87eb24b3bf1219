"""Views belong to a log: an older, emptied, other or vanished one is refused aloud, not served."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from service import J, Service, running

from services import wiring
from services.verify.views import audit

LOGS = ("log.sqlite", "log.sqlite-wal", "log.sqlite-shm")


def remove(data: Path) -> None:
    for name in LOGS:
        (data / name).unlink(missing_ok=True)


def older(data: Path, copy: Path) -> None:
    """Put back what was copied earlier."""
    remove(data)
    shutil.copytree(copy, data, dirs_exist_ok=True)


def emptied(data: Path, copy: Path) -> None:
    remove(data)


async def reports(data: Path) -> list[str]:
    """Return the codes that `muster verify` finds."""
    log, views, vault = await wiring.readonly(data)
    try:
        return [finding.code for finding in (await audit(log, views, J)).findings]
    finally:
        await log.close()
        await views.close()
        await vault.close()


async def refused_aloud(service: Service) -> None:
    async with asyncio.timeout(10):
        while (ready := await service.http.get("/readyz")).status_code != 503:
            await asyncio.sleep(0.02)
    assert (ready.status_code, ready.json()["status"]) == (503, "not_ready")
    assert "put the newest log back" in ready.json()["parked"][J]
    answer = await service.send("worker.register", worker="W9", role="courier")
    assert (answer.status_code, answer.json()["code"]) == (503, "jurisdiction.parked")


@pytest.mark.parametrize("replaced", [older, emptied])
async def test_a_log_that_does_not_lead_to_the_views(
    tmp_path: Path, replaced: Callable[[Path, Path], None]
) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    async with running(data) as service:
        await service.ok("worker.register", worker="W1", role="courier")
    copy.mkdir()
    shutil.copy(data / "log.sqlite", copy)
    async with running(data) as service:
        await service.ok("worker.register", worker="W2", role="courier")
        assert len(await service.rows("roster")) == 2
    assert await reports(data) == []
    replaced(data, copy)
    async with running(data) as service:
        await refused_aloud(service)
    assert await reports(data) == ["other_log"]


async def test_one_parked_jurisdiction_leaves_the_others_ready(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    async with running(data) as service:
        await service.ok("worker.register", worker="W1", role="courier")
        await service.rows("roster")
    emptied(data, copy)
    async with running(data) as service:
        await refused_aloud(service)
        body, key = {"worker": "W1", "role": "courier"}, {"Idempotency-Key": str(uuid4())}
        elsewhere = await service.http.post("/api/v1/2308/commands/worker.register", json=body, headers=key)
        assert elsewhere.status_code == 200
        ready = await service.http.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert list(ready.json()["parked"]) == [J]


async def test_another_log_of_the_same_length(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other"
    for folder, worker in ((data, "W1"), (other, "W2")):
        async with running(folder) as service:
            await service.ok("worker.register", worker=worker, role="courier")
            await service.rows("roster")
    remove(data)
    shutil.copy(other / "log.sqlite", data)
    async with running(data) as service:
        await refused_aloud(service)


async def test_a_log_file_removed_while_it_is_open(tmp_path: Path) -> None:
    """SQLite would go on writing into the lost file, and every acknowledgement would be a lie."""
    async with running(tmp_path) as service:
        await service.ok("worker.register", worker="W1", role="courier")
        (tmp_path / "log.sqlite").unlink()
        answer = await service.send("worker.register", worker="W2", role="courier")
        assert (answer.status_code, answer.json()["code"]) == (503, "jurisdiction.parked")
        ready = await service.http.get("/readyz")
        assert ready.status_code == 503
        assert "removed or replaced" in ready.json()["parked"][J]


async def test_an_older_log_put_in_place_of_the_open_one(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    async with running(data) as service:
        await service.ok("worker.register", worker="W1", role="courier")
    copy.mkdir()
    shutil.copy(data / "log.sqlite", copy)
    async with running(data) as service:
        await service.ok("worker.register", worker="W2", role="courier")
        older(data, copy)
        answer = await service.send("worker.register", worker="W3", role="courier")
        assert (answer.status_code, answer.json()["code"]) == (503, "jurisdiction.parked")
