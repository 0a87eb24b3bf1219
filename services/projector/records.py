"""Sort a partition's records by jurisdiction."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from events.commit import envelope
from services.log.identity import partition_of
from services.log.transport import Record

SLICE_BYTES: Final = 2**20
"""Records written to the views at once: some 2,000 events, which the slowest machine writes in seconds."""


def sliced(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Cut records into slices of about SLICE_BYTES, each of at least one record."""
    first = size = 0
    for n, record in enumerate(records):
        size += len(record.value or b"")
        if size >= SLICE_BYTES:
            yield records[first : n + 1]
            first, size = n + 1, 0
    if first < len(records):
        yield records[first:]


def turns(delivery: Mapping[int, Sequence[Record]]) -> Iterator[dict[int, Sequence[Record]]]:
    """Cut a delivery by partition into turns of about SLICE_BYTES, each partition's in order."""
    turn: dict[int, Sequence[Record]] = {}
    size = 0
    for partition, records in delivery.items():
        for part in sliced(records):
            size += sum(len(record.value or b"") for record in part)
            turn[partition] = part
            if size >= SLICE_BYTES:
                yield turn
                turn, size = {}, 0
    if turn:
        yield turn


class RecordSorter:
    """Counts and skips records that are not commits."""

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self.dead: Counter[str] = Counter()
        """Records that are not commits, by reason."""
        self._counted: dict[int, int] = {}
        """Partition -> offset from which on they are not counted yet: some records are looked at again."""

    def by_jurisdiction(self, partition: int, records: Sequence[Record]) -> dict[str, list[Record]]:
        """Group records by jurisdiction, in topic order."""
        groups: dict[str, list[Record]] = {}
        for record in records:
            jurisdiction = self._jurisdiction(partition, record)
            if jurisdiction:
                groups.setdefault(jurisdiction, []).append(record)
            self._counted[partition] = max(record.offset + 1, self._counted.get(partition, 0))
        return groups

    def _skip(self, partition: int, record: Record, why: str) -> None:
        self.dead[why] += record.offset >= self._counted.get(partition, 0)

    def _jurisdiction(self, partition: int, record: Record) -> str | None:
        """Return the jurisdiction of a commit; None for records to skip."""
        if record.key is None:
            return None  # the log's identity
        try:
            jurisdiction = record.key.decode()
            named = envelope(record.value or b"").jurisdiction
        except (UnicodeDecodeError, msgspec.DecodeError):
            return self._skip(partition, record, "not_a_commit")
        if named != jurisdiction:
            return self._skip(partition, record, "wrong_key")
        if partition_of(jurisdiction, self._partitions) != partition:
            return self._skip(partition, record, "wrong_partition")
        return jurisdiction
