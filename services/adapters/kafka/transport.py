"""An Apache Kafka topic as a chained log's transport. Knows Kafka, not the chain."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    IllegalStateError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    OffsetOutOfRangeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)

from services.adapters.kafka.connection import (
    FETCH_BYTES,
    MAX_RECORD_BYTES,
    REQUEST_MS,
    RETRY_MS,
    Connection,
    stop_quietly,
)
from services.log.port import LogUnavailable
from services.log.transport import Delivery, NotSent, Record, SendUnknown, Sent, TransportDown

POLL_MS: Final = 200
"""How long one poll lasts when there are no new records."""
FETCHERS: Final = 3
"""Concurrent fetches, and consumers kept for reuse: connecting takes far longer than fetching."""
_CERTAINLY_NOT: Final = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)


class KafkaTransport:
    """One topic: a producer, a consumer for the tail, and a few shared by fetches."""

    def __init__(self, connection: Connection) -> None:
        self.partitions = 0
        self._connection = connection
        self._producer: AIOKafkaProducer | None = None
        self._querying: AIOKafkaConsumer | None = None
        self._fetching = asyncio.Semaphore(FETCHERS)
        self._idle: list[AIOKafkaConsumer] = []

    async def open(self) -> "KafkaTransport":
        """Connect. Raises LogUnavailable if no broker responds or the topic does not exist."""
        try:
            self._querying = await self._consumer()
            self._producer = AIOKafkaProducer(
                **self._connection.options(),
                acks="all",
                enable_idempotence=False,  # unusable after one oversized record (aiokafka #1017)
                max_request_size=MAX_RECORD_BYTES,
                max_batch_size=MAX_RECORD_BYTES,
                linger_ms=0,
            )
            await self._producer.start()
            found = self._querying.partitions_for_topic(self._connection.topic)
        except (KafkaError, OSError) as error:
            await self.close()
            raise LogUnavailable(f"Kafka at {self._connection.servers} does not respond: {error}") from error
        if not found:
            await self.close()
            raise LogUnavailable(
                f"topic {self._connection.topic} does not exist: before the first start run "
                "`muster migrate`; later, these are other brokers or it was deleted: restore the log"
            )
        self.partitions = len(found)
        return self

    async def bounds(self, partition: int) -> tuple[int, int]:
        tp = self._tp(partition)
        with _transport_errors():
            client = self._query_client()
            return (await client.beginning_offsets([tp]))[tp], (await client.end_offsets([tp]))[tp]

    async def end(self, partition: int) -> int:
        tp = self._tp(partition)
        with _transport_errors():
            return (await self._query_client().end_offsets([tp]))[tp]

    async def fetch(self, partition: int, start: int, stop: int) -> AsyncIterator[list[Record]]:
        """See Transport.fetch. Uses a consumer that no other fetch shares meanwhile."""
        if start >= stop:
            return
        async with self._fetching, self._fetcher(self._tp(partition), start) as consumer:
            async for records in _until(consumer, self._tp(partition), stop):
                yield records

    @contextlib.asynccontextmanager
    async def _fetcher(self, tp: TopicPartition, start: int) -> AsyncIterator[AIOKafkaConsumer]:
        """Yield a consumer at an offset; reuse it later unless it fails or is left early."""
        with _transport_errors():
            consumer = self._idle.pop() if self._idle else await self._consumer([])
        whole = False
        try:
            consumer.assign([tp])
            consumer.seek(tp, start)
            yield consumer
            consumer.unsubscribe()
            whole = True
        finally:
            if whole and self._querying is not None:
                self._idle.append(consumer)
            else:
                await stop_quietly(consumer)

    async def follow(self, positions: Mapping[int, int]) -> AsyncIterator[Delivery]:
        """See Transport.follow. Uses one consumer for all partitions."""
        tps = [self._tp(partition) for partition in positions]
        with _transport_errors():
            consumer = await self._consumer(tps)
        try:
            for partition, offset in positions.items():
                consumer.seek(self._tp(partition), offset)
            while True:
                with _transport_errors():
                    found = await consumer.getmany(timeout_ms=POLL_MS)
                    nexts = {tp: await consumer.position(tp) for tp in found or tps}
                for tp, after in nexts.items():
                    yield Delivery(tp.partition, [_record(one) for one in found.get(tp, [])], after)
        finally:
            await stop_quietly(consumer)

    async def send(self, partition: int, key: bytes | None, value: bytes) -> Sent:
        if self._producer is None:
            raise NotSent("the log is closed")
        try:
            future = await self._producer.send(
                self._connection.topic, value=value, key=key, partition=partition
            )
        except (KafkaError, OSError) as error:  # nothing was queued
            raise NotSent(str(error) or type(error).__name__) from error
        begun = time.monotonic()
        try:
            answer = await future
        except _CERTAINLY_NOT as error:
            if time.monotonic() - begun >= RETRY_MS / 1000:  # an earlier attempt may have succeeded
                raise SendUnknown(str(error)) from error
            raise NotSent(str(error)) from error
        except (KafkaError, OSError) as error:
            raise SendUnknown(str(error) or type(error).__name__) from error
        return Sent(answer.offset, answer.timestamp if answer.timestamp_type == 1 else None)

    async def close(self) -> None:
        clients = [self._producer, self._querying, *self._idle]
        self._producer = self._querying = None
        self._idle = []
        for client in clients:
            if client is not None:
                await stop_quietly(client)

    def _tp(self, partition: int) -> TopicPartition:
        return TopicPartition(self._connection.topic, partition)

    def _query_client(self) -> AIOKafkaConsumer:
        if self._querying is None:
            raise TransportDown("the log is closed")
        return self._querying

    async def _consumer(self, tps: list[TopicPartition] | None = None) -> AIOKafkaConsumer:
        """Create a consumer without a group; `tps` are assigned, none if only offsets are queried."""
        consumer = AIOKafkaConsumer(
            **self._connection.options(),
            enable_auto_commit=False,
            auto_offset_reset="none",
            group_id=None,
            fetch_max_bytes=FETCH_BYTES * 2,
            max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_wait_ms=POLL_MS,
            check_crcs=True,
        )
        try:
            await consumer.start()
            if tps:
                consumer.assign(tps)
            else:
                await consumer._client.set_topics([self._connection.topic])
        except BaseException:
            await stop_quietly(consumer)
            raise
        return consumer


async def _until(consumer: AIOKafkaConsumer, tp: TopicPartition, stop: int) -> AsyncIterator[list[Record]]:
    quiet = 0
    while True:
        with _transport_errors():
            found = await consumer.getmany(tp, timeout_ms=POLL_MS)
            after = await consumer.position(tp)
        records = [_record(one) for one in found.get(tp, []) if one.offset < stop]
        if records:
            yield records
        if after >= stop:
            return
        quiet = 0 if found else quiet + 1
        if quiet * POLL_MS > REQUEST_MS:
            raise TransportDown(f"{tp.topic} partition {tp.partition} returns nothing at offset {after}")


def _record(found: Any) -> Record:
    return Record(found.offset, found.key, found.value)


@contextlib.contextmanager
def _transport_errors() -> Iterator[None]:
    try:
        yield
    except OffsetOutOfRangeError as error:
        raise TransportDown(f"an offset no longer exists: {error}") from error
    except (KafkaError, KafkaConnectionError, KafkaTimeoutError, IllegalStateError, OSError) as error:
        raise TransportDown(str(error) or type(error).__name__) from error
