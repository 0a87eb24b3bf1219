"""Appends with a lost answer: the outcome is reported correctly, once, and not too early."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from scripted import Scripted, Topic

from events.commit import decode
from services.adapters.sqlite.keys import local_vault
from services.base.clock import SystemClock
from services.decisions.state import RecordedCommand
from services.decisions.worker.commands import Register
from services.log import appending
from services.log.chained import ChainedLog
from services.log.identity import partition_of
from services.log.port import LogUnavailable, OutcomeUnknown
from services.log.transport import NotSent, SendUnknown, Sent
from services.recorder.envelope import CommandEnvelope
from services.recorder.writer import Writer
from services.vault import Vault
from tests.make import chain

J = "2307"
WHERE = partition_of(J, 2)


class Lossy(Scripted):
    """A transport that loses answers, and sometimes records, as a test requires."""

    def __init__(self, topic: Topic) -> None:
        super().__init__(topic)
        self.lands = True
        self.answers = True
        self.marks = True
        self.held: list[tuple[bytes | None, bytes]] = []
        """Records still in transit."""

    async def send(self, partition: int, key: bytes | None, value: bytes) -> Sent:
        if key is None:
            if not self.marks:
                raise SendUnknown("no answer")
            return await super().send(partition, key, value)
        if not self.lands:
            self.held.append((key, value))
            raise SendUnknown("no answer")
        sent = await super().send(partition, key, value)
        if not self.answers:
            raise SendUnknown("no answer")
        return sent

    def deliver_late(self) -> None:
        """Deliver the records in transit."""
        for key, value in self.held:
            self.topic.put(WHERE, key, value)
        self.held.clear()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "SEND_SECONDS", 0.3)


@pytest.fixture
async def line() -> AsyncIterator[tuple[Lossy, ChainedLog]]:
    transport = Lossy(Topic(2))
    log = await ChainedLog(transport, transport.topic.identity).open()
    yield transport, log
    await log.close()


def commits() -> list[bytes]:
    return [s.data for s in chain(*(Register(worker=f"W{n}", role="courier") for n in range(6)))]


async def test_a_lost_answer_is_settled_by_what_is_appended_next(line: tuple[Lossy, ChainedLog]) -> None:
    transport, log = line
    first, second, *_ = commits()
    assert await log.append(J, first)
    transport.answers = False

    assert await log.append(J, second) is True
    assert [s.data async for b in log.read(J) for s in b] == [first, second]


async def test_what_is_not_there_after_that_is_unknown(line: tuple[Lossy, ChainedLog]) -> None:
    transport, log = line
    first, second, *_ = commits()
    assert await log.append(J, first)
    transport.lands = False

    with pytest.raises(OutcomeUnknown):
        await log.append(J, second)
    assert log.unknown == 1

    transport.lands = True
    transport.deliver_late()
    assert (await log.end(J)).position == 3
    assert await log.append(J, second) is False


async def test_nothing_is_confirmed_until_something_later_is_durable(line: tuple[Lossy, ChainedLog]) -> None:
    """It was read back but not acknowledged, so it may still be lost with its broker."""
    transport, log = line
    first, second, *_ = commits()
    assert await log.append(J, first)
    transport.answers = transport.marks = False
    with pytest.raises(OutcomeUnknown):
        await log.append(J, second)

    with pytest.raises(LogUnavailable):
        await log.end(J)

    transport.marks = True
    assert (await log.end(J)).position == 3


class Office:
    """A writer, with a shortcut to send commands."""

    def __init__(self, log: ChainedLog, vault: Vault) -> None:
        self.writer = Writer(
            J,
            log=log,
            vault=vault,
            clock=SystemClock(),
            timezone="Asia/Shanghai",
            lookup=_nothing,
            recorded=lambda jurisdiction, stored, *, bulk: None,
            erased=lambda code, position: None,
        )

    async def register(self, worker: str, key: str) -> tuple[str, str | None]:
        envelope = CommandEnvelope(
            id=key,
            command=Register(worker=worker, role="courier"),
            actor="admin/a",
            received=datetime.now(UTC),
        )
        outcome = (await self.writer.submit([envelope]))[0]
        return outcome.outcome, outcome.code

    async def status(self, key: str) -> tuple[str, str | None]:
        outcome = await self.writer.status(key)
        return outcome.outcome, outcome.code


async def _nothing(ids: object, upto: int) -> dict[str, RecordedCommand]:
    return {}


@pytest.fixture
async def office(line: tuple[Lossy, ChainedLog], tmp_path: Path) -> AsyncIterator[Office]:
    vault = await local_vault(tmp_path)
    made = Office(line[1], vault)
    running = asyncio.create_task(made.writer.run())
    await made.writer.ready()
    yield made
    running.cancel()
    await asyncio.wait((running,))
    await vault.close()


def recorded(topic: Topic) -> list[str]:
    """Return the names of the recorded events, including losers."""
    found = [r for r in topic.partitions[WHERE] if r and r.key]
    return [event.name for r in found for event in decode(r.value or b"").events]


async def test_not_recorded_is_said_only_once_it_can_never_land(
    line: tuple[Lossy, ChainedLog], office: Office
) -> None:
    transport, log = line
    await office.register("W1", str(uuid4()))
    transport.lands = False
    key = str(uuid4())
    assert await office.register("W2", key) == ("pending", "log.unavailable")
    assert (await office.status(key))[0] == "pending"

    transport.lands = True
    assert await office.status(key) == ("refused", "not_recorded")
    assert "log.fenced" in recorded(transport.topic)
    before = await log.end(J)

    transport.deliver_late()
    assert await log.end(J) == before
    assert await office.status(key) == ("refused", "not_recorded")
    assert await office.register("W2", key) == ("accepted", None)


async def test_the_same_id_again_is_known_if_it_landed_after_all(
    line: tuple[Lossy, ChainedLog], office: Office
) -> None:
    transport, _ = line
    await office.register("W1", str(uuid4()))
    transport.lands = False
    key = str(uuid4())
    assert (await office.register("W2", key))[0] == "pending"

    transport.lands = True
    transport.deliver_late()

    assert await office.register("W2", key) == ("known", None)
    assert await office.status(key) == ("accepted", None)


async def test_what_was_certainly_not_sent_can_be_sent_again(
    line: tuple[Lossy, ChainedLog], office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport, _ = line
    await office.register("W1", str(uuid4()))
    send: Callable[..., object] = transport.send

    async def refused(*args: object) -> Sent:
        raise NotSent("no rights")

    monkeypatch.setattr(transport, "send", refused)
    key = str(uuid4())
    assert await office.register("W2", key) == ("pending", "log.unavailable")
    monkeypatch.setattr(transport, "send", send)
    assert await office.register("W2", key) == ("accepted", None)
