"""Reading a long chain in pieces reads each record only a few times, wherever it is."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

import pytest
from chains import chain
from scripted import LOG, Scripted, Topic

from services.log.cold import ColdLog
from services.log.identity import partition_of
from services.log.port import Stored
from services.log.transport import Record

J, PIECE, COMMITS = "2307", 10, 400


class Counting(Scripted):
    """A transport that delivers ten records at a time and counts them."""

    fetched = 0

    async def fetch(self, partition: int, start: int, stop: int) -> AsyncIterator[list[Record]]:
        for at in range(start, stop, PIECE):
            async for records in super().fetch(partition, at, min(at + PIECE, stop)):
                self.fetched += len(records)
                yield records


async def piece(log: ColdLog, after: int) -> list[Stored]:
    """Read only the first batch, as a projector does."""
    batches = cast("AsyncGenerator[list[Stored], None]", log.read(J, after))
    found = await anext(batches, [])
    await batches.aclose()
    return found


@pytest.mark.parametrize("taken", [PIECE, 7], ids=["whole batches", "a part of each"])
async def test_the_work_grows_with_the_chain_and_not_with_its_square(taken: int) -> None:
    topic, made = Topic(2), chain(J, [1] * COMMITS)
    for data, _ in made:
        topic.put(partition_of(J, 2), J.encode(), data)
    transport = Counting(topic)
    log = ColdLog(transport, LOG)
    assert await log.end(J) == made[-1][1]
    transport.fetched, position, found = 0, 0, list[bytes]()
    while position < COMMITS:
        some = (await piece(log, position))[:taken]
        found += [stored.data for stored in some]
        position = some[-1].head.position

    assert found == [data for data, _ in made]
    assert transport.fetched < 6 * COMMITS


async def test_what_was_read_of_the_end_is_not_read_again_after_a_look_at_the_past() -> None:
    topic, made = Topic(2), chain(J, [1] * COMMITS)
    for data, _ in made:
        topic.put(partition_of(J, 2), J.encode(), data)
    transport = Counting(topic)
    log = ColdLog(transport, LOG)
    await log.end(J)
    await piece(log, 0)
    transport.fetched = 0

    assert await log.end(J) == made[-1][1]
    assert transport.fetched <= PIECE
