"""The log as chained commits on a partitioned topic: compare-and-append without transactions.

Whoever appends sends a commit that names the head it follows; all readers judge what landed, in order, by the
same rule. So processes may race, repeat and lag: the first to land wins and everybody agrees on it.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar

import msgspec

from events.commit import Head, Verdict, digest, envelope, judge
from services.log.chain import GENESIS_MARK, Chain, Mark
from services.log.cold import StaleMark, gap, walk
from services.log.identity import Identity, partition_of
from services.log.port import LogDamaged, LogUnavailable, OutcomeUnknown, Stored
from services.log.tail import Tail
from services.log.transport import NotSent, Record, SendUnknown, Sent, Transport, TransportDown

BATCH: Final = 500
TURN_SECONDS: Final = 0.05
"""How long a process that won lets another one go first."""
SEND_SECONDS: Final = 15.0
"""Until an append is answered for good; then its outcome is unknown."""
REACH_SECONDS: Final = 10.0
"""Until what is in the topic has been read here."""
MOST_SKEW: Final = 5.0
"""Seconds that this process may be away from the broker's clock."""

T = TypeVar("T")
log_of = logging.getLogger("muster.log")


class ChainedLog:
    """A Log over a Transport. Chains are read on first use, then followed, until `release`."""

    def __init__(
        self, transport: Transport, identity: Identity, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.id = identity.log
        self.unknown = self.dead = 0
        """Appends whose outcome stayed open; records that are no commits of the jurisdiction in their key."""
        self._transport, self._identity, self._clock = transport, identity, clock
        self._tail = Tail(transport, self._deliver)
        self._chains: dict[str, Chain] = {}
        self._buffers: dict[str, list[Record]] = {}
        self._hints: dict[str, Mark] = {}
        self._attaching: dict[str, asyncio.Task[Chain]] = {}
        self._appending: dict[str, asyncio.Lock] = {}
        self._rereading: list[Chain] = []
        self._damaged: dict[str, LogDamaged] = {}
        self._doubtful: set[int] = set()
        """Partitions whose newest record may not be durable: nothing is confirmed before another one is."""
        self._skew: float | None = None
        """Seconds by which this process is too far from the broker's clock to write."""
        self._timed: set[int] = set()
        """Partitions to which the broker's clock was compared."""
        self._listed: dict[int, tuple[int, set[str]]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._moved: dict[str, asyncio.Event] = {}
        self._closing = self._closed = False

    @property
    def holes(self) -> int:
        """Offsets at which the topic holds no record."""
        return self._tail.holes

    async def open(self) -> "ChainedLog":
        """Follow the topic from its end as it is now. Raises LogUnavailable, LogDamaged."""
        try:
            await self._tail.start()
        except TransportDown as error:
            raise LogUnavailable(f"the log cannot be reached: {error}") from error
        return self

    async def close(self) -> None:
        """Waits for appends on their way."""
        self._closing = True
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._closed = True
        await self._tail.close()
        await self._transport.close()

    # -- the port ------------------------------------------------------------------------------------------

    async def jurisdictions(self) -> list[str]:
        found: set[str] = set()
        for partition in range(self._transport.partitions):
            found |= await self._list(partition)
        return sorted(found)

    async def end(self, jurisdiction: str) -> Head:
        await self._chain(jurisdiction)
        partition = self._partition(jurisdiction)
        if partition in self._doubtful:
            await self._confirm(partition)
        with _reaching():
            await self._tail.reach(partition, await self._transport.end(partition), REACH_SECONDS)
        return (await self._chain(jurisdiction)).head  # it may have been released, or read anew, meanwhile

    async def turn(self, jurisdiction: str) -> Head:
        """As the port says."""
        chain = await self._chain(jurisdiction)
        if chain.crowded:
            deadline = asyncio.get_running_loop().time() + TURN_SECONDS
            while chain.crowded and (left := deadline - asyncio.get_running_loop().time()) > 0:
                await self._moves(jurisdiction, left)
            chain.crowded = False
        self._check(jurisdiction)
        return chain.head

    async def append(self, jurisdiction: str, data: bytes) -> bool:
        """As the port says; also ValueError for bytes that are no commit of the jurisdiction."""
        try:
            seen = envelope(data)
        except msgspec.DecodeError as error:
            raise ValueError(f"these bytes are not a commit: {error}") from error
        if seen.jurisdiction != jurisdiction:
            raise ValueError(f"a commit of {seen.jurisdiction} cannot be appended to {jurisdiction}")
        if self._closing:
            raise LogUnavailable("the log is closed")
        lock = self._appending.setdefault(jurisdiction, asyncio.Lock())

        async def appending() -> bool:
            async with lock:
                return await self._append(jurisdiction, data)

        return await asyncio.shield(self._start(appending()))

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        """As the port says: from memory where it is there."""
        end = await self.end(jurisdiction)
        if after >= end.position:
            return
        kept = self._chains[jurisdiction].beyond(after) if jurisdiction in self._chains else None
        if kept is not None:
            for part in _sliced(kept):
                yield part
            return
        async for batch in self._cold(jurisdiction, after):
            if within := [stored for stored in batch if stored.head.position <= end.position]:
                yield within

    async def wait(self, jurisdiction: str, after: int, timeout: float) -> bool:  # noqa: ASYNC109
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while (await self._chain(jurisdiction)).head.position <= after:
            if (left := deadline - loop.time()) <= 0:
                return False
            await self._moves(jurisdiction, left)
        return True

    def hint(self, jurisdiction: str, head: Head, place: int) -> None:
        """As the port says; checked before it is relied on."""
        mark = Mark(head, place)
        if jurisdiction in self._chains:
            self._chains[jurisdiction].add(mark)
        elif head.position >= self._hints.get(jurisdiction, GENESIS_MARK).head.position:
            self._hints[jurisdiction] = mark

    def place(self, jurisdiction: str) -> tuple[Head, int] | None:
        """As the port says."""
        chain = self._chains.get(jurisdiction)
        return (chain.head, chain.offset) if chain and chain.head.position else None

    def release(self, jurisdiction: str) -> None:
        """As the port says."""
        chain = self._chains.get(jurisdiction)
        if chain is None or chain.own or chain in self._rereading:  # it is in use
            return
        del self._chains[jurisdiction]
        if chain.head.position:
            self._hints[jurisdiction] = Mark(chain.head, chain.offset)

    # -- appending -----------------------------------------------------------------------------------------

    async def _append(self, jurisdiction: str, data: bytes) -> bool:
        chain, partition = await self._chain(jurisdiction), self._partition(jurisdiction)
        seen, hashed = envelope(data), digest(data)
        if judge(chain.head, seen.first, seen.prev, len(seen.events)) is not Verdict.ACCEPTED:
            head = await self.end(jurisdiction)
            if judge(head, seen.first, seen.prev, len(seen.events)) is not Verdict.ACCEPTED:
                return False
        if partition not in self._timed or self._skew is not None:
            await self._confirm(partition)
        if self._skew is not None:
            raise LogUnavailable(
                f"this machine's clock is {self._skew:+.0f} s away from the broker's; set it (NTP), then it "
                "writes again"
            )
        chain = await self._chain(jurisdiction)  # it may have been read anew meanwhile
        chain.own[hashed] = None
        try:
            return await self._send(jurisdiction, chain, partition, data, hashed)
        finally:
            chain.own.pop(hashed, None)

    async def _send(self, jurisdiction: str, chain: Chain, partition: int, data: bytes, hashed: str) -> bool:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                sent = await self._certain(partition, jurisdiction.encode(), data)
                await self._tail.reach(partition, sent.offset + 1, SEND_SECONDS)
        except NotSent as error:
            raise LogUnavailable(f"the commit was not taken: {error}") from error
        except (TimeoutError, TransportDown, SendUnknown) as error:
            self._doubtful.add(partition)
            self.unknown += 1
            raise OutcomeUnknown(f"no answer from the log: {error or 'time ran out'}") from error
        self._check(jurisdiction)
        if chain.own[hashed] is None:  # the attempt whose answer was lost is not there (yet)
            self.unknown += 1
            raise OutcomeUnknown("the log took something later, but not this commit")
        return bool(chain.own[hashed])

    async def _certain(self, partition: int, key: bytes, data: bytes) -> Sent:
        """Send; where the answer is lost, what is sent next and answered makes durable what came before."""
        try:
            sent = await self._transport.send(partition, key, data)
        except SendUnknown as error:
            log_of.warning("no answer for an append to partition %d: %s", partition, error)
            self._doubtful.add(partition)
            return await self._mark(partition)
        self._doubtful.discard(partition)
        self._compare_clocks(sent)
        return sent

    async def _mark(self, partition: int) -> Sent:
        """Append the identity once more, which no reader heeds, until that is answered."""
        while True:
            try:
                sent = await self._transport.send(partition, None, self._identity.encode())
            except (SendUnknown, NotSent, TransportDown):
                await asyncio.sleep(0.1)
                continue
            self._doubtful.discard(partition)
            self._compare_clocks(sent)
            self._timed.add(partition)
            return sent

    async def _confirm(self, partition: int) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._mark(partition)
        except TimeoutError as error:
            raise LogUnavailable("the log does not answer; nothing can be confirmed now") from error

    def _compare_clocks(self, sent: Sent) -> None:
        if sent.timestamp is None:
            return
        skew = self._clock() - sent.timestamp / 1000
        self._skew = skew if abs(skew) > MOST_SKEW else None

    # -- chains --------------------------------------------------------------------------------------------

    def _partition(self, jurisdiction: str) -> int:
        return partition_of(jurisdiction, self._transport.partitions)

    def _check(self, jurisdiction: str) -> None:
        if self._closed:
            raise LogUnavailable("the log is closed")
        if self._tail.failure:
            raise LogDamaged(jurisdiction, 0, self._tail.failure)
        if jurisdiction in self._damaged:
            raise self._damaged[jurisdiction]

    async def _chain(self, jurisdiction: str) -> Chain:
        self._check(jurisdiction)
        known = self._chains.get(jurisdiction)
        if known is not None:
            return known
        task = self._attaching.get(jurisdiction)
        if task is None:
            task = self._attaching[jurisdiction] = self._start(self._attach(jurisdiction))
            task.add_done_callback(lambda _: self._attaching.pop(jurisdiction, None))
        with _reaching():
            return await asyncio.shield(task)

    async def _attach(self, jurisdiction: str) -> Chain:
        """Read what is there, then what came meanwhile; from here on the tail tells."""
        buffer = self._buffers[jurisdiction] = []
        try:
            stop = self._tail.positions[self._partition(jurisdiction)]
            chain = await self._scan(jurisdiction, self._hints.get(jurisdiction, GENESIS_MARK), stop)
            for record in buffer:
                self._judge(chain, record)
            self._chains[jurisdiction] = chain
        except TransportDown as error:
            raise LogUnavailable(f"the log cannot be read: {error}") from error
        finally:
            del self._buffers[jurisdiction]
        return chain

    async def _scan(
        self, jurisdiction: str, mark: Mark, stop: int, own: dict[str, bool | None] | None = None
    ) -> Chain:
        """A chain read from a mark up to an offset; from the beginning where the mark does not hold."""
        chain = Chain(jurisdiction, mark, own)
        try:
            if mark.offset < stop:
                async for _ in walk(self._transport, chain, mark, stop):
                    pass
        except StaleMark as error:
            log_of.warning("%s of %s is read from its beginning", error, jurisdiction)
            return await self._scan(jurisdiction, GENESIS_MARK, stop, own)
        return chain

    async def _cold(self, jurisdiction: str, after: int) -> AsyncIterator[list[Stored]]:
        """What is no longer in memory, from the nearest known place."""
        known = await self._chain(jurisdiction)
        stop, mark = self._tail.positions[self._partition(jurisdiction)], known.mark_for(after)
        try:
            async for batch in walk(self._transport, Chain(jurisdiction, mark), mark, stop):
                beyond = [stored for stored in batch if stored.head.position > after]
                for part in _sliced(beyond):
                    yield part
        except StaleMark as error:
            log_of.warning("%s", error)
            known.forget(mark)
            async for batch in self._cold(jurisdiction, after):
                yield batch
        except TransportDown as error:
            raise LogUnavailable(f"the log cannot be read: {error}") from error

    def _deliver(self, partition: int, record: Record) -> Awaitable[None] | None:
        """From the tail: every record once, in order."""
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
        chain = self._chains.get(jurisdiction)
        if chain is None or self._partition(jurisdiction) != partition:
            self.dead += self._partition(jurisdiction) != partition
            return None
        try:
            self._judge(chain, record)
        except LogDamaged:
            return self._reread(chain, record)
        self._wake(jurisdiction)
        return None

    def _judge(self, chain: Chain, record: Record) -> None:
        dead = chain.dead
        if chain.take(record.offset, record.value) is Verdict.GAP:
            raise gap(chain, record)
        self.dead += chain.dead - dead

    async def _reread(self, chain: Chain, record: Record) -> None:
        """A commit lies beyond the head: look once more from there before anything is called missing."""
        self._rereading.append(chain)
        try:
            start = Mark(chain.head, chain.offset) if chain.head.position else GENESIS_MARK
            fresh = await self._scan(chain.jurisdiction, start, record.offset + 1, chain.own)
            self._chains[chain.jurisdiction] = fresh
        except LogDamaged as error:
            log_of.critical("%s", error)
            self._damaged[chain.jurisdiction] = error
        finally:
            self._rereading.remove(chain)
        self._wake(chain.jurisdiction)

    # -- plumbing ------------------------------------------------------------------------------------------

    async def _moves(self, jurisdiction: str, seconds: float) -> None:
        """Until something of the jurisdiction was delivered."""
        event = self._moved.setdefault(jurisdiction, asyncio.Event())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()

    def _wake(self, jurisdiction: str) -> None:
        event = self._moved.pop(jurisdiction, None)
        if event:
            event.set()

    def _start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Goes on though whoever asked for it gives up; `close` waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _list(self, partition: int) -> set[str]:
        """Codes with a commit, continued from the last time."""
        start, found = self._listed.get(partition, (1, set[str]()))
        try:
            stop = await self._transport.end(partition)
            async for records in self._transport.fetch(partition, start, stop):
                found |= {code for record in records if (code := _opens(record))}
        except TransportDown as error:
            raise LogUnavailable(f"the log cannot be read: {error}") from error
        self._listed[partition] = stop, found
        return {code for code in found if self._partition(code) == partition}


def _opens(record: Record) -> str | None:
    """The jurisdiction whose first commit this may be."""
    try:
        code = (record.key or b"").decode()
        seen = envelope(record.value or b"")
    except (UnicodeDecodeError, msgspec.DecodeError):
        return None
    first = judge(Head(), seen.first, seen.prev, len(seen.events)) is Verdict.ACCEPTED
    return code if first and code == seen.jurisdiction else None


def _sliced(kept: list[Stored]) -> Iterator[list[Stored]]:
    return (kept[start : start + BATCH] for start in range(0, len(kept), BATCH))


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except TransportDown as error:
        raise LogUnavailable(f"the log cannot be reached: {error}") from error
