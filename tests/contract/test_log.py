"""The contract of logs. A new adapter adds its factory to ADAPTERS and must pass every test here."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest
from chains import chain, commit
from kafka_server import connection

from events.commit import GENESIS, Head, digest
from services.adapters.kafka.connection import Connection
from services.adapters.kafka.log import open_log
from services.adapters.kafka.topics import migrate
from services.adapters.sqlite.log import SqliteLog
from services.log.port import Log, Stored

Open = Callable[[], Awaitable[Log]]


def sqlite(folder: Path) -> Open:
    """Return a function that opens the log in a folder, the same log each time."""

    async def opened() -> Log:
        return SqliteLog(folder / "log.sqlite")

    return opened


_topics: dict[Path, Connection] = {}


def kafka(folder: Path) -> Open:
    """Return a function that opens the log on a folder's topic, the same log each time."""

    async def opened() -> Log:
        if folder not in _topics:
            _topics[folder] = connection()
            await migrate(_topics[folder], partitions=3, replication=1, min_insync=1)
        return await open_log(_topics[folder])

    return opened


ADAPTERS = {"sqlite": sqlite, "kafka": kafka}


@pytest.fixture(params=ADAPTERS)
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    return ADAPTERS[cast("str", request.param)](tmp_path)


@pytest.fixture
async def log(opens: Open) -> AsyncIterator[Log]:
    opened = await opens()
    yield opened
    await opened.close()


async def read_all(log: Log, jurisdiction: str, after: int = 0) -> list[Stored]:
    return [stored async for batch in log.read(jurisdiction, after) for stored in batch]


async def fill(log: Log, jurisdiction: str, counts: list[int]) -> list[tuple[bytes, Head]]:
    made = chain(jurisdiction, counts)
    for data, _ in made:
        assert await log.append(jurisdiction, data)
    return made


class TestAnEmptyLog:
    async def test_has_no_jurisdictions(self, log: Log) -> None:
        assert await log.jurisdictions() == []

    async def test_ends_at_nothing(self, log: Log) -> None:
        assert await log.end("2307") == Head(0, GENESIS)

    async def test_reads_as_nothing(self, log: Log) -> None:
        assert await read_all(log, "2307") == []


class TestAppending:
    async def test_moves_the_head(self, log: Log) -> None:
        data, head = commit("2307", Head(), 3)

        assert await log.append("2307", data) is True
        assert await log.end("2307") == head == Head(3, digest(data))

    async def test_gives_back_the_exact_bytes_in_order(self, log: Log) -> None:
        made = await fill(log, "2307", [1, 3, 1, 2])

        assert await read_all(log, "2307") == [Stored(data, head) for data, head in made]

    async def test_refuses_a_repeat(self, log: Log) -> None:
        made = await fill(log, "2307", [1, 1])

        assert [await log.append("2307", data) for data, _ in made] == [False, False]
        assert len(await read_all(log, "2307")) == 2

    async def test_refuses_what_follows_another_head(self, log: Log) -> None:
        _, head = (await fill(log, "2307", [2]))[-1]
        beyond, _ = commit("2307", Head(7, head.hash))
        elsewhere, _ = commit("2307", Head(2, "f" * 64))

        assert [await log.append("2307", data) for data in (beyond, elsewhere)] == [False, False]
        assert await log.end("2307") == head

    async def test_refuses_a_commit_without_events(self, log: Log) -> None:
        data, _ = commit("2307", Head(), 0)

        assert await log.append("2307", data) is False
        assert await log.jurisdictions() == []

    async def test_takes_a_huge_commit(self, log: Log) -> None:
        data, head = commit("2307", Head(), 500, size=1000)

        assert await log.append("2307", data)
        assert await read_all(log, "2307") == [Stored(data, head)]

    async def test_keeps_a_log_of_what_was_chained_in_one_breath(self, log: Log) -> None:
        """Senders need not wait: the second commit is judged after the first."""
        made = chain("2307", [1] * 50)

        assert all(await asyncio.gather(*(log.append("2307", data) for data, _ in made)))
        assert await log.end("2307") == made[-1][1]


