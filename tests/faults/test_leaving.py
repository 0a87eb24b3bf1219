"""A writer that is released, and keys that outlive their erasure: nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from office import ask, office
from scripted import Scripted, Topic

from services.adapters.sqlite.keys import local_vault
from services.decisions.worker.commands import Erase, Register
from services.log.chained import ChainedLog
from services.recorder import recording
from services.recorder import writer as writing
from services.recorder.envelope import CommandEnvelope
from services.snapshots.port import Snapshot
from services.vault import Vault
from services.vault.errors import VaultUnavailable

J = "2307"


class Slow:
    """A slow snapshot store."""

    def __init__(self) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()

    async def get(self, jurisdiction: str) -> Snapshot | None:
        return None

    async def put(self, snapshot: Snapshot, idle: object) -> bool:
        self.asked.set()
        await self.go.wait()
        return True


class Locked:
    """A vault whose key store is unavailable for a while."""

    def __init__(self, vault: Vault) -> None:
        self._vault, self.away = vault, False
        self.destroyed: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vault, name)

    async def erase_all(self, jurisdiction: str, subjects: Sequence[str]) -> None:
        if self.away:
            raise VaultUnavailable("away")
        self.destroyed += subjects
        await self._vault.erase_all(jurisdiction, subjects)


@pytest.fixture
async def keys(tmp_path: Path) -> AsyncIterator[Locked]:
    vault = await local_vault(tmp_path)
    yield Locked(vault)
    await vault.close()


@pytest.fixture
async def topic() -> Topic:
    return Topic(2)


async def test_a_command_that_comes_while_its_writer_leaves_is_recorded(
    topic: Topic, keys: Locked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "LEAST", 1)
    log, slow = await ChainedLog(Scripted(topic), topic.identity).open(), Slow()
    writer = office(log, keys, slow)
    running = asyncio.create_task(writer.run(idle=0.05))
    assert await ask(writer, Register(worker="W1", role="courier")) == "accepted"
    await slow.asked.wait()

    late = asyncio.create_task(ask(writer, Register(worker="W2", role="courier")))
    await asyncio.sleep(0.05)
    slow.go.set()

    assert await late == "accepted"
    await asyncio.wait_for(running, 5)
    await log.close()


async def test_a_key_is_destroyed_once_its_store_is_back(
    topic: Topic, keys: Locked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "RETRY_SECONDS", 0.01)
    log = await ChainedLog(Scripted(topic), topic.identity).open()
    writer = office(log, keys)
    running = asyncio.create_task(writer.run())
    await ask(writer, Register(worker="W1", role="courier"))
    keys.away, key = True, str(uuid4())
    assert await ask(writer, Erase(worker="W1"), key) == "pending"

    keys.away = False
    assert await ask(writer, Erase(worker="W1"), key) == "known"
    assert keys.destroyed == ["worker/W1"]
    running.cancel()
    await asyncio.wait((running,))
    await log.close()


async def test_an_erasure_whose_process_died_before_the_key_is_finished_by_another(
    topic: Topic, keys: Locked
) -> None:
    logs = [await ChainedLog(Scripted(topic), topic.identity).open() for _ in range(2)]
    first, second = (office(log, keys) for log in logs)
    running = [asyncio.create_task(one.run()) for one in (first, second)]
    await ask(first, Register(worker="W1", role="courier"))
    await ask(second, Register(worker="W2", role="courier"))
    keys.away, key = True, str(uuid4())
    assert await ask(first, Erase(worker="W1"), key) == "pending"
    running[0].cancel()
    await asyncio.wait(running[:1])
    keys.away = False

    assert await ask(second, Erase(worker="W1"), key) == "known"
    async with asyncio.timeout(5):
        while not keys.destroyed:
            await asyncio.sleep(0.01)
    assert keys.destroyed == ["worker/W1"]
    running[1].cancel()
    await asyncio.wait(running)
    for log in logs:
        await log.close()


async def test_only_personal_data_is_sealed_again_when_there_was_no_time_for_a_command(
    topic: Topic, keys: Locked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "MOST_SECONDS", 0.0)  # each commit has one command
    log = await ChainedLog(Scripted(topic), topic.identity).open()
    writer = office(log, keys)
    running = asyncio.create_task(writer.run())
    sealed = list[str]()
    hashed = keys.body_hash

    def counting(jurisdiction: str, subject: str | None, *told: Any) -> str:
        sealed.append(subject or "none")
        return hashed(jurisdiction, subject, *told)

    monkeypatch.setattr(keys, "body_hash", counting, raising=False)
    given = [Register(worker=f"W{n}", role="courier", name=f"Name {n}" if n % 2 else None) for n in range(4)]
    envelopes = [
        CommandEnvelope(id=str(uuid4()), command=one, actor="admin/a", received=datetime.now(UTC))
        for one in given
    ]
    assert {one.outcome for one in await writer.submit(envelopes)} == {"accepted"}
    assert sealed.count("none") == 2
    assert (sealed.count("worker/W1"), sealed.count("worker/W3")) == (2, 4)
    running.cancel()
    await asyncio.wait((running,))
    await log.close()
