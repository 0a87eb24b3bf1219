"""Three brokers as set up by compose.yaml: any one may die at any time."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from brokers import Broker, three

from services.adapters.kafka.connection import Connection
from services.adapters.kafka.topics import migrate, topic_problems
from services.adapters.kafka.transport import KafkaTransport
from services.log.transport import NotSent, SendUnknown, TransportDown

PARTITIONS = 6
MOST_SECONDS = 40


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[tuple[list[Broker], list[subprocess.Popen[bytes]]]]:
    """Run three brokers with users and rights."""
    found = three(tmp_path)
    processes = [one.start() for one in found]
    try:
        for one, process in zip(found, processes, strict=True):
            one.wait(process)
        found[0].rights("grant")
        yield found, processes
    finally:
        for process in processes:  # terminate all at once: the last one alone would wait for the others
            process.kill()
            process.wait()


def as_(found: Broker, role: str) -> Connection:
    """Return the connection of this role's processes."""
    password = (found.secrets / f"kafka_{role}").read_text()
    return Connection(
        servers=found.bootstrap, security="SASL_PLAINTEXT", user=f"muster-{role}", password=password
    )


async def written(transport: KafkaTransport, partition: int, value: bytes) -> int:
    """Send a record until it is confirmed, and return its offset."""
    until = time.monotonic() + MOST_SECONDS
    while True:
        try:
            return (await transport.send(partition, b"2307", value)).offset
        except (NotSent, SendUnknown, TransportDown):
            assert time.monotonic() < until, f"partition {partition} takes nothing"
            await asyncio.sleep(0.2)


async def values(transport: KafkaTransport, partition: int) -> list[bytes | None]:
    """Return all values of the partition."""
    first, last = await transport.bounds(partition)
    return [one.value async for batch in transport.fetch(partition, first, last) for one in batch]


async def test_one_of_three_dies_and_nothing_that_was_confirmed_is_lost(
    brokers: tuple[list[Broker], list[subprocess.Popen[bytes]]],
) -> None:
    found, processes = brokers
    migrator = as_(found[0], "migrate")
    await migrate(migrator, partitions=PARTITIONS, replication=3, min_insync=2)
    assert await topic_problems(migrator, 2) == []
    transport = await KafkaTransport(as_(found[0], "api")).open()
    for partition in range(PARTITIONS):
        await written(transport, partition, b"before")
    processes[2].kill()
    for partition in range(PARTITIONS):
        await written(transport, partition, b"after")
        kept = await values(transport, partition)
        assert kept.index(b"before") < kept.index(b"after")
    await transport.close()
