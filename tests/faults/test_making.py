"""Two processes that create a log at the same time create one log."""

import asyncio

from scripted import Scripted, Topic

from services.adapters.kafka.topics import write_identity
from services.log.transport import Sent


class Slow(Scripted):
    """A transport with delayed sends."""

    async def send(self, partition: int, key: bytes | None, value: bytes) -> Sent:
        await asyncio.sleep(0)
        return await super().send(partition, key, value)


async def test_two_migrations_at_once_agree_on_the_identity() -> None:
    topic = Topic(4)
    for partition in topic.partitions:
        partition.clear()

    made = await asyncio.gather(*(write_identity(Slow(topic)) for _ in range(3)))

    assert len(set(made)) == 1
    assert made[0].partitions == 4
