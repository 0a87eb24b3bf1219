"""The topics: created once with the settings the log relies on, and checked at every start."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from services.adapters.kafka.connection import MAX_RECORD_BYTES, Connection
from services.adapters.kafka.locations import SETTINGS, TELEMETRY
from services.adapters.kafka.transport import KafkaTransport
from services.log.identity import Identity, first_identity, new_identity, read_identity
from services.log.port import LogUnavailable
from services.log.transport import NotSent, SendUnknown, Transport, TransportDown

CHANGES: Final = "muster.changes"
"""View steps for the API processes' streams; may be lost at any time."""
REQUIRED: Final = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "unclean.leader.election.enable": "false",
    "message.timestamp.type": "LogAppendTime",
}
"""Required settings of the commits topic: no deletion, no loss to a lagging leader, broker timestamps."""
FENCED_SECONDS: Final = 20.0
"""Brokers that have just started do not accept partitions yet."""
_EXISTS: Final = 36
_TOO_FEW: Final = 38


async def migrate(connection: Connection, *, partitions: int, replication: int, min_insync: int) -> Identity:
    """Create missing topics and give the log its identity. Existing topics are not changed.

    Raises LogUnavailable.
    """
    commits = REQUIRED | {"min.insync.replicas": str(min_insync), "max.message.bytes": str(MAX_RECORD_BYTES)}
    changes = {"retention.ms": "3600000", "max.message.bytes": str(MAX_RECORD_BYTES)}
    admin = AIOKafkaAdminClient(**connection.options())
    try:
        await admin.start()
        await _create(admin, connection.topic, partitions, replication, commits)
        await _create(admin, CHANGES, partitions, replication, changes)
        await _create(admin, TELEMETRY, partitions, replication, SETTINGS)
    except (KafkaError, OSError) as error:
        raise LogUnavailable(f"Kafka at {connection.servers} does not respond: {error}") from error
    finally:
        await admin.close()
    transport = await _open_when_ready(connection)
    try:
        return await write_identity(transport)
    finally:
        await transport.close()


async def topic_problems(connection: Connection, min_insync: int) -> list[str]:
    """Return the commits topic's wrong settings, each with its remedy. Raises LogUnavailable."""
    return (await inspected(connection, min_insync))[0]


async def inspected(connection: Connection, min_insync: int) -> tuple[list[str], int]:
    """Return (wrong settings, each with its remedy; number of partitions that lack a replica).

    Raises LogUnavailable.
    """
    admin = AIOKafkaAdminClient(**connection.options())
    try:
        await admin.start()
        found = await _settings(admin, connection.topic)
        told = await admin.describe_topics([connection.topic])
    except (KafkaError, OSError) as error:
        raise LogUnavailable(f"Kafka at {connection.servers} does not respond: {error}") from error
    finally:
        await admin.close()
    partitions = [one for topic in told for one in topic["partitions"]]
    behind = sum(len(one["isr"]) < len(one["replicas"]) for one in partitions)
    return wrong_settings(connection.topic, found, min_insync), behind


def wrong_settings(topic: str, found: Mapping[str, str | None], min_insync: int) -> list[str]:
    """Compare settings already read with the required ones."""
    wrong = [
        f"topic {topic} has {name}={found.get(name)}, must have {wanted}; set it with kafka-configs"
        for name, wanted in REQUIRED.items()
        if found.get(name) != wanted
    ]
    for name, least in (("min.insync.replicas", min_insync), ("max.message.bytes", MAX_RECORD_BYTES)):
        if int(found.get(name) or 0) < least:
            wrong.append(f"topic {topic} has {name}={found.get(name)}, must have {least} or more")
    return wrong


async def _create(
    admin: AIOKafkaAdminClient, topic: str, partitions: int, replication: int, configs: dict[str, str]
) -> None:
    wanted = NewTopic(topic, partitions, replication, topic_configs=configs)
    deadline = time.monotonic() + FENCED_SECONDS
    while True:
        answer: Any = await admin.create_topics([wanted])
        ((_, code, *message),) = answer.topic_errors
        if code in (0, _EXISTS):
            return
        if code != _TOO_FEW or time.monotonic() > deadline:
            why = next((text for text in message if text), None) or for_code(code).__name__
            raise LogUnavailable(f"topic {topic} could not be created: {why}")
        await asyncio.sleep(0.3)


async def _settings(admin: AIOKafkaAdminClient, topic: str) -> dict[str, str | None]:
    answers: Any = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    found: dict[str, str | None] = {}
    for code, message, _, name, entries in answers[0].resources:
        if code:
            raise LogUnavailable(f"the settings of topic {name} cannot be read: {message or for_code(code)}")
        found |= {entry[0]: entry[1] for entry in entries}
    return found


async def _open_when_ready(connection: Connection) -> KafkaTransport:
    """Open the topic, waiting until all brokers know it."""
    for _ in range(50):
        try:
            return await KafkaTransport(connection).open()
        except LogUnavailable:
            await asyncio.sleep(0.1)
    return await KafkaTransport(connection).open()


async def write_identity(transport: Transport) -> Identity:
    """Write the log's identity to every empty partition, also completing an interrupted run."""
    known = await _known_identity(transport)
    for partition in range(transport.partitions):
        if await _when_ready(transport.end, partition) == 0:
            await _send_identity(transport, partition, known)
            # a concurrent migration may have been first
            known = await first_identity(transport, partition) or known
    return await read_identity(transport)


async def _known_identity(transport: Transport) -> Identity:
    for partition in range(transport.partitions):
        if await _when_ready(transport.end, partition):
            one = await first_identity(transport, partition)
            if one:
                return one
    return new_identity(transport.partitions)


async def _send_identity(transport: Transport, partition: int, identity: Identity) -> None:
    try:
        await transport.send(partition, None, identity.encode())
    except (NotSent, SendUnknown, TransportDown) as error:
        raise LogUnavailable(f"cannot write the identity to partition {partition}: {error}") from error


async def _when_ready(ask: Any, partition: int) -> int:
    """Retry briefly: a new topic's partitions have no leader at first."""
    for _ in range(50):
        try:
            return await ask(partition)
        except TransportDown:
            await asyncio.sleep(0.1)
    return await ask(partition)
