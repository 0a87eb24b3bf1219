"""List the jurisdictions that have commits on the topic; each partition is read incrementally."""

from typing import Final

import msgspec

from events.commit import Envelope, Head, Verdict, envelope, judge
from services.log.identity import partition_of
from services.log.port import LogUnavailable
from services.log.transport import Record, Transport, TransportDown

FIRST_COMMIT: Final = 1
"""The offset after the log's identity."""


class Directory:
    """Jurisdiction codes found so far, by partition."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._found: dict[int, tuple[int, set[str]]] = {}
        """Partition -> (offset read up to, codes found before it)."""

    async def jurisdictions(self) -> list[str]:
        """Return the codes, sorted. Raises LogUnavailable."""
        found: set[str] = set()
        try:
            for partition in range(self._transport.partitions):
                found |= await self._list(partition)
        except TransportDown as error:
            raise LogUnavailable(f"the log cannot be read: {error}") from error
        return sorted(found)

    async def _list(self, partition: int) -> set[str]:
        start, found = self._found.get(partition, (FIRST_COMMIT, set[str]()))
        first, stop = await self._transport.bounds(partition)
        names = _opens if first == 0 else _holds
        async for records in self._transport.fetch(partition, max(start, first), stop):
            found |= {code for record in records if (code := names(record))}
        self._found[partition] = stop, found
        return {code for code in found if partition_of(code, self._transport.partitions) == partition}


def _opens(record: Record) -> str | None:
    """Return the jurisdiction of which this record may be the first commit."""
    seen = _commit(record)
    first = seen and judge(Head(), seen.first, seen.prev, len(seen.events)) is Verdict.ACCEPTED
    return seen.jurisdiction if seen and first else None


def _holds(record: Record) -> str | None:
    """Return the jurisdiction of which this record is a commit: first ones may have been deleted."""
    seen = _commit(record)
    return seen.jurisdiction if seen else None


def _commit(record: Record) -> Envelope | None:
    """Return the envelope of a commit of the jurisdiction in the record's key."""
    try:
        seen = envelope(record.value or b"")
        return seen if (record.key or b"").decode() == seen.jurisdiction else None
    except (UnicodeDecodeError, msgspec.DecodeError):
        return None
