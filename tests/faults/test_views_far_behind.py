"""Views far behind the log: what waits for them in memory grows slowly, and nobody waits long."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from office import ask, office
from scripted import Scripted, Topic

from events.commit import decode
from services.adapters.sqlite.keys import local_vault
from services.decisions.state import COMMANDS
from services.decisions.worker.commands import Register
from services.log.chained import ChainedLog
from services.log.port import Stored
from services.recorder import replica
from services.recorder import writer as writing
from services.recorder.envelope import CommandEnvelope
from services.recorder.group import LEAST_COMMANDS
from services.recorder.writer import Writer

MANY, KEPT = 100, 10


class Commits:
    """What was recorded: the number of events in each commit, and the position after them."""

    def __init__(self) -> None:
        self.sizes, self.position = list[int](), 0

    def __call__(self, jurisdiction: str, stored: Stored, *, bulk: bool) -> None:
        self.sizes.append(len(decode(stored.data).events))
        self.position = stored.head.position


@pytest.fixture
async def commits() -> Commits:
    return Commits()


@pytest.fixture
async def writer(tmp_path: Path, commits: Commits, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Writer]:
    monkeypatch.setattr(replica, "KEEP_IDS", KEPT)
    monkeypatch.setattr(replica, "EVICT", 1)
    monkeypatch.setattr(replica, "CROWDED", MANY)
    topic, vault = Topic(2), await local_vault(tmp_path)
    log = await ChainedLog(Scripted(topic), topic.identity).open()
    made = office(log, vault, recorded=commits)
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()
    await asyncio.wait((running,))
    await log.close()
    await vault.close()


async def register(writer: Writer, count: int) -> list[str]:
    """Register so many at once; return the outcomes."""
    group = [
        CommandEnvelope(
            id=str(uuid4()),
            command=Register(worker=str(uuid4()), role="courier"),
            actor="admin/a",
            received=datetime.now(UTC),
        )
        for _ in range(count)
    ]
    async with asyncio.timeout(20):
        return [one.outcome for one in await writer.submit(group)]


async def test_few_are_taken_at_once_while_many_ids_wait_for_the_views(
    writer: Writer, commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "GAIN_SECONDS", 0.01)
    await register(writer, MANY + 1)
    quick = len(commits.sizes)
    assert set(await register(writer, 200)) == {"accepted"}
    assert max(commits.sizes[:quick]) > LEAST_COMMANDS
    assert max(commits.sizes[quick:]) <= LEAST_COMMANDS


async def test_whoever_sends_one_command_hardly_waits(writer: Writer) -> None:
    await register(writer, MANY + 1)
    began = time.monotonic()
    assert await ask(writer, Register(worker="W", role="courier")) == "accepted"
    assert time.monotonic() - began < 20 * writing.GAIN_SECONDS


async def test_views_that_have_followed_end_it_at_once(
    writer: Writer, commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register(writer, MANY + 1)
    monkeypatch.setattr(writing, "GAIN_SECONDS", 15)  # it would be waited for
    waiting = asyncio.create_task(register(writer, 1))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    writer.viewed(commits.position)
    assert await waiting == ["accepted"]
    assert len(writer.state[COMMANDS]) <= KEPT + 1
    quick = len(commits.sizes)
    assert await register(writer, MANY - KEPT) == ["accepted"] * (MANY - KEPT)
    assert max(commits.sizes[quick:]) > LEAST_COMMANDS
