"""The chains in use by a process: read on first use, then followed by the tail until released."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from events.commit import Head, Verdict
from services.log.background import Background
from services.log.chain import GENESIS_MARK, Chain, Mark
from services.log.cold import StaleMark, read_chain
from services.log.identity import partition_of
from services.log.port import LogDamaged, LogUnavailable, Stored
from services.log.tail import Tail
from services.log.transport import Record, Transport, TransportDown

REACH_SECONDS: Final = 10.0
"""Time limit for reading up to the topic's end."""

log_of = logging.getLogger("muster.log")


class Chains:
    """Chains by jurisdiction. Records are judged once, in topic order."""

    def __init__(self, transport: Transport, background: Background) -> None:
        self.tail = Tail(transport, self._deliver)
        self.known: dict[str, Chain] = {}
        self.closed = False
        self.dead = 0
        """Records that are not commits of the jurisdiction in their key."""
        self._transport, self._background = transport, background
        self._attaching: dict[str, asyncio.Task[Chain]] = {}
        self._buffers: dict[str, list[Record]] = {}
        """Records delivered by the tail while a chain is being read."""
        self._marks: dict[str, Mark] = {}
        self._rereading: list[Chain] = []
        self._damaged: dict[str, LogDamaged] = {}
        self._moved: dict[str, asyncio.Event] = {}

    def partition(self, jurisdiction: str) -> int:
        """Return the partition holding its commits."""
        return partition_of(jurisdiction, self._transport.partitions)

    def check(self, jurisdiction: str) -> None:
        """Raise LogUnavailable if closed, LogDamaged if the topic or chain is damaged or was replaced."""
        if self.closed:
            raise LogUnavailable("the log is closed")
        if failure := self.tail.failures.get(self.partition(jurisdiction)):
            raise LogDamaged(jurisdiction, 0, failure)
        if jurisdiction in self._damaged:
            raise self._damaged[jurisdiction]
        chain = self.known.get(jurisdiction)
        if chain and chain.damage:
            raise chain.damage

    def damaged(self, jurisdictions: Iterable[str]) -> dict[str, str]:
        """Return which of these are damaged as far as is known, and why. Raises LogUnavailable if closed."""
        found: dict[str, str] = {}
        for jurisdiction in jurisdictions:
            try:
                self.check(jurisdiction)
            except LogDamaged as damage:
                found[jurisdiction] = str(damage)
        return found

    async def attached(self, jurisdiction: str) -> Chain:
        """Return the chain, reading it if necessary. Raises LogUnavailable, LogDamaged."""
        self.check(jurisdiction)
        known = self.known.get(jurisdiction)
        if known is not None:
            return known
        task = self._attaching.get(jurisdiction)
        if task is None:
            task = self._attaching[jurisdiction] = self._background.start(self._attach(jurisdiction))
            task.add_done_callback(lambda _: self._attaching.pop(jurisdiction, None))
        with reaching():
            chain = await asyncio.shield(task)
        self.check(jurisdiction)
        return chain

    async def read(self, jurisdiction: str, after: int) -> AsyncIterator[list[Stored]]:
        """Yield commits no longer in memory, starting from the nearest mark."""
        known = await self.attached(jurisdiction)
        stop, mark = self.tail.positions[self.partition(jurisdiction)], known.mark_for(after)
        try:
            async for batch in read_chain(self._transport, Chain(jurisdiction, mark), mark, stop):
                yield [stored for stored in batch if stored.head.position > after]
        except StaleMark as error:
            log_of.warning("%s", error)
            known.forget_mark(mark)
            async for batch in self.read(jurisdiction, after):
                yield batch
        except TransportDown as error:
            raise LogUnavailable(f"the log cannot be read: {error}") from error

    async def intact(self, jurisdiction: str, after: int) -> AsyncIterator[list[Stored]]:
        """Yield the commits of a damaged chain beyond `after`, up to the damage."""
        stop = self.tail.positions[self.partition(jurisdiction)]
        chain = Chain(jurisdiction, GENESIS_MARK)
        try:
            with suppress(LogDamaged):
                async for batch in read_chain(self._transport, chain, GENESIS_MARK, stop):
                    if beyond := [stored for stored in batch if stored.head.position > after]:
                        yield beyond
        except TransportDown as error:
            raise LogUnavailable(f"the log cannot be read: {error}") from error

    async def reach_end(self, jurisdiction: str) -> None:
        """Wait until everything that the topic holds now is judged. Raises LogUnavailable."""
        partition = self.partition(jurisdiction)
        with reaching():
            end = await self._transport.end(partition)
            await self.tail.reach(partition, end, REACH_SECONDS)

    async def moved(self, jurisdiction: str, seconds: float) -> None:
        """Wait until a record of the jurisdiction is delivered, or for `seconds`."""
        event = self._moved.setdefault(jurisdiction, asyncio.Event())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()

    def add_mark(self, jurisdiction: str, head: Head, offset: int) -> None:
        """Add a mark from another source; it is checked before use."""
        mark = Mark(head, offset)
        if jurisdiction in self.known:
            self.known[jurisdiction].add_mark(mark)
        elif head.position >= self._marks.get(jurisdiction, GENESIS_MARK).head.position:
            self._marks[jurisdiction] = mark

    def release(self, jurisdiction: str) -> None:
        """Forget the chain unless it is in use; its end is kept as a hint."""
        chain = self.known.get(jurisdiction)
        if chain is None or chain.sent or chain.aside or chain in self._rereading:
            return
        del self.known[jurisdiction]
        if chain.head.position:
            self._marks[jurisdiction] = Mark(chain.head, chain.offset)

    # -- reading and following -----------------------------------------------------------------------------

    async def _attach(self, jurisdiction: str) -> Chain:
        """Read the existing records, then those buffered meanwhile; the tail delivers the rest."""
        buffer = self._buffers[jurisdiction] = []
        try:
            stop = self.tail.positions[self.partition(jurisdiction)]
            mark = self._marks.get(jurisdiction, GENESIS_MARK)
            chain = await self._scan(jurisdiction, mark, stop)
            while self._gap_in(chain, [record for record in buffer if record.offset >= stop]):
                stop = buffer[-1].offset + 1
                chain = await self._scan(jurisdiction, mark, stop)
            self.known[jurisdiction] = chain
        except TransportDown as error:
            raise LogUnavailable(f"the log cannot be read: {error}") from error
        finally:
            del self._buffers[jurisdiction]
        return chain

    async def _scan(
        self, jurisdiction: str, mark: Mark, stop: int, sent: dict[str, bool | None] | None = None
    ) -> Chain:
        """Read a chain from a mark to an offset; from the beginning if the mark is stale.

        Raises LogDamaged, but not for what is set aside behind its head.
        """
        chain = Chain(jurisdiction, mark, sent)
        try:
            if mark.offset < stop:
                async for _ in read_chain(self._transport, chain, mark, stop):
                    pass
        except StaleMark as error:
            log_of.warning("%s: rereading %s from the beginning", error, jurisdiction)
            return await self._scan(jurisdiction, GENESIS_MARK, stop, sent)
        except LogDamaged:
            if chain.aside is None:
                raise
        return chain

    def _deliver(self, partition: int, record: Record) -> Awaitable[None] | None:
        """Take each record from the tail, once and in order."""
        if record.key is None:
            return None
        try:
            jurisdiction = record.key.decode()
        except UnicodeDecodeError:
            self.dead += 1
            return None
        buffer = self._buffers.get(jurisdiction)
        if buffer is not None:
            buffer.append(record)
            return None
        chain = self.known.get(jurisdiction)
        if chain is None or self.partition(jurisdiction) != partition:
            self.dead += self.partition(jurisdiction) != partition
            return None
        resting = chain.aside is not None
        verdict = self._count(chain, record)
        if verdict is Verdict.GAP and not resting:
            chain.forget_aside()  # reading again may fail; then the tail delivers the record again
            return self._reread(chain, record)
        if resting and chain.aside is None:
            log_of.warning("%s was repaired; its chain continues at %s", jurisdiction, chain.head)
        self._wake(jurisdiction)
        return None

    def _count(self, chain: Chain, record: Record) -> Verdict:
        dead = chain.dead
        verdict = chain.judge(record.offset, record.value)
        self.dead += chain.dead - dead
        return verdict

    def _gap_in(self, chain: Chain, records: Iterable[Record]) -> bool:
        """Judge records; return whether they set aside something of a chain that did not rest."""
        resting = chain.aside is not None
        for record in records:
            self._count(chain, record)
        return not resting and chain.aside is not None

    async def _reread(self, chain: Chain, record: Record) -> None:
        """After a gap, read again from the head before declaring a commit missing."""
        self._rereading.append(chain)
        try:
            start = Mark(chain.head, chain.offset) if chain.head.position else GENESIS_MARK
            fresh = await self._scan(chain.jurisdiction, start, record.offset + 1, chain.sent)
            self.known[chain.jurisdiction] = fresh
            if fresh.damage:
                log_of.critical("%s", fresh.damage)
        except LogDamaged as error:
            log_of.critical("%s", error)
            self._damaged[chain.jurisdiction] = error
        finally:
            self._rereading.remove(chain)
        self._wake(chain.jurisdiction)

    def _wake(self, jurisdiction: str) -> None:
        event = self._moved.pop(jurisdiction, None)
        if event:
            event.set()


@contextmanager
def reaching() -> Iterator[None]:
    """Turn TransportDown into LogUnavailable."""
    try:
        yield
    except TransportDown as error:
        raise LogUnavailable(f"the log cannot be reached: {error}") from error
