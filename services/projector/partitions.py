"""Project the records of a process's partitions, however they are delivered."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final

from projections.catalog import views as catalog
from services.log.cold import ColdLog
from services.log.identity import partition_of
from services.log.transport import Record, Transport, TransportDown, fetched
from services.projector.announcing import StepAnnouncements
from services.projector.jurisdictions import JurisdictionProjector
from services.projector.ports import Announcer, Checkpoints, SharedViews, TopicTruncated
from services.projector.records import RecordSorter, sliced, turns
from services.projector.retrying import Troubles
from services.projector.saving import CheckpointSaver
from services.views.scrub import Scrub

LONG_SECONDS: Final = 1.0
"""A delivery that takes longer gives signs of life."""

log_of = logging.getLogger("muster.projector")


class PartitionProjector:
    """Projects delivered records and fetches those missed. Its state can always be rebuilt."""

    def __init__(
        self,
        views: SharedViews,
        transport: Transport,
        log: str,
        checkpoints: Checkpoints,
        announcer: Announcer,
    ) -> None:
        self.views, self.transport = views, transport
        self.log = ColdLog(transport, log)
        self.owned: set[int] = set()
        self.next_offsets: dict[int, int] = {}
        """Owned partition -> offset before which everything has been handled."""
        self.heartbeats: dict[int, int] = {}
        """Owned partition -> signs of life while catching up."""
        self.rebuilding: set[int] = set()
        """Partitions whose views are being rebuilt."""
        self._renewed: set[int] = set()
        """Owned partitions whose stale views are rebuilt, or being rebuilt."""
        self.holes = 0
        """Offsets without a record."""
        self._troubles = Troubles()
        self._announcements = StepAnnouncements(views, announcer)
        self.jurisdictions = JurisdictionProjector(views, self.log, self._announcements, self._troubles)
        self.scrub = Scrub(
            self.log,
            views,
            catalog,
            self.jurisdictions.rebuilt,
            mine=lambda jurisdiction: self._partition(jurisdiction) in self.owned,
        )
        """Compares the views of the owned partitions with the log."""
        self._sorter = RecordSorter(transport.partitions)
        self._checkpoints, self._saver = checkpoints, CheckpointSaver(checkpoints)
        self._locks: dict[int, asyncio.Lock] = {}

    @property
    def trouble(self) -> str | None:
        """Why something cannot be projected at the moment; it is retried."""
        return self._troubles.first

    @property
    def parked(self) -> Mapping[str, str]:
        """Jurisdictions waiting for another program version, and why."""
        return self.jurisdictions.parked

    @property
    def positions(self) -> Mapping[str, int]:
        """Position of each jurisdiction's views."""
        return self.jurisdictions.positions

    @property
    def dead(self) -> Mapping[str, int]:
        """Records that are not commits, by reason."""
        return self._sorter.dead

    def assign(self, partition: int) -> None:
        """Take over a partition; call `catch_up` next."""
        self.owned.add(partition)

    def revoke(self, partition: int) -> None:
        """Give up a partition to another process."""
        self.owned.discard(partition)
        self._renewed.discard(partition)
        self.next_offsets.pop(partition, None)
        self._saver.forget(partition)
        self._troubles.clear(str(partition))
        self._troubles.clear(f"{partition}, stale")
        self.jurisdictions.leave(partition, self._partition)

    # -- projecting ----------------------------------------------------------------------------------------

    async def deliver(self, delivery: Mapping[int, Sequence[Record]]) -> None:
        """Project one delivery, however long it takes: many jurisdictions at once as far as all goes well,
        and what is left partition by partition.

        While a long one is worked on, no partition is taken for stalled: none can be delivered meanwhile.
        """
        began = time.monotonic()
        for turn in turns(delivery):
            await self._project_together(turn)
            for partition, records in turn.items():
                await self.project(partition, records)
                if time.monotonic() - began > LONG_SECONDS:
                    for one in self.owned:
                        self._heartbeat(one)

    async def _project_together(self, turn: Mapping[int, Sequence[Record]]) -> None:
        """Project records that follow directly on what was handled; leave what does not go straight."""
        async with AsyncExitStack() as locks:
            for partition in sorted(turn):
                await locks.enter_async_context(self._lock(partition))
            groups = {
                partition: self._sorter.by_jurisdiction(partition, records)
                for partition, records in turn.items()
                if self._follow(partition, records)
            }
            every = {code: records for group in groups.values() for code, records in group.items()}
            done = await self.jurisdictions.project_together(every)
            for partition, group in groups.items():
                if group.keys() <= done:
                    self.skip_to(partition, turn[partition][-1].offset + 1)

    def _follow(self, partition: int, records: Sequence[Record]) -> bool:
        """Whether they follow, without a gap, on what was handled of an owned partition."""
        first = self.next_offsets.get(partition)
        offsets = [record.offset for record in records]
        return (
            first is not None and partition in self.owned and offsets == [*range(first, first + len(offsets))]
        )

    async def project(self, partition: int, records: Sequence[Record]) -> None:
        """Project one partition's records. Returns once they are in the views, however long it takes."""
        while partition in self.owned:
            await self._reach_end(partition)
            async with self._lock(partition):
                if partition in self.next_offsets:
                    return await self._project(partition, await self._completed(partition, records))

    async def catch_up(self, partition: int) -> None:
        """Project from the checkpoint, then rebuild what is stale, while what comes is projected.

        The consumer group's offset in Kafka is not used.
        """
        await self._reach_end(partition)
        await self._renew(partition)

    async def _reach_end(self, partition: int) -> None:
        async with self._lock(partition):
            if partition not in self.next_offsets:
                await self._catch_up(partition)

    async def _renew(self, partition: int) -> None:
        delay: float | None = None
        while partition in self.owned - self._renewed:
            self._renewed.add(partition)
            try:
                await self.rebuild_stale(partition)
            except Exception as error:
                self._renewed.discard(partition)
                what = f"stale views of partition {partition} cannot be rebuilt"
                delay = await self._troubles.backoff(f"{partition}, stale", what, error, delay)
        self._troubles.clear(f"{partition}, stale")

    async def _catch_up(self, partition: int) -> None:
        delay: float | None = None
        while partition in self.owned:
            try:
                start = (await self._checkpoints.load()).get(partition, 0)
                stop = await self.transport.end(partition)
                if start > stop:
                    raise TopicTruncated(partition, start, stop)
                async for records in self.transport.fetch(partition, start, stop):
                    for part in sliced(records):
                        await self._project(partition, part)
                        self._heartbeat(partition)
                if partition in self.owned:
                    self.next_offsets[partition] = stop
                self._troubles.clear(str(partition))
            except Exception as error:
                what = f"partition {partition} cannot catch up"
                delay = await self._troubles.backoff(str(partition), what, error, delay)
            else:
                log_of.info("partition %d caught up from %d to %d", partition, start, stop)
                return

    async def _project(self, partition: int, records: Sequence[Record]) -> None:
        groups = self._sorter.by_jurisdiction(partition, records)
        await asyncio.gather(*(self.jurisdictions.project(partition, *group) for group in groups.items()))
        if partition in self.next_offsets and records:
            self.skip_to(partition, records[-1].offset + 1)

    async def _completed(self, partition: int, records: Sequence[Record]) -> list[Record]:
        """Return the records in order, without those already handled, and with those the delivery skipped:
        one of them may be a jurisdiction's last commit, whose loss would go unnoticed."""
        upto, found = self.next_offsets.get(partition, 0), list[Record]()
        for record in sorted(records, key=lambda one: one.offset):
            if record.offset > upto:
                found += await self._fetch_missed(partition, upto, record.offset)
            if record.offset >= upto:
                found.append(record)
                upto = record.offset + 1
        return found

    async def _fetch_missed(self, partition: int, start: int, stop: int) -> list[Record]:
        delay: float | None = None
        while partition in self.owned:
            try:
                found = await fetched(self.transport, partition, start, stop)
            except TransportDown as error:
                what = f"partition {partition} cannot be read from {start} to {stop}"
                delay = await self._troubles.backoff(str(partition), what, error, delay)
            else:
                self._troubles.clear(str(partition))
                self.holes += stop - start - len(found)
                return found
        return []

    def skip_to(self, partition: int, offset: int) -> None:
        """Note that everything before this offset was handled or has no record."""
        if partition in self.next_offsets:
            self.next_offsets[partition] = max(offset, self.next_offsets[partition])

    async def rebuild_stale(self, partition: int) -> None:
        """Rebuild views that are new or whose fold has changed, next to the live ones."""
        for jurisdiction in await self.views.jurisdictions():
            if self._partition(jurisdiction) != partition or jurisdiction in self.parked:
                continue
            stale = await self.views.stale(jurisdiction)
            if stale:
                self.rebuilding.add(partition)
                try:
                    await self.jurisdictions.rebuild(
                        jurisdiction, stale, lambda: self._heartbeat(partition), self._lock(partition)
                    )
                finally:
                    self.rebuilding.discard(partition)

    # -- checkpoints ---------------------------------------------------------------------------------------

    async def save_checkpoints(self) -> None:
        """Save the checkpoints, never beyond a parked jurisdiction."""
        owned = {p: offset for p, offset in self.next_offsets.items() if p in self.owned}
        await self._saver.save(owned, self.jurisdictions.parked_at.values())

    async def restore_lost(self) -> None:
        """Project again, from the checkpoint, what the store has lost after writing it: in a crash, or
        because it was restored."""
        reached = dict(self.positions)
        held = await self.views.positions()
        lost = {self._partition(j) for j, position in reached.items() if held.get(j, 0) < position}
        for partition in lost & self.owned:
            log_of.warning("the views of partition %d have lost data; projecting it again", partition)
            async with self._lock(partition):
                self.revoke(partition)
                self.assign(partition)
            await self.catch_up(partition)

    def _heartbeat(self, partition: int) -> None:
        """Record a sign of life while work is unfinished."""
        self.heartbeats[partition] = self.heartbeats.get(partition, 0) + 1

    def _partition(self, jurisdiction: str) -> int:
        return partition_of(jurisdiction, self.transport.partitions)

    def _lock(self, partition: int) -> asyncio.Lock:
        return self._locks.setdefault(partition, asyncio.Lock())
