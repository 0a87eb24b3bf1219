"""The contract of location stores. A new adapter adds one line to STORES."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from kafka_server import connection

from services.adapters.kafka.locations import TELEMETRY, KafkaLocations
from services.adapters.kafka.topics import migrate
from services.adapters.sqlite.locations import SqliteLocations
from services.locations.port import Fix, Locations, LocationsUnavailable, newest
from services.log.identity import partition_of

AT = datetime(2022, 3, 28, tzinfo=UTC)
Open = Callable[[Path], Awaitable[Locations]]
_jurisdictions = iter(range(10_000))


async def sqlite(folder: Path) -> Locations:
    return await asyncio.to_thread(SqliteLocations, folder / "telemetry.sqlite")


async def kafka(folder: Path) -> Locations:
    """All tests share one topic. Each uses its own jurisdiction."""
    reached = connection()
    await migrate(reached, partitions=2, replication=1, min_insync=1)
    return await KafkaLocations(reached).open()


STORES: list[Open] = [sqlite, kafka]


@pytest.fixture(params=STORES, ids=lambda opened: opened.__name__)
def opens(request: pytest.FixtureRequest) -> Open:
    return cast("Open", request.param)


@pytest.fixture
async def locations(opens: Open, tmp_path: Path) -> AsyncIterator[Locations]:
    opened = await opens(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
def code() -> str:
    return f"J{next(_jurisdictions)}"


async def sent(code: str, value: bytes) -> None:
    """Send a record to W1's partition, as a process that does not know the topic's content."""
    producer = AIOKafkaProducer(bootstrap_servers=connection().servers)
    await producer.start()
    where = partition_of(f"{code}/W1", len(await producer.partitions_for(TELEMETRY)))
    await producer.send_and_wait(TELEMETRY, value, f"{code}/W1".encode(), where)
    await producer.stop()


async def records(code: str) -> list[bytes]:
    """Return W1's records on the topic."""
    consumer = AIOKafkaConsumer(
        TELEMETRY, bootstrap_servers=connection().servers, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    found: list[bytes] = []
    while batch := await consumer.getmany(timeout_ms=500):
        found += [
            one.value or b"" for some in batch.values() for one in some if one.key == f"{code}/W1".encode()
        ]
    await consumer.stop()
    return found


def fix(worker: str, minute: int, lon: float = 128.9) -> Fix:
    return Fix(worker=worker, at=AT + timedelta(minutes=minute), lon=lon, lat=47.7)


async def test_the_last_place_is_the_newest_by_its_own_time(locations: Locations, code: str) -> None:
    assert await locations.record(code, [fix("W1", 5), fix("W1", 9, 129.0), fix("W1", 7), fix("W2", 1)]) == 2
    assert await locations.record(code, [fix("W1", 8, 130.0)]) == 0

    assert await locations.last(code, ["W1", "W2", "W3"]) == {"W1": fix("W1", 9, 129.0), "W2": fix("W2", 1)}
    assert await locations.workers(code) == ["W1", "W2"]
    assert code in await locations.jurisdictions()


async def test_jurisdictions_do_not_mix(locations: Locations, code: str) -> None:
    await locations.record(code, [fix("W1", 1)])
    assert await locations.last(f"{code}X", ["W1"]) == {}


async def test_a_forgotten_fix_is_gone_and_an_unknown_one_is_no_trouble(
    locations: Locations, code: str
) -> None:
    await locations.record(code, [fix("W1", 1), fix("W2", 1)])
    await locations.forget(code, ["W1", "W9"])
    assert await locations.workers(code) == ["W2"]
    assert await locations.last(code, ["W1"]) == {}


async def test_any_order_of_delivery_ends_at_the_same_place(locations: Locations, code: str) -> None:
    chance = random.Random(7)
    fixes = [fix(f"W{n % 5}", chance.randrange(20), 128 + chance.random()) for n in range(60)]
    for n in range(3):
        chance.shuffle(fixes)
        for start in range(0, len(fixes), 7):
            await locations.record(f"{code}N{n}", fixes[start : start + 7])
    ends = [await locations.last(f"{code}N{n}", [f"W{w}" for w in range(5)]) for n in range(3)]
    assert ends[0] == ends[1] == ends[2] == newest(fixes)


async def test_fixes_outlive_their_process(opens: Open, tmp_path: Path, code: str) -> None:
    first = await opens(tmp_path)
    await first.record(code, [fix("W1", 3), fix("W2", 3)])
    await first.forget(code, ["W2"])
    await first.close()

    again = await opens(tmp_path)
    assert await again.workers(code) == ["W1"]
    assert await again.last(code, ["W1", "W2"]) == {"W1": fix("W1", 3)}
    await again.close()


async def test_embedded_nothing_forgotten_is_left_in_a_file(tmp_path: Path, code: str) -> None:
    locations = await sqlite(tmp_path)
    for minute in range(20):
        await locations.record(code, [fix("W-forgotten", minute)])
    assert b"W-forgotten" in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    await locations.forget(code, ["W-forgotten"])
    assert b"W-forgotten" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    await locations.close()


async def test_an_older_place_written_late_is_not_the_one_that_stays(tmp_path: Path, code: str) -> None:
    newer, older = msgspec.json.encode(fix("W1", 9)), msgspec.json.encode(fix("W1", 3))
    one = cast("KafkaLocations", await kafka(tmp_path))
    await one.record(code, [fix("W1", 9)])
    async with asyncio.timeout(10):
        while not await records(code):
            await asyncio.sleep(0.05)
    await sent(code, older)
    async with asyncio.timeout(20):
        while (found := await records(code))[-1] != newer:
            await one.repair()
    assert found[:2] == [newer, older]
    assert await one.last(code, ["W1"]) == {"W1": fix("W1", 9)}
    await one.close()


async def test_a_topic_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LocationsUnavailable, match="muster migrate"):
        await KafkaLocations(connection(), "muster.nowhere").open()


async def test_what_is_no_place_is_passed_over(tmp_path: Path, code: str) -> None:
    one = await kafka(tmp_path)
    for value in (b"?", b"{}", b"\xff"):
        await sent(code, value)
    await one.record(code, [fix("W1", 1)])
    await one.close()
    again = await kafka(tmp_path)
    assert await again.workers(code) == ["W1"]
    await again.close()


async def test_two_processes_of_a_cluster_hear_of_each_other(tmp_path: Path, code: str) -> None:
    one, other = await kafka(tmp_path), await kafka(tmp_path)
    await one.record(code, [fix("W1", 3)])
    async with asyncio.timeout(10):
        while not await other.last(code, ["W1"]):
            await asyncio.sleep(0.02)
    await other.forget(code, ["W1"])
    async with asyncio.timeout(10):
        while await one.last(code, ["W1"]):
            await asyncio.sleep(0.02)
    await one.close()
    await other.close()