class TestRacing:
    async def test_exactly_one_of_two_writers_wins_each_round(self, log: Log) -> None:
        head = Head()
        for _ in range(20):
            rivals = [commit("2307", head, 1, id_=f"rival-{n}") for n in range(5)]
            won = await asyncio.gather(*(log.append("2307", data) for data, _ in rivals))
            assert sum(won) == 1
            head = rivals[won.index(True)][1]
            assert await log.end("2307") == head

    async def test_jurisdictions_do_not_meet(self, log: Log) -> None:
        chains = {f"23{n:02d}": chain(f"23{n:02d}", [1, 2, 1]) for n in range(40)}
        for step in range(3):
            rounds = (log.append(code, made[step][0]) for code, made in chains.items())
            assert all(await asyncio.gather(*rounds))

        assert await log.jurisdictions() == sorted(chains)
        for code, made in chains.items():
            assert await read_all(log, code) == [Stored(data, head) for data, head in made]

    async def test_a_sender_that_gives_up_waiting_stops_nobody(self, log: Log) -> None:
        data, head = commit("2307", Head())
        impatient = asyncio.ensure_future(log.append("2307", data))
        await asyncio.sleep(0)
        impatient.cancel()
        other, _ = commit("2308", Head())

        assert await log.append("2308", other)
        assert await log.end("2307") in (Head(), head)


class TestReading:
    async def test_goes_on_from_every_commit(self, log: Log) -> None:
        made = await fill(log, "2307", [1, 3, 2, 1])
        ends = [0, *(head.position for _, head in made)]

        for n, after in enumerate(ends):
            assert [s.head for s in await read_all(log, "2307", after)] == [head for _, head in made[n:]]

    async def test_from_inside_a_commit_begins_with_that_commit(self, log: Log) -> None:
        made = await fill(log, "2307", [1, 3, 2])

        assert [s.head.position for s in await read_all(log, "2307", 2)] == [4, 6]
        assert await read_all(log, "2307", made[-1][1].position + 5) == []

    async def test_comes_in_batches_that_join_up(self, log: Log) -> None:
        made = chain("2307", [1] * 1200)
        assert all(await asyncio.gather(*(log.append("2307", data) for data, _ in made)))
        batches = [batch async for batch in log.read("2307")]

        assert max(len(batch) for batch in batches) <= 500
        assert [s.head for batch in batches for s in batch] == [head for _, head in made]

    async def test_many_readers_at_once_see_the_same(self, log: Log) -> None:
        made = await fill(log, "2307", [2] * 20)
        seen = await asyncio.gather(*(read_all(log, "2307") for _ in range(8)))

        assert all([s.head for s in one] == [head for _, head in made] for one in seen)

    async def test_does_not_wait_for_what_comes_after_it_began(self, log: Log) -> None:
        made = await fill(log, "2307", [1])
        reading = log.read("2307")
        first = await anext(reading)
        more, _ = commit("2307", made[0][1])
        assert await log.append("2307", more)

        assert [len(first), [len(batch) async for batch in reading]] == [1, []]


class TestWaiting:
    async def test_is_over_at_once_where_there_is_more(self, log: Log) -> None:
        await fill(log, "2307", [2])

        assert await log.wait("2307", 1, timeout=5)

    async def test_ends_when_a_commit_comes(self, log: Log) -> None:
        waiting = asyncio.ensure_future(log.wait("2307", 0, timeout=10))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await fill(log, "2307", [1])

        assert await asyncio.wait_for(waiting, 2)

    async def test_gives_up(self, log: Log) -> None:
        began = time.monotonic()

        assert not await log.wait("2307", 0, timeout=0.1)
        assert time.monotonic() - began < 2

    async def test_is_not_woken_for_good_by_another_jurisdiction(self, log: Log) -> None:
        waiting = asyncio.ensure_future(log.wait("2307", 0, timeout=0.2))
        await fill(log, "2308", [1, 1, 1])

        assert await waiting is False


class TestRestarting:
    async def test_keeps_heads_and_commits(self, opens: Open) -> None:
        log = await opens()
        made = await fill(log, "2307", [1, 2])
        await log.close()
        log = await opens()

        assert await log.end("2307") == made[-1][1]
        assert await read_all(log, "2307") == [Stored(data, head) for data, head in made]
        more, head = commit("2307", made[-1][1])
        assert await log.append("2307", more)
        assert await log.end("2307") == head
        await log.close()

    async def test_writes_what_was_handed_over_before_it_closed(self, opens: Open) -> None:
        log = await opens()
        made = chain("2307", [1] * 100)
        waiting = [asyncio.ensure_future(log.append("2307", data)) for data, _ in made]
        await asyncio.sleep(0)
        await log.close()

        assert all(await asyncio.gather(*waiting))
