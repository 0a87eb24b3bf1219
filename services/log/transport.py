"""What a chained log needs from a partitioned, ordered topic. Kafka is one; tests use a scripted one."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

import msgspec


class Record(msgspec.Struct, frozen=True):
    """One record of a partition."""

    offset: int
    key: bytes | None
    value: bytes | None


class Delivery(msgspec.Struct, frozen=True):
    """Some records of a partition in order, and the next offset to be delivered."""

    partition: int
    records: list[Record]
    next: int


class Sent(msgspec.Struct, frozen=True):
    """A record's offset and the store's timestamp (milliseconds since 1970), if available."""

    offset: int
    timestamp: int | None


class NotSent(Exception):
    """The record is definitely not in the topic."""


class SendUnknown(Exception):
    """The record may or may not be in the topic, now or later."""


class TransportDown(Exception):
    """The topic cannot be reached at the moment."""


class Transport(Protocol):
    """A topic with `partitions` partitions. Every method may raise TransportDown."""

    partitions: int

    async def bounds(self, partition: int) -> tuple[int, int]:
        """Return the first remaining offset and the next record's offset."""
        ...

    async def end(self, partition: int) -> int:
        """Return the next record's offset, asking the store."""
        ...

    def fetch(self, partition: int, start: int, stop: int) -> AsyncIterator[list[Record]]:
        """Yield the records from `start` up to but excluding `stop`, in order, skipping control records."""
        ...

    def follow(self, positions: Mapping[int, int]) -> AsyncIterator[Delivery]:
        """Follow all partitions from these offsets indefinitely, with occasional empty deliveries."""
        ...

    async def send(self, partition: int, key: bytes | None, value: bytes) -> Sent:
        """Send a record and wait until it is durable. Raises NotSent, SendUnknown."""
        ...

    async def close(self) -> None: ...


async def fetched(transport: Transport, partition: int, start: int, stop: int) -> list[Record]:
    """Return the records of a short range, read to its end so that the consumer can serve the next fetch.

    Raises TransportDown.
    """
    return [one async for records in transport.fetch(partition, start, stop) for one in records]
