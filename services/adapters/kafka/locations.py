"""Locations on a topic retained for hours; every API process reads all of them."""

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
"""Twelve hours, compacted to each worker's newest fix, so that no tracks are kept. Only closed segments are
compacted, hence the short ones."""
RETRY_SECONDS: Final = 0.5
CATCH_UP_SECONDS: Final = 5.0
"""How long startup waits for the fixes on the topic."""
QUIET_SECONDS: Final = 20.0
"""A topic silent for this long is reconnected: consumers stall after broker trouble."""
REPAIR_SECONDS: Final = 10.0

log_of = logging.getLogger("muster.telemetry")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Fix)


class KafkaLocations:
    """Location store on Kafka; create it with `open`. A fix may be lost with its broker; the next comes
    soon."""

    def __init__(self, connection: Connection, topic: str = TELEMETRY) -> None:
        self._connection, self._topic = connection, topic
        self._latest, self._partitions = LatestFixes(), 0
        self._producer: AIOKafkaProducer | None = None
        self._listening: asyncio.Task[None] | None = None
        self._next: dict[TopicPartition, int] = {}
        self._caught_up = asyncio.Event()

    async def open(self) -> "KafkaLocations":
        """Connect and read what is on the topic, unless that takes too long.

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
            why = f"topic {self._topic} cannot be reached (did you run `muster migrate`?): {error!r}"
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
            raise LocationsUnavailable("the locations topic is closed")
        try:
            for jurisdiction, worker, fix in records:
                key = f"{jurisdiction}/{worker}"
                value = _encoder.encode(fix) if fix else None
                where = partition_of(key, self._partitions)
                sent = await self._producer.send(self._topic, value, key.encode(), where)
                sent.add_done_callback(_log_if_lost)
        except (KafkaError, OSError) as error:
            raise LocationsUnavailable(f"locations cannot be sent at the moment: {error!r}") from error

    async def _listen(self) -> None:
        while True:
            try:
                await self._consume()
            except (KafkaError, OSError, LocationsUnavailable) as error:
                log_of.warning("cannot receive locations: %r", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _consume(self) -> None:
        """Read from the beginning (twelve hours at most), or from where the last connection ended."""
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
        """Seek to the oldest unread records and return the current ends."""
        where = list(consumer.assignment())
        begins: Any = await consumer.beginning_offsets(where)
        ends: Any = await consumer.end_offsets(where)
        for partition in where:
            known = self._next.get(partition, 0)
            on_it = begins[partition] <= known <= ends[partition]  # otherwise the topic was recreated
            self._next[partition] = known if on_it else begins[partition]
            consumer.seek(partition, self._next[partition])
        return ends

    async def _follow(self, consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> None:
        """Follow the topic until it has been silent for too long."""
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
        """Whether everything before these ends was read; uses positions, since records may be missing."""
        return all([await consumer.position(where) >= end for where, end in ends.items()])

    async def repair(self) -> None:
        """Rewrite newer fixes overwritten by an older one from a lagging process, as the topic keeps each
        worker's last record. Raises LocationsUnavailable."""
        await self._send([(code, fix.worker, fix) for code, fix in self._latest.overtaken()])

    def _take(self, key: bytes, value: bytes | None) -> None:
        try:
            jurisdiction, _, worker = key.decode().partition("/")
            if value is None:
                self._latest.forget(jurisdiction, worker)
            else:
                self._latest.observe(jurisdiction, _decoder.decode(value))
        except (UnicodeDecodeError, msgspec.DecodeError):
            log_of.debug("skipped a record that is not a fix")


def _log_if_lost(sent: "asyncio.Future[Any]") -> None:
    if not sent.cancelled() and (error := sent.exception()):
        log_of.warning("cannot send a fix to other processes: %r", error)
