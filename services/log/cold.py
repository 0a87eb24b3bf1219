"""Reads one jurisdiction's chain out of a topic from a known place."""

import asyncio
from collections.abc import AsyncIterator

from events.commit import Verdict, digest
from services.log.chain import GENESIS_MARK, Chain, Mark
from services.log.identity import partition_of
from services.log.port import LogDamaged, Stored
from services.log.transport import Record, Transport


class StaleMark(Exception):
    """The place does not hold the commit that it should: read from an earlier one."""

    def __init__(self, mark: Mark) -> None:
        super().__init__(f"offset {mark.offset} does not hold the commit that leads to {mark.head}")
        self.mark = mark


async def walk(transport: Transport, chain: Chain, mark: Mark, stop: int) -> AsyncIterator[list[Stored]]:
    """Accepted commits beyond a mark and before offset `stop`; `chain`, begun at the mark, judges them.

    Raises StaleMark, LogDamaged, TransportDown.
    """
    partition = partition_of(chain.jurisdiction, transport.partitions)
    key, checked = chain.jurisdiction.encode(), mark == GENESIS_MARK
    async for records in transport.fetch(partition, mark.offset, stop):
        if not checked and records:
            _verify(mark, records[0])
            checked, records = True, records[1:]
        yield [stored for record in records if record.key == key and (stored := _judged(chain, record))]
        await asyncio.sleep(0)
    if not checked:
        raise StaleMark(mark)


def _verify(mark: Mark, record: Record) -> None:
    if record.offset != mark.offset or digest(record.value or b"") != mark.head.hash:
        raise StaleMark(mark)


def _judged(chain: Chain, record: Record) -> Stored | None:
    verdict = chain.take(record.offset, record.value)
    if verdict is Verdict.GAP:
        raise gap(chain, record)
    return chain.newest if verdict is Verdict.ACCEPTED else None


def gap(chain: Chain, record: Record) -> LogDamaged:
    """A commit lies beyond the head, and what leads to it is not there."""
    why = f"the commit at offset {record.offset} does not follow {chain.head}; what is between is missing"
    return LogDamaged(chain.jurisdiction, chain.head.position + 1, why)
