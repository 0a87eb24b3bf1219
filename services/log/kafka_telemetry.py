"""Places on a topic of their own, kept for hours: every API process hears all of them."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.log.identity import partition_of
from services.log.kafka import Connection, leave
from services.telemetry.memory import Heard
from services.telemetry.port import Fix, PlacesUnavailable

TELEMETRY: Final = "muster.telemetry"
SETTINGS: Final = {"cleanup.policy": "compact,delete", "retention.ms": "43200000"}
"""Twelve hours, and of each worker the newest: no track of anybody is kept."""
RETRY_SECONDS: Final = 0.5

log_of = logging.getLogger("muster.telemetry")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Fix)


class KafkaPlaces:
    """Opened by `open`. A place may be lost with its broker; the next one comes soon."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._heard, self._partitions = connection, Heard(), 0
        self._producer: AIOKafkaProducer | None = None
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> "KafkaPlaces":
        """Raises PlacesUnavailable."""
        self._producer = AIOKafkaProducer(
            **self._connection.options(), acks=1, enable_idempotence=False, linger_ms=20
        )
        try:
            await self._producer.start()
            self._partitions = len(await self._producer.partitions_for(TELEMETRY))
        except (KafkaError, OSError) as error:
            await leave(self._producer)
            raise PlacesUnavailable(f"the places' topic cannot be reached: {error}") from error
        self._listening = asyncio.create_task(self._listen(), name="hearing places")
        return self

    async def record(self, jurisdiction: str, fixes: Sequence[Fix]) -> int:
        newer = [fix for fix in fixes if self._heard.take(jurisdiction, fix)]
        await self._send([(jurisdiction, fix.worker, _encoder.encode(fix)) for fix in newer])
        return len(newer)

    async def last(self, jurisdiction: str, workers: Iterable[str]) -> dict[str, Fix]:
        return self._heard.last(jurisdiction, workers)

    async def workers(self, jurisdiction: str) -> list[str]:
        return sorted(self._heard.of(jurisdiction))

    async def jurisdictions(self) -> list[str]:
        return self._heard.jurisdictions()

    async def forget(self, jurisdiction: str, workers: Iterable[str]) -> None:
        gone = list(workers)
        for worker in gone:
            self._heard.drop(jurisdiction, worker)
        await self._send([(jurisdiction, worker, None) for worker in gone])

    async def close(self) -> None:
        if self._listening:
            self._listening.cancel()
            await asyncio.wait((self._listening,))
        if self._producer:
            await leave(self._producer)

    async def _send(self, records: list[tuple[str, str, bytes | None]]) -> None:
        if self._producer is None:
            raise PlacesUnavailable("the places' topic is closed")
        try:
            for jurisdiction, worker, value in records:
                key = f"{jurisdiction}/{worker}"
                await self._producer.send(TELEMETRY, value, key.encode(), partition_of(key, self._partitions))
        except (KafkaError, OSError) as error:
            raise PlacesUnavailable(f"places cannot be told now: {error}") from error

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (KafkaError, OSError) as error:
                log_of.warning("places are not heard just now: %s", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _hear(self) -> None:
        """From the beginning: twelve hours at most."""
        consumer = AIOKafkaConsumer(
            TELEMETRY,
            **self._connection.options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            async for record in consumer:
                self._take(record.key or b"", record.value)
        finally:
            await leave(consumer)

    def _take(self, key: bytes, value: bytes | None) -> None:
        try:
            jurisdiction, _, worker = key.decode().partition("/")
            if value is None:
                self._heard.drop(jurisdiction, worker)
            else:
                self._heard.take(jurisdiction, _decoder.decode(value))
        except (UnicodeDecodeError, msgspec.DecodeError):
            log_of.debug("a record that is no place was passed over")
