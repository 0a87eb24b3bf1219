"""The announcements topic: projectors send steps, and every API process receives all of them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from services.adapters.kafka.connection import MAX_RECORD_BYTES, Connection, stop_quietly
from services.adapters.kafka.topics import CHANGES
from services.log.identity import partition_of
from services.views.changes import Announcement, decode, encode

RETRY_SECONDS: Final = 0.5
RESET_TRIES: Final = 3
QUIET_SECONDS: Final = 20.0
"""A feed silent for this long is reconnected: consumers stall after broker trouble."""

log_of = logging.getLogger("muster.changes")


class KafkaFeed:
    """Reads all partitions from their ends, without a consumer group; resumes after a reconnect."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._next: dict[TopicPartition, int] = {}

    async def announcements(self) -> AsyncIterator[Announcement]:
        while True:
            try:
                async for announcement in self._consume():
                    yield announcement
            except (KafkaError, OSError, TimeoutError) as error:
                log_of.warning("cannot receive changes: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _consume(self) -> AsyncIterator[Announcement]:
        consumer = AIOKafkaConsumer(
            CHANGES,
            **self._connection.options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="latest",
            max_partition_fetch_bytes=2 * MAX_RECORD_BYTES,
        )
        try:
            await consumer.start()
            await self._resume(consumer)
            loop = asyncio.get_running_loop()
            heard = loop.time()
            while loop.time() - heard < QUIET_SECONDS:
                for where, records in (await consumer.getmany(timeout_ms=500)).items():
                    heard = loop.time()
                    for record in records:
                        self._next[where] = record.offset + 1
                        announcement = decode(record.value or b"")
                        if announcement:
                            yield announcement
        finally:
            await stop_quietly(consumer)

    async def _resume(self, consumer: AIOKafkaConsumer) -> None:
        """Resume where the last connection ended, as far as the topic reaches back."""
        ends: Any = await consumer.end_offsets(list(consumer.assignment()))
        for where, end in ends.items():
            start = min(self._next.get(where, end), end)  # a recreated topic starts over
            consumer.seek(where, start)
            self._next[where] = start

    async def close(self) -> None:
        """Do nothing; ending the iteration closes the consumer."""


class KafkaAnnouncer:
    """Sends announcements. Readers also poll the heads, and so notice lost ones."""

    def __init__(self, connection: Connection) -> None:
        self._producer = AIOKafkaProducer(
            **connection.options(), acks=1, enable_idempotence=False, max_request_size=MAX_RECORD_BYTES
        )
        self._partitions = 0

    async def open(self) -> "KafkaAnnouncer":
        """Connect. Raises KafkaError."""
        await self._producer.start()
        self._partitions = len(await self._producer.partitions_for(CHANGES))
        return self

    async def send(self, announcement: Announcement) -> None:
        """Send in order per jurisdiction. Failures are logged and dropped, as they must not hold up the
        views; a reset is awaited and retried."""
        for _ in range(RESET_TRIES if announcement.reset else 1):
            try:
                sent = await self._send(announcement)
                if announcement.reset:
                    await sent
            except (KafkaError, OSError) as error:
                _log_lost(error)
            else:
                return sent.add_done_callback(_log_if_lost)

    async def _send(self, announcement: Announcement) -> "asyncio.Future[Any]":
        key = announcement.jurisdiction
        where = partition_of(key, self._partitions)
        return await self._producer.send(CHANGES, encode(announcement), key.encode(), where)

    async def close(self) -> None:
        await stop_quietly(self._producer)


def _log_if_lost(sent: "asyncio.Future[Any]") -> None:
    if not sent.cancelled() and (error := sent.exception()):
        _log_lost(error)


def _log_lost(error: BaseException) -> None:
    log_of.warning("lost an announcement; screens will catch up by polling: %s", error)
