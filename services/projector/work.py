"""What a projector does with the records of its partitions, whoever delivers them."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from events.catalog import BadEvent, UnknownEvent
from events.commit import Head, envelope
from projections.catalog import views as catalog
from services.log.cold import ColdLog
from services.log.identity import partition_of
from services.log.port import LogDamaged, Stored
from services.log.transport import Record, Transport
from services.views.batch import run_batch
from services.views.changes import MOST_PACKED, Announcement
from services.views.port import Views
from services.views.rebuild import rebuild_all

AT_ONCE: Final = 4
"""Jurisdictions of one delivery that are projected at the same time."""
RETRY_SECONDS: Final = 0.2
MOST_RETRY_SECONDS: Final = 3.0
_UNJUDGED: Final = Head()
_ERASURES: Final = (b'"worker.erased"', b'"request.erased"')

log_of = logging.getLogger("muster.projector")


class Store(Views, Protocol):
    """A view store that keeps its outbox for others."""

    async def packed_steps(
        self, jurisdiction: str, after: int, limit: int = 1000
    ) -> list[tuple[int, int, bytes]] | None:
        """(after, upto, packed) beyond a position; None where they no longer reach back that far."""
        ...


class Checkpoints(Protocol):
    """How far each partition was certainly projected; a hint."""

    async def load(self) -> dict[int, int]: ...
    async def save(self, offsets: dict[int, int]) -> None: ...


class Announcer(Protocol):
    """Tells the API processes."""

    async def send(self, announcement: Announcement) -> None: ...


class Work:
    """Projects what it is handed; reads by itself what it was not. Stateless but for what it may lose."""

    def __init__(
        self, views: Store, transport: Transport, log: str, checkpoints: Checkpoints, announcer: Announcer
    ) -> None:
        self.views, self.transport = views, transport
        self.log = ColdLog(transport, log)
        self.owned: set[int] = set()
        self.seen: dict[int, int] = {}
        """Owned partition -> the offset before which everything was dealt with."""
        self.parked: dict[str, str] = {}
        self.trouble: str | None = None
        self.dead: dict[str, int] = {}
        """Records that are no commits, by reason."""
        self.holes = 0
        """Offsets that were passed over by deliveries; what was in them is read from the log."""
        self.positions: dict[str, int] = {}
        self._parked_at: dict[str, tuple[int, int]] = {}
        self._checkpoints, self._announcer = checkpoints, announcer
        self._locks: dict[int, asyncio.Lock] = {}
        self._sent: dict[str, int] = {}
        self._saved: dict[int, int] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._rebuilding: set[str] = set()

    # -- partitions ----------------------------------------------------------------------------------------

    def own(self, partition: int) -> None:
        """This process has it now; `catch_up` next."""
        self.owned.add(partition)

    def disown(self, partition: int) -> None:
        """Another process has it now."""
        self.owned.discard(partition)
        self.seen.pop(partition, None)
        for jurisdiction in [j for j, (where, _) in self._parked_at.items() if where == partition]:
            del self._parked_at[jurisdiction], self.parked[jurisdiction]

    async def take(self, partition: int, records: Sequence[Record]) -> None:
        """Project records of one partition. Returns once they are in, however long that takes."""
        await self.catch_up(partition)
        async with self._lock(partition):
            if partition in self.owned:
                await self._take(partition, records)

    async def catch_up(self, partition: int) -> None:
        """Project from its checkpoint on; what Kafka's group remembers is not relied on."""
        async with self._lock(partition):
            if partition not in self.seen:
                await self._catch_up(partition)

    async def _catch_up(self, partition: int) -> None:
        delay = RETRY_SECONDS
        while partition in self.owned:
            try:
                start = (await self._checkpoints.load()).get(partition, 0)
                stop = await self.transport.end(partition)
                async for records in self.transport.fetch(partition, start, stop):
                    await self._take(partition, records)
                await self._renew(partition)
                if partition in self.owned:
                    self.seen[partition] = stop
                self.trouble = None
            except Exception as error:
                delay = await self._wait(f"partition {partition} cannot be caught up", error, delay)
            else:
                log_of.info("partition %d is caught up, from %d to %d", partition, start, stop)
                return

    async def _take(self, partition: int, records: Sequence[Record]) -> None:
        groups: dict[str, list[Record]] = {}
        for record in records:
            jurisdiction = self._of(partition, record)
            if jurisdiction:
                groups.setdefault(jurisdiction, []).append(record)
        await asyncio.gather(*(self._one(partition, *group) for group in groups.items()))
        if partition in self.seen and records:
            self.holes += max(0, records[0].offset - self.seen[partition])
            self.seen[partition] = max(records[-1].offset + 1, self.seen[partition])

    def _of(self, partition: int, record: Record) -> str | None:
        """Whose commit a record is; None = none that counts."""
        if record.key is None:
            return None  # the log's identity
        try:
            jurisdiction = record.key.decode()
            named = envelope(record.value or b"").jurisdiction
        except (UnicodeDecodeError, msgspec.DecodeError):
            return self._bury("not_a_commit")
        if named != jurisdiction:
            return self._bury("wrong_key")
        if partition_of(jurisdiction, self.transport.partitions) != partition:
            return self._bury("wrong_partition")
        return jurisdiction

    def _bury(self, reason: str) -> None:
        self.dead[reason] = self.dead.get(reason, 0) + 1

    def skip(self, partition: int, offset: int) -> None:
        """There is nothing before this offset (a hole at the end of the partition)."""
        if partition in self.seen:
            self.seen[partition] = max(offset, self.seen[partition])

    # -- jurisdictions -------------------------------------------------------------------------------------

    async def _one(self, partition: int, jurisdiction: str, records: Sequence[Record]) -> None:
        if jurisdiction in self.parked:
            return
        delay = RETRY_SECONDS
        async with self._gate:
            while True:
                try:
                    return await self._project(jurisdiction, records)
                except (UnknownEvent, BadEvent, LogDamaged) as error:
                    log_of.error("the projection of %s is parked: %s", jurisdiction, error)
                    self.parked[jurisdiction] = str(error)
                    self._parked_at[jurisdiction] = partition, records[0].offset
                    return
                except Exception as error:
                    delay = await self._wait(f"views of {jurisdiction} cannot be written", error, delay)

    async def _project(self, jurisdiction: str, records: Sequence[Record]) -> None:
        if jurisdiction not in self._sent:
            self._sent[jurisdiction] = (await self.views.head(jurisdiction)).position
        commits = [Stored(record.value or b"", _UNJUDGED) for record in records]
        try:
            head = await run_batch(self.views, jurisdiction, commits, self.log.read)
            self.positions[jurisdiction] = head.position
        finally:  # also what was written before the commit that cannot be read
            reset = any(mark in commit.data for commit in commits for mark in _ERASURES)
            await self._announce(jurisdiction, reset)
        self.trouble = None

    async def _announce(self, jurisdiction: str, reset: bool) -> None:
        """Lost announcements are found by their readers, so nothing is sent twice for them."""
        sent = self._sent[jurisdiction]
        steps = await self.views.packed_steps(jurisdiction, sent)
        if steps is None:
            upto = (await self.views.head(jurisdiction)).position
            steps, reset = [(sent, upto, b"")], True
        for n, (after, upto, packed) in enumerate(steps):
            fits = 0 < len(packed) <= MOST_PACKED
            await self._announcer.send(
                Announcement(
                    jurisdiction=jurisdiction,
                    after=after,
                    upto=upto,
                    reset=reset and n == len(steps) - 1,
                    packed=packed if fits else None,
                )
            )
            self._sent[jurisdiction] = upto

    async def _renew(self, partition: int) -> None:
        """Views that are new, or whose fold has changed, are folded beside the live ones."""
        for jurisdiction in await self.views.jurisdictions():
            if partition_of(jurisdiction, self.transport.partitions) != partition:
                continue
            stale = await self.views.stale(jurisdiction)
            if stale and jurisdiction not in self._rebuilding:
                log_of.info("rebuilding %s of %s", ", ".join(stale), jurisdiction)
                self._rebuilding.add(jurisdiction)
                chosen = {name: catalog[name] for name in stale}
                await rebuild_all(self.log, self.views, jurisdiction, chosen)
                self._rebuilding.discard(jurisdiction)
                position = (await self.views.head(jurisdiction)).position
                await self._announcer.send(
                    Announcement(jurisdiction=jurisdiction, after=position, upto=position, reset=True)
                )

    # -- loops ---------------------------------------------------------------------------------------------

    async def save(self) -> None:
        """Keep how far it is; never beyond a jurisdiction that is parked."""
        safe = dict(self.seen)
        for partition, offset in self._parked_at.values():
            if partition in safe:
                safe[partition] = min(safe[partition], offset)
        changed = {p: offset for p, offset in safe.items() if self._saved.get(p) != offset}
        if changed:
            await self._checkpoints.save(changed)
            self._saved |= changed

    async def _wait(self, what: str, error: Exception, delay: float) -> float:
        """Say it, wait, and give the next delay."""
        self.trouble = f"{what}: {error}"
        log_of.warning("%s; trying again in %.1f s", self.trouble, delay)
        await asyncio.sleep(delay)
        return min(delay * 2, MOST_RETRY_SECONDS)

    def _lock(self, partition: int) -> asyncio.Lock:
        return self._locks.setdefault(partition, asyncio.Lock())
