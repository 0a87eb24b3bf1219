"""Locations on a topic of their own, kept for hours: every API process hears all of them."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from services.adapters.kafka.connection import Connection, stop_quietly
from services.locations.latest import LatestFixes
from services.locations.port import Fix, LocationsUnavailable
from services.log.identity import partition_of

TELEMETRY: Final = "muster.telemetry"
SETTINGS: Final = {
    "cleanup.policy": "compact,delete",
    "retention.ms": "43200000",
    "segment.ms": "600000",
    "max.compaction.lag.ms": "600000",
    "min.cleanable.dirty.ratio": "0.1",
}
"""Twelve hours, and of each worker soon the newest alone: no track of anybody is kept. Only what is no longer
written to is compacted, hence the short segments."""
RETRY_SECONDS: Final = 0.5
CATCH_UP_SECONDS: Final = 5.0
"""How long a start waits for the fixes that are on the topic."""
QUIET_SECONDS: Final = 20.0
"""A topic without a word for so long is reconnected: consumers go quiet after broker trouble."""
REPAIR_SECONDS: Final = 10.0

log_of = logging.getLogger("muster.telemetry")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Fix)


class KafkaLocations:
    """Opened by `open`. A fix may be lost with its broker; the next one comes soon."""

    def __init__(self, connection: Connection, topic: str = TELEMETRY) -> None:
        self._connection, self._topic = connection, topic
        self._latest, self._partitions = LatestFixes(), 0
        self._producer: AIOKafkaProducer | None = None
        self._listening: asyncio.Task[None] | None = None
        self._next: dict[TopicPartition, int] = {}
        self._caught_up = asyncio.Event()

    async def open(self) -> "KafkaLocations":
        """Knows what is on the topic when it returns, unless that takes long.

        Raises LocationsUnavailable.
        """
        self._producer = AIOKafkaProducer(
            **self._connection.options(), acks=1, enable_idempotence=False, linger_ms=20
        )
        try:
            await self._producer.start()
            self._partitions = len(await self._producer.partitions_for(self._topic))
        except (KafkaError, OSError) as error:
            await stop_quietly(self._producer)
            why = f"topic {self._topic} cannot be reached; was `muster migrate` run? {error!r}"
            raise LocationsUnavailable(why) from error
        self._listening = asyncio.create_task(self._listen(), name="following locations")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP_SECONDS):
                await self._caught_up.wait()
        return self

    async def record(self, jurisdiction: str, fixes: Sequence[Fix]) -> int:
        newer = {fix.worker: fix for fix in fixes if self._latest.update(jurisdiction, fix)}
        await self._send([(jurisdiction, worker, fix) for worker, fix in newer.items()])
        return len(newer)

    async def last(self, jurisdiction: str, workers: Iterable[str]) -> dict[str, Fix]:
        return self._latest.last(jurisdiction, workers)

    async def workers(self, jurisdiction: str) -> list[str]:
        return sorted(self._latest.of(jurisdiction))

    async def jurisdictions(self) -> list[str]:
        return self._latest.jurisdictions()

    async def forget(self, jurisdiction: str, workers: Iterable[str]) -> None:
        gone = list(workers)
        for worker in gone:
            self._latest.forget(jurisdiction, worker)
        await self._send([(jurisdiction, worker, None) for worker in gone])

    async def close(self) -> None:
        if self._listening:
            self._listening.cancel()
            await asyncio.wait((self._listening,))
        if self._producer:
            await stop_quietly(self._producer)

    async def _send(self, records: list[tuple[str, str, Fix | None]]) -> None:
        if self._producer is None:
            raise LocationsUnavailable("the places' topic is closed")
        try:
            for jurisdiction, worker, fix in records:
                key = f"{jurisdiction}/{worker}"
                value = _encoder.encode(fix) if fix else None
                where = partition_of(key, self._partitions)
                sent = await self._producer.send(self._topic, value, key.encode(), where)
                sent.add_done_callback(_log_if_lost)
        except (KafkaError, OSError) as error:
            raise LocationsUnavailable(f"places cannot be told now: {error!r}") from error

    async def _listen(self) -> None:
        while True:
            try:
                await self._consume()
            except (KafkaError, OSError, LocationsUnavailable) as error:
                log_of.warning("locations are not heard just now: %r", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _consume(self) -> None:
        """From the beginning (twelve hours at most), or from where a connection before this one ended."""
        consumer = AIOKafkaConsumer(
            self._topic,
            **self._connection.options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            await self._follow(consumer, await self._seek(consumer))
        finally:
            await stop_quietly(consumer)

    async def _seek(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """The ends as of now; what lies before them and was not heard yet comes first."""
        where = list(consumer.assignment())
        begins: Any = await consumer.beginning_offsets(where)
        ends: Any = await consumer.end_offsets(where)
        for partition in where:
            known = self._next.get(partition, 0)
            on_it = begins[partition] <= known <= ends[partition]  # else the topic was recreated
            self._next[partition] = known if on_it else begins[partition]
            consumer.seek(partition, self._next[partition])
        return ends

    async def _follow(self, consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> None:
        """Until nothing was heard for long."""
        loop = asyncio.get_running_loop()
        heard = repaired = loop.time()
        while (now := loop.time()) - heard < QUIET_SECONDS:
            for where, records in (await consumer.getmany(timeout_ms=200)).items():
                heard = now
                for record in records:
                    self._take(record.key or b"", record.value)
                self._next[where] = records[-1].offset + 1
            if not self._caught_up.is_set() and await self._reached(consumer, ends):
                self._caught_up.set()
            if now - repaired > REPAIR_SECONDS:
                repaired = now
                await self.repair()

    async def _reached(self, consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
        """Whether everything before these ends was heard; records may be missing, so by the positions."""
        return all([await consumer.position(where) >= end for where, end in ends.items()])

    async def repair(self) -> None:
        """Write a newer fix again where an older one was written after it, by a process that had not heard
        of it: the topic keeps each worker's last record. Raises LocationsUnavailable."""
        await self._send([(code, fix.worker, fix) for code, fix in self._latest.overtaken()])

    def _take(self, key: bytes, value: bytes | None) -> None:
        try:
            jurisdiction, _, worker = key.decode().partition("/")
            if value is None:
                self._latest.forget(jurisdiction, worker)
            else:
                self._latest.observe(jurisdiction, _decoder.decode(value))
        except (UnicodeDecodeError, msgspec.DecodeError):
            log_of.debug("a record that is no fix was passed over")


def _log_if_lost(sent: "asyncio.Future[Any]") -> None:
    if not sent.cancelled() and (error := sent.exception()):
        log_of.warning("a fix was not told to other processes: %r", error)
