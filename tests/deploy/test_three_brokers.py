"""Three brokers as set up by compose.yaml: any one may die at any time."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from brokers import Broker, three
from scale import LONG

from services.adapters.kafka.connection import Connection
from services.adapters.kafka.topics import inspected, migrate, topic_problems
from services.adapters.kafka.transport import KafkaTransport
from services.log.transport import NotSent, SendUnknown, TransportDown

PARTITIONS = 6
MOST_SECONDS = 40
WITHOUT_SECONDS = 3.0 if LONG else 4.0
"""Within which the two others take over from a killed one. Beside other tests it takes a little longer."""


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[tuple[list[Broker], list[subprocess.Popen[bytes]]]]:
    """Run three brokers; with `make long` Muster's users and their rights too, which take eleven Javas."""
    found = three(tmp_path)
    processes = [one.start() for one in found]
    try:
        for one, process in zip(found, processes, strict=True):
            one.wait(process)
        if LONG:
            found[0].rights("grant")
        yield found, processes
    finally:
        for process in processes:  # terminate all at once: the last one alone would wait for the others
            process.kill()
            process.wait()


def as_(found: Broker, role: str) -> Connection:
    """Return the connection of this role's processes, or of the brokers' own user if nobody has rights."""
    servers, user, mechanism = found.bootstrap, f"muster-{role}", "SCRAM-SHA-512"
    if not LONG:
        servers, user, mechanism, role = found.among_brokers, "broker", "PLAIN", "broker"
    password = (found.secrets / f"kafka_{role}").read_text()
    return Connection(
        servers=servers, security="SASL_PLAINTEXT", mechanism=mechanism, user=user, password=password
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


async def seconds_without(transport: KafkaTransport, process: subprocess.Popen[bytes]) -> float:
    """Kill a broker; return the seconds until every partition has confirmed a record again."""
    began = time.monotonic()
    process.kill()
    process.wait()
    await asyncio.gather(*(written(transport, partition, b"after") for partition in range(PARTITIONS)))
    return time.monotonic() - began


async def whole(found: list[Broker]) -> None:
    """Wait until no partition lacks a replica."""
    async with asyncio.timeout(MOST_SECONDS):
        while (await inspected(as_(found[0], "migrate"), 2))[1]:
            await asyncio.sleep(0.2)


async def test_one_of_three_dies_and_nothing_that_was_confirmed_is_lost(
    brokers: tuple[list[Broker], list[subprocess.Popen[bytes]]],
) -> None:
    """Each leads some partitions, and one of them the cluster. Another is killed only if the first cost too
    much, as this machine may be busy."""
    found, processes = brokers
    migrator = as_(found[0], "migrate")
    await migrate(migrator, partitions=PARTITIONS, replication=3, min_insync=2)
    assert await topic_problems(migrator, 2) == []
    transport = await KafkaTransport(as_(found[0], "api")).open()
    for partition in range(PARTITIONS):
        await written(transport, partition, b"before")
    took: list[float] = []
    for number in (2, 1, 0):
        await whole(found)
        took.append(await seconds_without(transport, processes[number]))
        for partition in range(PARTITIONS):
            kept = await values(transport, partition)
            assert kept.index(b"before") < kept.index(b"after")
        if min(took) < WITHOUT_SECONDS and not LONG:
            break
        processes[number] = found[number].start()
        found[number].wait(processes[number])
    await transport.close()
    print("seconds without a confirmed write, one broker of three killed:", [f"{one:.1f}" for one in took])
    assert (median(took) if LONG else min(took)) < WITHOUT_SECONDS, took
