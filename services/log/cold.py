"""Read one jurisdiction's chain from a topic, starting at a mark."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Final

from events.commit import Head, Verdict, digest
from services.log.chain import GENESIS_MARK, Chain, Mark
from services.log.identity import partition_of
from services.log.port import LogDamaged, LogUnavailable, Stored
from services.log.transport import Record, Transport, TransportDown

MARKS: Final = 4
"""Marks kept near the last read position, in addition to the newest."""
MOST_POSITION: Final = 1 << 62


class StaleMark(Exception):
    """The offset does not hold the mark's commit; read from an earlier mark."""

    def __init__(self, mark: Mark) -> None:
        super().__init__(f"offset {mark.offset} does not hold the commit that leads to {mark.head}")
        self.mark = mark


async def read_chain(
    transport: Transport, chain: Chain, mark: Mark, stop: int
) -> AsyncIterator[list[Stored]]:
    """Yield accepted commits beyond a mark and before offset `stop`. `chain` must start at the mark.

    Raises StaleMark, TransportDown, and LogDamaged once everything before the damage is yielded. Records that
    do not follow are passed over if a later commit declares them dead.
    """
    partition = partition_of(chain.jurisdiction, transport.partitions)
    first, _ = await transport.bounds(partition)
    if first > mark.offset:
        if mark != GENESIS_MARK:
            raise StaleMark(mark)
        why = f"the records before offset {first} of partition {partition} were deleted"
        raise LogDamaged(chain.jurisdiction, 1, why)
    key, checked = chain.jurisdiction.encode(), mark == GENESIS_MARK
    async for records in transport.fetch(partition, mark.offset, stop):
        if not checked and records:
            _verify(mark, records[0])
            checked, records = True, records[1:]
        yield _accepted(chain, [record for record in records if record.key == key])
        await asyncio.sleep(0)
    if not checked:
        raise StaleMark(mark)
    if chain.damage:
        raise chain.damage


def _verify(mark: Mark, record: Record) -> None:
    if record.offset != mark.offset or digest(record.value or b"") != mark.head.hash:
        raise StaleMark(mark)


def _accepted(chain: Chain, records: Iterable[Record]) -> list[Stored]:
    judged = (chain.judge(record.offset, record.value) for record in records)
    return [chain.newest for verdict in judged if verdict is Verdict.ACCEPTED]


class ColdLog:
    """Reads chains without following them, for callers that receive new commits otherwise."""

    def __init__(self, transport: Transport, log: str) -> None:
        self.id, self._transport = log, transport
        self._marks: dict[str, list[Mark]] = {}
        """Most recently read marks, ascending; piecewise reads resume there."""

    async def end(self, jurisdiction: str) -> Head:
        """Return the topic's current head, reading everything beyond the newest mark."""
        mark = self._mark(jurisdiction, MOST_POSITION)
        chain = Chain(jurisdiction, mark)
        async for _ in self._walk(chain, mark):
            pass
        return chain.head

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        """See Log.read."""
        mark = self._mark(jurisdiction, after)
        chain = Chain(jurisdiction, mark)
        async for batch in self._walk(chain, mark):
            beyond = [stored for stored in batch if stored.head.position > after]
            if beyond:
                yield beyond

    async def _walk(self, chain: Chain, mark: Mark) -> AsyncIterator[list[Stored]]:
        partition = partition_of(chain.jurisdiction, self._transport.partitions)
        try:
            stop = await self._transport.end(partition)
            async for batch in read_chain(self._transport, chain, mark, stop):
                self._keep(chain)
                yield batch
        except StaleMark as error:
            self._marks.pop(chain.jurisdiction, None)
            raise LogUnavailable(f"{error}; read it again") from error
        except TransportDown as error:
            raise LogUnavailable(f"the log cannot be read: {error}") from error

    def _mark(self, jurisdiction: str, after: int) -> Mark:
        """Return the newest mark at or before a position."""
        known = (mark for mark in reversed(self._marks.get(jurisdiction, [])) if mark.head.position <= after)
        return next(known, GENESIS_MARK)

    def _keep(self, chain: Chain) -> None:
        if not chain.head.position:
            return
        marks = self._marks.get(chain.jurisdiction, [])
        made = {mark.head.position: mark for mark in (*marks, Mark(chain.head, chain.offset))}
        kept = sorted(made.values(), key=lambda mark: mark.head.position)
        newest = chain.head.position
        near = [mark for mark in kept if mark.head.position <= newest][-MARKS:]
        self._marks[chain.jurisdiction] = near if kept[-1] in near else [*near, kept[-1]]
