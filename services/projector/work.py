"""What a projector does with the records of its partitions, whoever delivers them."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Final, Protocol

import msgspec

from events.catalog import BadEvent, UnknownEvent
from events.commit import Head, envelope
from projections.catalog import views as catalog
from services.decisions.erasure import ERASURES
from services.log.cold import ColdLog
from services.log.identity import partition_of
from services.log.port import LogDamaged, Stored
from services.log.transport import Record, Transport, TransportDown
from services.views.batch import run_batch
from services.views.changes import MOST_PACKED, Announcement
from services.views.port import Views
from services.views.rebuild import rebuild_all

AT_ONCE: Final = 4
"""Jurisdictions of one delivery that are projected at the same time."""
RETRY_SECONDS: Final = 0.2
MOST_RETRY_SECONDS: Final = 3.0
_UNJUDGED: Final = Head()
_ERASURES: Final = tuple(f'"{name}"'.encode() for name in ERASURES)

log_of = logging.getLogger("muster.projector")


class Store(Views, Protocol):
    """A view store that keeps its outbox for others."""

    async def packed_steps(
        self, jurisdiction: str, after: int, limit: int = 1000
    ) -> list[tuple[int, int, bytes]] | None:
        """(after, upto, packed) beyond a position; None where they no longer reach back that far."""
        ...

    async def positions(self) -> dict[str, int]:
        """How far the live views of each jurisdiction are."""
        ...


class Checkpoints(Protocol):
    """How far each partition was certainly projected; a hint."""

    async def load(self) -> dict[int, int]: ...
    async def read(self) -> dict[int, int]:
        """The same, those that are parked aside."""
        ...

    async def save(self, offsets: dict[int, tuple[int, int]]) -> None:
        """By partition: projected, and read."""
        ...


class Announcer(Protocol):
    """Tells the API processes."""

    async def send(self, announcement: Announcement) -> None: ...


class Cut(Exception):
    """The topic ends before what was projected of it."""

    def __init__(self, partition: int, start: int, stop: int) -> None:
        super().__init__(
            f"partition {partition} ends at offset {stop}, but was projected up to {start}: the topic was "
            "cut, or is an earlier state of it; restore the log, or empty the database of the views"
        )


class _Beating:
    """The log, with a sign of life for each batch that is read."""

    def __init__(self, log: ColdLog, beat: Callable[[], None]) -> None:
        self.end, self._log, self._beat = log.end, log, beat

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncGenerator[list[Stored], None]:
        async for batch in self._log.read(jurisdiction, after):
            self._beat()
            yield batch


def _erases(commits: Sequence[Stored]) -> bool:
    return any(mark in commit.data for commit in commits for mark in _ERASURES)


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
        self.beats: dict[int, int] = {}
        """Owned partition -> signs of life while it is caught up."""
        self.rebuilding: set[int] = set()
        """Partitions of which views are folded anew."""
        self._troubles: dict[str, str] = {}
        self.dead: dict[str, int] = {}
        """Records that are no commits, by reason."""
        self.holes = 0
        """Offsets that hold no record."""
        self.positions: dict[str, int] = {}
        self._parked_at: dict[str, tuple[int, int]] = {}
        self._checkpoints, self._announcer = checkpoints, announcer
        self._locks: dict[int, asyncio.Lock] = {}
        self._sent: dict[str, int] = {}
        self._saved: dict[int, tuple[int, int]] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)

    @property
    def trouble(self) -> str | None:
        """Why something cannot be projected just now; it is tried again."""
        return next(iter(list(self._troubles.values())), None)

    def beat(self, partition: int) -> None:
        """It goes on, though nothing is finished yet."""
        self.beats[partition] = self.beats.get(partition, 0) + 1

    # -- partitions ----------------------------------------------------------------------------------------

    def own(self, partition: int) -> None:
        """This process has it now; `catch_up` next."""
        self.owned.add(partition)

    def disown(self, partition: int) -> None:
        """Another process has it now."""
        self.owned.discard(partition)
        self.seen.pop(partition, None)
        self._saved.pop(partition, None)
        self._troubles.pop(str(partition), None)
        for jurisdiction in [j for j, (where, _) in self._parked_at.items() if where == partition]:
            del self._parked_at[jurisdiction], self.parked[jurisdiction]
        for jurisdiction in [j for j in self._sent if self._where(j) == partition]:
            del self._sent[jurisdiction]  # others announce from here on
            self.positions.pop(jurisdiction, None)
            self._troubles.pop(jurisdiction, None)

    async def take(self, partition: int, records: Sequence[Record]) -> None:
        """Project records of one partition. Returns once they are in, however long that takes."""
        while partition in self.owned:
            await self.catch_up(partition)
            async with self._lock(partition):
                if partition in self.seen:
                    return await self._take(partition, await self._whole(partition, records))

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
                if start > stop:
                    raise Cut(partition, start, stop)
                async for records in self.transport.fetch(partition, start, stop):
                    await self._take(partition, records)
                    self.beat(partition)
                await self._renew(partition)
                if partition in self.owned:
                    self.seen[partition] = stop
                self._troubles.pop(str(partition), None)
            except Exception as error:
                what = f"partition {partition} cannot be caught up"
                delay = await self._wait(str(partition), what, error, delay)
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
            self.seen[partition] = max(records[-1].offset + 1, self.seen[partition])

    async def _whole(self, partition: int, records: Sequence[Record]) -> list[Record]:
        """In order, without what was dealt with, and with what the delivery passed over: it may hold the last
        commit of a jurisdiction, whose loss nothing later would show."""
        upto, found = self.seen.get(partition, 0), list[Record]()
        for record in sorted(records, key=lambda one: one.offset):
            if record.offset > upto:
                found += await self._missed(partition, upto, record.offset)
            if record.offset >= upto:
                found.append(record)
                upto = record.offset + 1
        return found

    async def _missed(self, partition: int, start: int, stop: int) -> list[Record]:
        delay = RETRY_SECONDS
        while partition in self.owned:
            try:
                found = [
                    one async for records in self.transport.fetch(partition, start, stop) for one in records
                ]
            except TransportDown as error:
                what = f"partition {partition} cannot be read from {start} to {stop}"
                delay = await self._wait(str(partition), what, error, delay)
            else:
                self._troubles.pop(str(partition), None)
                self.holes += stop - start - len(found)
                return found
        return []

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
        if self._where(jurisdiction) != partition:
            return self._bury("wrong_partition")
        return jurisdiction

    def _bury(self, reason: str) -> None:
        self.dead[reason] = self.dead.get(reason, 0) + 1

    def _where(self, jurisdiction: str) -> int:
        return partition_of(jurisdiction, self.transport.partitions)

    def skip(self, partition: int, offset: int) -> None:
        """There is nothing before this offset (a hole at the end of the partition)."""
        if partition in self.seen:
            self.seen[partition] = max(offset, self.seen[partition])

    # -- jurisdictions -------------------------------------------------------------------------------------

    async def _one(self, partition: int, jurisdiction: str, records: Sequence[Record]) -> None:
        if jurisdiction in self.parked:
            return
        delay = RETRY_SECONDS
        while True:
            try:
                async with self._gate:  # not while it waits: those that are stuck keep no others from it
                    return await self._project(jurisdiction, records)
            except (UnknownEvent, BadEvent, LogDamaged) as error:
                self._park(partition, jurisdiction, records[0].offset, error)
                return
            except Exception as error:
                what = f"views of {jurisdiction} cannot be written"
                delay = await self._wait(jurisdiction, what, error, delay)

    def _park(self, partition: int, jurisdiction: str, offset: int, error: Exception) -> None:
        """It waits there for another program; its checkpoint does not go on."""
        log_of.error("the projection of %s is parked: %s", jurisdiction, error)
        self.parked[jurisdiction] = str(error)
        self._parked_at[jurisdiction] = partition, offset
        self._troubles.pop(jurisdiction, None)

    async def _project(self, jurisdiction: str, records: Sequence[Record]) -> None:
        if jurisdiction not in self._sent:
            self._sent[jurisdiction] = (await self.views.head(jurisdiction)).position
        commits = [Stored(record.value or b"", _UNJUDGED) for record in records]
        reset = _erases(commits)

        async def reread(jurisdiction: str, after: int) -> AsyncGenerator[list[Stored], None]:
            nonlocal reset
            async for batch in self.log.read(jurisdiction, after):
                reset = reset or _erases(batch)
                yield batch

        try:
            head = await run_batch(self.views, jurisdiction, commits, reread)
            self.positions[jurisdiction] = head.position
        finally:  # also what was written before the commit that cannot be read
            await self._announce(jurisdiction, reset)
        self._troubles.pop(jurisdiction, None)

    async def _announce(self, jurisdiction: str, reset: bool) -> None:
        """Lost announcements are found by their readers, so nothing is sent twice for them."""
        sent = self._sent.get(jurisdiction)
        if sent is None:
            return  # it is another process's by now
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
            if self._where(jurisdiction) != partition or jurisdiction in self.parked:
                continue
            stale = await self.views.stale(jurisdiction)
            if stale:
                self.rebuilding.add(partition)
                try:
                    await self._rebuild(partition, jurisdiction, stale)
                finally:
                    self.rebuilding.discard(partition)

    async def _rebuild(self, partition: int, jurisdiction: str, stale: Sequence[str]) -> None:
        """One that cannot be rebuilt stays degraded, and keeps nobody else waiting."""
        log_of.info("rebuilding %s of %s", ", ".join(stale), jurisdiction)
        try:
            source = _Beating(self.log, lambda: self.beat(partition))
            await rebuild_all(source, self.views, jurisdiction, {name: catalog[name] for name in stale})
        except (UnknownEvent, BadEvent, LogDamaged, msgspec.DecodeError) as error:
            log_of.error("%s of %s cannot be rebuilt: %s", ", ".join(stale), jurisdiction, error)
            return
        position = (await self.views.head(jurisdiction)).position
        await self._announcer.send(
            Announcement(jurisdiction=jurisdiction, after=position, upto=position, reset=True)
        )

    # -- loops ---------------------------------------------------------------------------------------------

    async def read(self) -> dict[int, int]:
        """How far all partitions were dealt with, whoever projects them. Raises ViewsUnavailable."""
        return await self._checkpoints.read()

    async def save(self) -> None:
        """Keep how far it is; never beyond a jurisdiction that is parked."""
        safe = {p: (offset, offset) for p, offset in self.seen.items() if p in self.owned}
        for partition, offset in self._parked_at.values():
            if partition in safe:
                projected, read = safe[partition]
                safe[partition] = min(projected, offset), read
        changed = {p: offset for p, offset in safe.items() if self._saved.get(p) != offset}
        if changed:
            await self._checkpoints.save(changed)
            self._saved |= changed

    async def look(self) -> None:
        """Whether the store still holds what was written: it may have lost its last instants in a crash, or
        have been restored. What is missing is projected again, from its checkpoint."""
        reached = dict(self.positions)
        held = await self.views.positions()
        lost = {self._where(j) for j, position in reached.items() if held.get(j, 0) < position}
        for partition in lost & self.owned:
            log_of.warning("the views of partition %d have lost something; it is projected again", partition)
            async with self._lock(partition):
                self.disown(partition)
                self.own(partition)
            await self.catch_up(partition)

    async def _wait(self, where: str, what: str, error: Exception, delay: float) -> float:
        """Say it, wait, and give the next delay."""
        self._troubles[where] = f"{what}: {error}"
        log_of.warning("%s; trying again in %.1f s", self._troubles[where], delay)
        await asyncio.sleep(delay)
        return min(delay * 2, MOST_RETRY_SECONDS)

    def _lock(self, partition: int) -> asyncio.Lock:
        return self._locks.setdefault(partition, asyncio.Lock())
