"""What a projector does with the records of its partitions, whoever delivers them."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from services.log.cold import ColdLog
from services.log.identity import partition_of
from services.log.transport import Record, Transport, TransportDown, fetched
from services.projector.announcing import StepAnnouncements
from services.projector.jurisdictions import JurisdictionProjector
from services.projector.ports import Announcer, Checkpoints, SharedViews, TopicTruncated
from services.projector.records import RecordSorter
from services.projector.retrying import Troubles
from services.projector.saving import CheckpointSaver

log_of = logging.getLogger("muster.projector")


class PartitionProjector:
    """Projects what it is handed; reads by itself what it was not. Stateless but for what it may lose."""

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
        """Owned partition -> the offset before which everything was dealt with."""
        self.heartbeats: dict[int, int] = {}
        """Owned partition -> signs of life while it is caught up."""
        self.rebuilding: set[int] = set()
        """Partitions of which views are rebuilt."""
        self.holes = 0
        """Offsets that hold no record."""
        self._troubles = Troubles()
        self._announcements = StepAnnouncements(views, announcer)
        self.jurisdictions = JurisdictionProjector(views, self.log, self._announcements, self._troubles)
        self._sorter = RecordSorter(transport.partitions)
        self._checkpoints, self._saver = checkpoints, CheckpointSaver(checkpoints)
        self._locks: dict[int, asyncio.Lock] = {}

    @property
    def trouble(self) -> str | None:
        """Why something cannot be projected just now; it is tried again."""
        return self._troubles.first

    @property
    def parked(self) -> Mapping[str, str]:
        """Jurisdictions that wait for another program, and why."""
        return self.jurisdictions.parked

    @property
    def positions(self) -> Mapping[str, int]:
        """How far the views of each jurisdiction are."""
        return self.jurisdictions.positions

    @property
    def dead(self) -> Mapping[str, int]:
        """Records that are no commits, by reason."""
        return self._sorter.dead

    def assign(self, partition: int) -> None:
        """This process has it now; `catch_up` next."""
        self.owned.add(partition)

    def revoke(self, partition: int) -> None:
        """Another process has it now."""
        self.owned.discard(partition)
        self.next_offsets.pop(partition, None)
        self._saver.forget(partition)
        self._troubles.clear(str(partition))
        self.jurisdictions.leave(partition, self._partition)

    # -- projecting ----------------------------------------------------------------------------------------

    async def project(self, partition: int, records: Sequence[Record]) -> None:
        """Project records of one partition. Returns once they are in, however long that takes."""
        while partition in self.owned:
            await self.catch_up(partition)
            async with self._lock(partition):
                if partition in self.next_offsets:
                    return await self._project(partition, await self._completed(partition, records))

    async def catch_up(self, partition: int) -> None:
        """Project from its checkpoint on; what Kafka's group remembers is not relied on."""
        async with self._lock(partition):
            if partition not in self.next_offsets:
                await self._catch_up(partition)

    async def _catch_up(self, partition: int) -> None:
        delay: float | None = None
        while partition in self.owned:
            try:
                start = (await self._checkpoints.load()).get(partition, 0)
                stop = await self.transport.end(partition)
                if start > stop:
                    raise TopicTruncated(partition, start, stop)
                async for records in self.transport.fetch(partition, start, stop):
                    await self._project(partition, records)
                    self._heartbeat(partition)
                await self.rebuild_stale(partition)
                if partition in self.owned:
                    self.next_offsets[partition] = stop
                self._troubles.clear(str(partition))
            except Exception as error:
                what = f"partition {partition} cannot be caught up"
                delay = await self._troubles.backoff(str(partition), what, error, delay)
            else:
                log_of.info("partition %d is caught up, from %d to %d", partition, start, stop)
                return

    async def _project(self, partition: int, records: Sequence[Record]) -> None:
        groups = self._sorter.by_jurisdiction(partition, records)
        await asyncio.gather(*(self.jurisdictions.project(partition, *group) for group in groups.items()))
        if partition in self.next_offsets and records:
            self.skip_to(partition, records[-1].offset + 1)

    async def _completed(self, partition: int, records: Sequence[Record]) -> list[Record]:
        """In order, without what was dealt with, and with what the delivery passed over: it may hold the last
        commit of a jurisdiction, whose loss nothing later would show."""
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
        """Everything before this offset was dealt with, or holds no record."""
        if partition in self.next_offsets:
            self.next_offsets[partition] = max(offset, self.next_offsets[partition])

    async def rebuild_stale(self, partition: int) -> None:
        """Views that are new, or whose fold has changed, are folded beside the live ones."""
        for jurisdiction in await self.views.jurisdictions():
            if self._partition(jurisdiction) != partition or jurisdiction in self.parked:
                continue
            stale = await self.views.stale(jurisdiction)
            if stale:
                self.rebuilding.add(partition)
                try:
                    await self.jurisdictions.rebuild(jurisdiction, stale, lambda: self._heartbeat(partition))
                finally:
                    self.rebuilding.discard(partition)

    # -- checkpoints ---------------------------------------------------------------------------------------

    async def save_checkpoints(self) -> None:
        """Keep how far it is; never beyond a jurisdiction that is parked."""
        owned = {p: offset for p, offset in self.next_offsets.items() if p in self.owned}
        await self._saver.save(owned, self.jurisdictions.parked_at.values())

    async def restore_lost(self) -> None:
        """Project again, from its checkpoint, what the store no longer holds though it was written: it may
        have lost its last instants in a crash, or have been restored."""
        reached = dict(self.positions)
        held = await self.views.positions()
        lost = {self._partition(j) for j, position in reached.items() if held.get(j, 0) < position}
        for partition in lost & self.owned:
            log_of.warning("the views of partition %d have lost something; it is projected again", partition)
            async with self._lock(partition):
                self.revoke(partition)
                self.assign(partition)
            await self.catch_up(partition)

    def _heartbeat(self, partition: int) -> None:
        """It goes on, though nothing is finished yet."""
        self.heartbeats[partition] = self.heartbeats.get(partition, 0) + 1

    def _partition(self, jurisdiction: str) -> int:
        return partition_of(jurisdiction, self.transport.partitions)

    def _lock(self, partition: int) -> asyncio.Lock:
        return self._locks.setdefault(partition, asyncio.Lock())
