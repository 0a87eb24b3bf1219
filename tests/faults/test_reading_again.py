"""Faults at the tail of the log: no record is skipped, and no stale end is reported as current."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise

import pytest
from scripted import Scripted, Topic
from test_delivery import history

from services.log import tail
from services.log.chained import ChainedLog
from services.log.identity import Identity, partition_of
from services.log.port import LogDamaged, Stored
from services.log.transport import Delivery, Record, TransportDown

J = "2307"
WHERE = partition_of(J, 2)
COMMITS = history(J)


class Frail(Scripted):
    """A transport whose range reads fail or are slow, as a test requires."""

    def __init__(self, topic: Topic) -> None:
        super().__init__(topic)
        self.failing, self.slow = 0, 0.0
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.connecting, self.connections = 0.0, 0
        self.begun: asyncio.Queue[float] = asyncio.Queue()
        """When each connection was made."""
        self.lost: set[int] = set()
        """Offsets whose records do not come, as if there were none."""

    @contextmanager
    def losing(self, commit: Stored) -> Iterator[None]:
        """A commit is in the topic, and nobody is shown it meanwhile."""
        self.lost.add(self.topic.put(WHERE, J.encode(), commit.data))
        yield
        self.lost.clear()

    async def patience(self, connections: int) -> list[float]:
        """How long each of the next connections was kept though it brought nothing."""
        while not self.begun.empty():
            self.begun.get_nowait()
        async with asyncio.timeout(10):
            begun = [await self.begun.get() for _ in range(connections + 1)]
        return [after - before for before, after in pairwise(begun)]

    async def fetch(self, partition: int, start: int, stop: int) -> AsyncIterator[list[Record]]:
        await asyncio.sleep(self.slow)
        if self.failing:
            self.failing -= 1
            raise TransportDown("away")
        async for records in super().fetch(partition, start, stop):
            yield self._shown(records)

    async def follow(self, positions: Mapping[int, int]) -> AsyncIterator[Delivery]:
        self.connections += 1
        await asyncio.sleep(self.connecting)
        self.begun.put_nowait(asyncio.get_running_loop().time())
        yield Delivery(WHERE, [], positions[WHERE])
        async for delivery in super().follow(positions):
            await self.flowing.wait()
            yield Delivery(delivery.partition, self._shown(delivery.records), delivery.next)

    def _shown(self, records: list[Record]) -> list[Record]:
        return [record for record in records if record.offset not in self.lost]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(tail, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(tail, "RETRY_SECONDS", 0.0)


@pytest.fixture
async def line() -> AsyncIterator[tuple[Frail, ChainedLog]]:
    transport = Frail(Topic(2))
    log = await ChainedLog(transport, transport.topic.identity).open()
    yield transport, log
    await log.close()


async def test_a_record_whose_judging_failed_is_judged_again(line: tuple[Frail, ChainedLog]) -> None:
    """It was beyond the head, and the records in between could not be read at that time."""
    transport, log = line
    assert await log.append(J, COMMITS[0].data)
    with transport.losing(COMMITS[1]):
        assert await log.end(J) == COMMITS[0].head
    transport.failing = 1
    transport.topic.put(WHERE, J.encode(), COMMITS[2].data)

    assert await log.end(J) == COMMITS[2].head


async def test_a_gap_found_while_a_chain_is_read_is_read_again(line: tuple[Frail, ChainedLog]) -> None:
    transport, log = line
    transport.topic.put(WHERE, J.encode(), COMMITS[0].data)
    transport.slow = 0.3
    asking = asyncio.create_task(log.end(J))
    await asyncio.sleep(0.05)
    transport.slow = 0.0
    with transport.losing(COMMITS[1]):
        transport.topic.put(WHERE, J.encode(), COMMITS[2].data)
        while not log.holes:
            await asyncio.sleep(0)

    assert await asking == COMMITS[2].head


async def test_reading_anew_may_take_longer_than_silence_does(line: tuple[Frail, ChainedLog]) -> None:
    transport, log = line
    assert await log.append(J, COMMITS[0].data)
    with transport.losing(COMMITS[1]):
        assert await log.end(J) == COMMITS[0].head
    transport.slow = 0.3
    transport.topic.put(WHERE, J.encode(), COMMITS[2].data)

    assert await log.end(J) == COMMITS[2].head


async def test_a_connection_that_takes_long_to_make_is_left_to_be_made(
    line: tuple[Frail, ChainedLog],
) -> None:
    """If it were given up after each silence, a busy machine would never connect."""
    transport, log = line
    assert await log.append(J, COMMITS[0].data)
    before, transport.connecting = transport.connections, 0.4
    transport.dropping = True

    assert await asyncio.gather(*[log.append(J, COMMITS[1].data) for _ in range(5)])
    assert transport.connections == before + 1


async def test_a_silent_connection_is_given_longer_each_time(line: tuple[Frail, ChainedLog]) -> None:
    transport, log = line
    assert await log.append(J, COMMITS[0].data)
    transport.flowing.clear()
    waiting = asyncio.create_task(log.append(J, COMMITS[1].data))
    longer = await transport.patience(3)
    transport.flowing.set()
    assert await waiting
    transport.flowing.clear()
    waiting = asyncio.create_task(log.append(J, COMMITS[2].data))
    again = await transport.patience(1)
    transport.flowing.set()

    assert await waiting
    assert all(lasted >= tail.QUIET_SECONDS * 2**n for n, lasted in enumerate(longer, 1))
    assert again[0] < longer[-1], "it had brought something meanwhile"


async def test_the_end_is_that_of_the_newest_reading(line: tuple[Frail, ChainedLog]) -> None:
    """A call for the end during a release gets the newest end."""
    transport, log = line
    assert await log.append(J, COMMITS[0].data)
    transport.flowing.clear()
    transport.topic.put(WHERE, J.encode(), COMMITS[1].data)
    asking = asyncio.create_task(log.end(J))
    await asyncio.sleep(0.01)
    log.release(J)
    transport.flowing.set()

    assert await asking == COMMITS[1].head


async def test_a_topic_made_anew_is_noticed_though_nothing_was_read_of_it() -> None:
    topic = Topic(2)
    transport = Scripted(topic)
    log = await ChainedLog(transport, topic.identity).open()
    other = Identity(log="00000000-0000-4000-8000-0000000000aa", partitions=2)
    for partition in topic.partitions:
        partition[:] = [Record(0, None, other.encode())]
    transport.dropping = True
    await asyncio.sleep(0.05)

    with pytest.raises(LogDamaged, match="truncated or replaced"):
        await log.append(J, COMMITS[0].data)
    await log.close()
