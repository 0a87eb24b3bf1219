"""What a chained log needs of a partitioned, ordered topic. Kafka is one; tests have a scripted one."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

import msgspec


class Record(msgspec.Struct, frozen=True):
    """One record of a partition."""

    offset: int
    key: bytes | None
    value: bytes | None


class Delivery(msgspec.Struct, frozen=True):
    """Some records of a partition in order, and the offset that is delivered next."""

    partition: int
    records: list[Record]
    next: int


class Sent(msgspec.Struct, frozen=True):
    """Where a record was put, and what the store's clock said (milliseconds since 1970), if it tells."""

    offset: int
    timestamp: int | None


class NotSent(Exception):
    """The record is certainly not in the topic."""


class SendUnknown(Exception):
    """The record may or may not be in the topic, now or later."""


class TransportDown(Exception):
    """The topic cannot be reached now."""


class Transport(Protocol):
    """A topic of `partitions` partitions. Every method may raise TransportDown."""

    partitions: int

    async def bounds(self, partition: int) -> tuple[int, int]:
        """First offset that is still there, and the one that the next record gets."""
        ...

    async def end(self, partition: int) -> int:
        """The offset that the next record gets, asked now."""
        ...

    def fetch(self, partition: int, start: int, stop: int) -> AsyncIterator[list[Record]]:
        """The records from `start` up to but without `stop`, in order, without those that are no records."""
        ...

    def follow(self, positions: Mapping[int, int]) -> AsyncIterator[Delivery]:
        """All partitions from these offsets on, for ever; also an empty delivery now and then."""
        ...

    async def send(self, partition: int, key: bytes | None, value: bytes) -> Sent:
        """Once it is durable. Raises NotSent, SendUnknown."""
        ...

    async def close(self) -> None: ...


async def fetched(transport: Transport, partition: int, start: int, stop: int) -> list[Record]:
    """The records of a short range. Read to its end, so that its consumer serves the next fetch.

    Raises TransportDown.
    """
    return [one async for records in transport.fetch(partition, start, stop) for one in records]
