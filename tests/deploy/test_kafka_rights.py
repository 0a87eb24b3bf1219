"""The rights granted by rights.sh, tried by each user on a real broker started by the image's script."""

import asyncio
import contextlib
from collections.abc import Iterator

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError
from brokers import PARTITIONS, Broker, granted
from scale import LONG

from services.adapters.kafka.connection import Connection
from services.adapters.kafka.topics import migrate, topic_problems
from services.adapters.kafka.transport import KafkaTransport
from services.log.identity import Identity
from services.log.port import LogUnavailable
from services.log.transport import NotSent

COMMITS, CHANGES = "muster.commits", "muster.changes"


WAYS = ["tls", *(["plain"] if LONG else [])]
"""Rights do not differ. Without TLS, `make long` runs test_three_brokers.py with them too."""


@pytest.fixture(scope="module", params=WAYS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker with topics, set up as by compose.yaml: grant, migrate, seal. With TLS the one of
    test_roles.py, and what its processes recorded."""
    with contextlib.ExitStack() as stack:
        if request.param == "tls":
            found: Broker = request.getfixturevalue("granted")
        else:
            plain = contextlib.contextmanager(granted)(tmp_path_factory.mktemp("kafka"), tls=False)
            found = stack.enter_context(plain)
        asyncio.run(_migrated(found))
        found.rights("seal")
        yield found


async def _migrated(found: Broker) -> Identity:
    return await migrate(as_(found, "migrate"), partitions=PARTITIONS, replication=1, min_insync=1)


def as_(found: Broker, role: str) -> Connection:
    """Return the connection of this role's processes."""
    return Connection(
        servers=found.bootstrap,
        security="SASL_SSL" if found.tls else "SASL_PLAINTEXT",
        user=f"muster-{role}",
        password=(found.secrets / f"kafka_{role}").read_text(),
        ca=str(found.secrets / "kafka_ca") if found.tls else None,
    )


async def write(connection: Connection, topic: str) -> None:
    """Write a record. Raises KafkaError if the user may not."""
    producer = AIOKafkaProducer(**connection.options(), acks="all", enable_idempotence=False)
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"{}", key=b"2307", partition=0)
    finally:
        await producer.stop()


async def read(
    connection: Connection, topic: str, group: str | None = None, sought: bytes | None = None
) -> None:
    """Read one record, or until one has this value. Raises KafkaError if the user may not read."""
    consumer = AIOKafkaConsumer(topic, **connection.options(), group_id=group, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(20):
            while (await consumer.getone()).value != sought and sought is not None:
                pass
    finally:
        await consumer.stop()


async def test_the_api_alone_writes_commits(made: Broker) -> None:
    transport = await KafkaTransport(as_(made, "api")).open()
    sent = await transport.send(0, b"2307", b"{}")
    await transport.close()
    assert sent.offset >= 1  # after the partition's identity
    for role in ("projector", "migrate"):
        other = await KafkaTransport(as_(made, role)).open()
        with pytest.raises(NotSent):
            await other.send(0, b"2307", b"{}")
        await other.close()


async def test_the_projector_alone_writes_changes(made: Broker) -> None:
    await write(as_(made, "projector"), CHANGES)
    await read(as_(made, "api"), CHANGES, sought=b"{}")
    with pytest.raises(TopicAuthorizationFailedError):
        await write(as_(made, "api"), CHANGES)


async def test_the_projector_alone_reads_in_its_group(made: Broker) -> None:
    await read(as_(made, "projector"), COMMITS, "muster-projector")
    await read(as_(made, "projector"), COMMITS, "muster-projector-rebuild")
    with pytest.raises(GroupAuthorizationFailedError):
        await read(as_(made, "api"), COMMITS, "muster-projector")


async def test_settings_of_the_topic_are_seen(made: Broker) -> None:
    assert await topic_problems(as_(made, "api"), 1) == []
    assert await topic_problems(as_(made, "projector"), 1) == []
    assert await topic_problems(as_(made, "api"), 2) == [
        "topic muster.commits has min.insync.replicas=1, must have 2 or more"
    ]


async def test_migrating_again_needs_no_more_than_the_sealed_rights(made: Broker) -> None:
    assert (await _migrated(made)).partitions == PARTITIONS


async def test_who_is_nobody_gets_nothing(made: Broker) -> None:
    wrong = msgspec.structs.replace(as_(made, "api"), password="not-it")
    with pytest.raises(LogUnavailable):
        await KafkaTransport(wrong).open()
    bare = AIOKafkaProducer(bootstrap_servers=made.bootstrap, request_timeout_ms=3_000)
    with pytest.raises(KafkaError):
        await bare.start()
    await bare.stop()


async def test_a_broker_of_another_ca_is_refused(made: Broker) -> None:
    """A broker without TLS has no CA. A client that requires TLS must not connect to it."""
    asked = msgspec.structs.replace(as_(made, "api"), security="SASL_SSL", ca=None)
    with pytest.raises(LogUnavailable):
        await KafkaTransport(asked).open()
