"""Follow all partitions of a topic in order, each record once, however it is delivered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from heapq import heappop, heappush
from itertools import count
from typing import Final

from events.commit import digest
from services.log.transport import Delivery, Record, Transport, TransportDown, fetched

QUIET_SECONDS: Final = 2.0
"""A tail that is awaited but does not advance is reconnected: consumers stall after broker trouble."""
MOST_QUIET_SECONDS: Final = 16.0
"""The wait doubles, up to this, for each connection that brings nothing: the machine may be busy."""
CONNECT_SECONDS: Final = 10.0
"""Time limit for a connection's first delivery, even an empty one."""
RETRY_SECONDS: Final = 0.2
LOOK_SECONDS: Final = 10.0
"""Interval between looks at what the partitions still hold."""

log_of = logging.getLogger("muster.log")
Deliver = Callable[[int, Record], Awaitable[None] | None]


class Tail:
    """`positions` is the next offset of each partition; everything before it was delivered once."""

    def __init__(self, transport: Transport, deliver: Deliver) -> None:
        self.positions: dict[int, int] = {}
        self.failures: dict[int, str] = {}
        """Partition -> how it was truncated or replaced, so that nothing in it can be trusted."""
        self.holes = 0
        self._busy = False
        """A delivery is in progress, which does not count as a stall."""
        self._transport, self._deliver = transport, deliver
        self._last: dict[int, tuple[int, str]] = {}
        self._waiting: dict[int, list[tuple[int, int, asyncio.Future[None]]]] = {}
        self._ticket = count()
        self._task: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._connected: asyncio.Task[None] | None = None
        self._patience = QUIET_SECONDS
        self._due = 0.0
        """The connection is not given up before this loop time."""

    async def start(self) -> None:
        """Start from the current ends. Raises TransportDown."""
        for partition in range(self._transport.partitions):
            self.positions[partition] = await self._transport.end(partition)
            self._waiting[partition] = []
        await asyncio.gather(*map(self._remember_end, self.positions))
        self._task = asyncio.create_task(self._run(), name="tail of the log")
        self._looking = asyncio.create_task(self._look(), name="bounds of the log")

    async def _remember_end(self, partition: int) -> None:
        """Remember the record before the start, to recognise the topic later."""
        offset = self.positions[partition] - 1
        hashed = await self._digest(partition, offset) if offset >= 0 else None
        if hashed:
            self._last[partition] = offset, hashed

    async def close(self) -> None:
        """Stop. Callers still waiting time out."""
        for task in (self._task, self._looking):
            if task:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def reach(self, partition: int, offset: int, seconds: float) -> None:
        """Wait until everything before `offset` is delivered. Raises TransportDown after `seconds`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self.positions[partition] < offset and partition not in self.failures:
            waiter = loop.create_future()
            heappush(self._waiting[partition], (offset, next(self._ticket), waiter))
            left = deadline - loop.time()
            if left <= 0:
                raise TransportDown(f"partition {partition} not read up to {offset} within {seconds:.0f} s")
            before = self.positions[partition]
            await asyncio.wait((waiter,), timeout=min(left, QUIET_SECONDS))
            if self.positions[partition] == before and not waiter.done() and not self._busy:
                self._suspect(partition, before)

    def _suspect(self, partition: int, position: int) -> None:
        """Reconnect a stalled connection, once for all waiters; one still being established is left alone."""
        if asyncio.get_running_loop().time() >= self._due:
            log_of.warning("partition %d stalled at offset %d; reconnecting", partition, position)
            self._patience = min(self._patience * 2, MOST_QUIET_SECONDS)
            self._allow(CONNECT_SECONDS)
            self._reconnect()

    def _reconnect(self) -> None:
        if self._connected:
            self._connected.cancel()

    def _allow(self, seconds: float) -> None:
        self._due = asyncio.get_running_loop().time() + seconds

    async def _run(self) -> None:
        while self.positions.keys() - self.failures.keys():
            self._connected = asyncio.create_task(self._follow(), name="following the log")
            try:
                await asyncio.wait((self._connected,))
            finally:
                self._connected.cancel()
            error = None if self._connected.cancelled() else self._connected.exception()
            if isinstance(error, Exception):
                expected = isinstance(error, TransportDown)
                log_of.warning("lost the tail of the log: %s", error, exc_info=None if expected else error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _look(self) -> None:
        """Look regularly whether records were deleted under a connection that goes on."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                for partition in self._sound():
                    await self._verify(partition)
            except TransportDown:
                continue  # whoever follows notices too
            except Exception:
                log_of.exception("cannot inspect the partitions; retrying")

    def _sound(self) -> list[int]:
        return [partition for partition in self.positions if partition not in self.failures]

    async def _follow(self) -> None:
        for partition in self._sound():
            await self._verify(partition)
        positions = {partition: self.positions[partition] for partition in self._sound()}
        if not positions:
            return
        self._allow(CONNECT_SECONDS)
        connecting = True
        async for delivery in self._transport.follow(positions):
            if delivery.partition in self.failures:
                continue
            if connecting:
                self._allow(self._patience)
                connecting = False
            before = self.positions[delivery.partition]
            await self._receive(delivery)
            if self.positions[delivery.partition] > before:
                self._patience = QUIET_SECONDS

    async def _verify(self, partition: int) -> None:
        """Check that a partition still holds all that was read, up to the last record; otherwise it is not
        followed any more."""
        position, (first, end) = self.positions[partition], await self._transport.bounds(partition)
        offset, hashed = self._last.get(partition, (-1, ""))
        if first > 0 or end < position:
            self._fail(partition, f"holds offsets {first} to {end}, but {position} were read")
        elif offset >= 0 and await self._digest(partition, offset) != hashed:
            self._fail(partition, f"holds a different record at {offset} than before")

    def _fail(self, partition: int, why: str) -> None:
        if partition not in self.failures:
            failure = f"the topic was truncated or replaced: partition {partition} {why}"
            log_of.critical("%s; its jurisdictions stop until it is restored and Muster restarted", failure)
            self.failures[partition] = failure
        self._wake(self._waiting[partition], None)

    async def _digest(self, partition: int, offset: int) -> str | None:
        records = await fetched(self._transport, partition, offset, offset + 1)
        return digest(records[0].value or b"") if records else None

    async def _receive(self, delivery: Delivery) -> None:
        partition = delivery.partition
        for record in delivery.records:
            if record.offset > self.positions[partition]:
                await self._fill_gap(partition, record.offset)
            if record.offset == self.positions[partition]:
                await self._deliver_one(partition, record)
        if delivery.next > self.positions[partition]:
            await self._fill_gap(partition, delivery.next)
        self._remember_last(delivery)
        self._wake(self._waiting[partition], self.positions[partition])

    async def _deliver_one(self, partition: int, record: Record) -> None:
        """Deliver a record, then advance; a failed delivery is repeated."""
        done = self._deliver(partition, record)
        if done is not None:
            self._busy = True
            try:
                await done
            finally:
                self._busy = False
        self.positions[partition] = record.offset + 1

    async def _fill_gap(self, partition: int, upto: int) -> None:
        """Read skipped offsets again; those still without a record are holes."""
        async for records in self._transport.fetch(partition, self.positions[partition], upto):
            for record in records:
                self._skip_hole(partition, record.offset)
                await self._deliver_one(partition, record)
        self._skip_hole(partition, upto)

    def _skip_hole(self, partition: int, upto: int) -> None:
        missing = upto - self.positions[partition]
        if missing > 0:
            log_of.error("partition %d has %d missing records before offset %d", partition, missing, upto)
            self.holes += missing
            self.positions[partition] = upto

    def _remember_last(self, delivery: Delivery) -> None:
        if delivery.records:
            last = max(delivery.records, key=lambda record: record.offset)
            if last.offset >= self._last.get(delivery.partition, (-1, ""))[0]:
                self._last[delivery.partition] = last.offset, digest(last.value or b"")

    @staticmethod
    def _wake(waiting: list[tuple[int, int, "asyncio.Future[None]"]], position: int | None) -> None:
        while waiting and (position is None or waiting[0][0] <= position):
            waiter = heappop(waiting)[2]
            if not waiter.done():
                waiter.set_result(None)
