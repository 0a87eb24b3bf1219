"""Announcements of steps on their topic: projectors send them, every API process hears all of them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from services.log.identity import partition_of
from services.log.kafka import MOST_RECORD, Connection, leave
from services.log.kafka_topics import CHANGES
from services.views.changes import Announcement, decode, encode

RETRY_SECONDS: Final = 0.5
QUIET_SECONDS: Final = 20.0
"""A feed without a word for so long is connected anew: consumers go quiet after broker trouble."""

log_of = logging.getLogger("muster.changes")


class KafkaFeed:
    """Reads all partitions from their ends, without a group."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def announcements(self) -> AsyncIterator[Announcement]:
        while True:
            try:
                async for announcement in self._connected():
                    yield announcement
            except (KafkaError, OSError, TimeoutError) as error:
                log_of.warning("changes are not heard just now: %s", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _connected(self) -> AsyncIterator[Announcement]:
        consumer = AIOKafkaConsumer(
            CHANGES,
            **self._connection.options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="latest",
            max_partition_fetch_bytes=2 * MOST_RECORD,
        )
        try:
            await consumer.start()
            loop = asyncio.get_running_loop()
            heard = loop.time()
            while loop.time() - heard < QUIET_SECONDS:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    heard = loop.time()
                    for record in records:
                        announcement = decode(record.value or b"")
                        if announcement:
                            yield announcement
        finally:
            await leave(consumer)

    async def close(self) -> None:
        """Whoever listens ends it."""


class KafkaAnnouncer:
    """Sends announcements; a lost one is found by the readers' looks at the heads."""

    def __init__(self, connection: Connection) -> None:
        self._producer = AIOKafkaProducer(
            **connection.options(), acks=1, enable_idempotence=False, max_request_size=MOST_RECORD
        )
        self._partitions = 0

    async def open(self) -> "KafkaAnnouncer":
        """Raises KafkaError."""
        await self._producer.start()
        self._partitions = len(await self._producer.partitions_for(CHANGES))
        return self

    async def send(self, announcement: Announcement) -> None:
        """Order is kept within a jurisdiction. Raises KafkaError."""
        key = announcement.jurisdiction
        where = TopicPartition(CHANGES, partition_of(key, self._partitions))
        await self._producer.send(CHANGES, encode(announcement), key.encode(), where.partition)

    async def close(self) -> None:
        await leave(self._producer)
