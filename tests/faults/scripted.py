"""A topic in memory with random delivery faults, determined by a seed."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping

from services.log.identity import Identity
from services.log.transport import Delivery, Record, Sent, TransportDown

LOG = "00000000-0000-4000-8000-00000000000f"


class Topic:
    """The true content: one list per partition. None is a hole, an offset without a record."""

    def __init__(self, partitions: int = 2) -> None:
        self.identity = Identity(log=LOG, partitions=partitions)
        first = Record(0, None, self.identity.encode())
        self.partitions: list[list[Record | None]] = [[first] for _ in range(partitions)]
        self.begins = [0] * partitions
        """Offset of each partition's first record; what was before is deleted."""

    def put(self, partition: int, key: bytes | None, value: bytes) -> int:
        """Append a record and return its offset."""
        records = self.partitions[partition]
        records.append(Record(len(records), key, value))
        return len(records) - 1

    def hole(self, partition: int) -> None:
        """Append a hole, as the marker of a foreign transaction leaves."""
        self.partitions[partition].append(None)


class Scripted:
    """A Transport over a Topic. Reading a range is correct; following has the faults of the seed."""

    def __init__(self, topic: Topic, seed: int | None = None) -> None:
        self.topic, self.partitions = topic, len(topic.partitions)
        self.random = random.Random(seed)
        self.faulty = seed is not None
        self.broken = 0
        """Number of faulty deliveries."""
        self.dropping = False
        """Whoever follows now loses the connection."""

    async def bounds(self, partition: int) -> tuple[int, int]:
        return self.topic.begins[partition], len(self.topic.partitions[partition])

    async def end(self, partition: int) -> int:
        return len(self.topic.partitions[partition])

    async def fetch(self, partition: int, start: int, stop: int) -> AsyncIterator[list[Record]]:
        if start < self.topic.begins[partition]:
            raise TransportDown("an offset no longer exists")
        found = [record for record in self.topic.partitions[partition][start:stop] if record]
        if found:
            yield found

    async def follow(self, positions: Mapping[int, int]) -> AsyncIterator[Delivery]:
        at = dict(positions)
        while not self.dropping:
            for partition in positions:
                records = self.topic.partitions[partition]
                if at[partition] < len(records):
                    upto = self.random.randint(at[partition] + 1, len(records))
                    there = [record for record in records[at[partition] : upto] if record]
                    at[partition] = upto
                    for delivery in self._spoilt(partition, there, upto):
                        yield delivery
            await asyncio.sleep(0)
        self.dropping = False
        raise TransportDown("dropped")

    def _spoilt(self, partition: int, records: list[Record], upto: int) -> list[Delivery]:
        if not self.faulty:
            return [Delivery(partition, records, upto)]
        return [Delivery(partition, spoil(self.random, records, self.known(partition)), upto)]

    def known(self, partition: int) -> list[Record]:
        """Return the records that may be delivered again: all of them."""
        return [record for record in self.topic.partitions[partition] if record]

    async def send(self, partition: int, key: bytes | None, value: bytes) -> Sent:
        return Sent(self.topic.put(partition, key, value), None)

    async def close(self) -> None:
        """Do nothing, as nothing is open."""


def spoil(chance: random.Random, records: list[Record], known: list[Record]) -> list[Record]:
    """Return the records with losses, duplicates, swaps and stale replays."""
    found = [record for record in records if chance.random() > 0.2]
    found += [record for record in records if chance.random() < 0.2]
    found += chance.sample(known, min(len(known), chance.randint(0, 3)))
    for _ in range(chance.randint(0, 3)):
        if len(found) > 1:
            a, b = chance.sample(range(len(found)), 2)
            found[a], found[b] = found[b], found[a]
    return found
