"""The log as chained commits on a partitioned topic: compare-and-append without transactions.

Each appended commit names the head it follows, and every reader applies the same rule to the records in
order. Processes may therefore race, retry and lag: the first commit to land wins, for everyone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from events.commit import Head, envelope
from services.log.appending import Appender
from services.log.background import Background
from services.log.chains import Chains, reaching
from services.log.directory import Directory
from services.log.identity import Identity
from services.log.port import Damage, LogDamaged, LogUnavailable, Stored
from services.log.transport import Transport, TransportDown

BATCH: Final = 500
"""Largest number of commits per batch of `read`."""
LOOK_SECONDS: Final = 10.0
"""Interval between looks at a damaged chain, besides those when a record of it is delivered."""
TURN_SECONDS: Final = 0.05
"""How long a process that won a race yields to the others."""


class ChainedLog:
    """A Log over a Transport. Chains are read on first use, then followed until `release`."""

    def __init__(
        self, transport: Transport, identity: Identity, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.id = identity.log
        self._transport, self._background = transport, Background()
        self._chains = Chains(transport, self._background)
        self._appender = Appender(transport, self._chains, identity, clock)
        self._directory = Directory(transport)
        self._appending: dict[str, asyncio.Lock] = {}
        self._closing = False

    @property
    def unknown(self) -> int:
        """Appends whose outcome was never resolved."""
        return self._appender.unknown

    @property
    def dead(self) -> int:
        """Records that are not commits of the jurisdiction in their key."""
        return self._chains.dead

    @property
    def holes(self) -> int:
        """Offsets at which the topic has no record."""
        return self._chains.tail.holes

    async def open(self) -> "ChainedLog":
        """Follow the topic from its current end. Raises LogUnavailable, LogDamaged."""
        try:
            await self._chains.tail.start()
        except TransportDown as error:
            raise LogUnavailable(f"the log cannot be reached: {error}") from error
        return self

    async def reach(self, jurisdictions: Iterable[str] = ()) -> Mapping[str, str]:
        """Ask the topic's store for anything. Return which of the jurisdictions are damaged, and why.

        Raises LogUnavailable; LogDamaged if the topic was replaced.
        """
        failures = self._chains.tail.failures
        if len(failures) == self._transport.partitions:
            raise LogDamaged("", 0, next(iter(failures.values())))
        with reaching():
            await self._transport.end(0)
        return self._chains.damaged(jurisdictions)

    async def close(self) -> None:
        """Wait for appends in progress, then close."""
        self._closing = True
        await self._background.finish()
        self._chains.closed = True
        await self._chains.tail.close()
        await self._transport.close()

    # -- the port ------------------------------------------------------------------------------------------

    async def jurisdictions(self) -> list[str]:
        return await self._directory.jurisdictions()

    async def end(self, jurisdiction: str) -> Head:
        return await self._appender.end(jurisdiction)

    async def known_head(self, jurisdiction: str) -> Head:
        """See Log.known_head."""
        chain = await self._chains.attached(jurisdiction)
        if chain.contended:
            deadline = asyncio.get_running_loop().time() + TURN_SECONDS
            while chain.contended and (left := deadline - asyncio.get_running_loop().time()) > 0:
                await self._chains.moved(jurisdiction, left)
            chain.contended = False
        self._chains.check(jurisdiction)
        return chain.head

    async def append(self, jurisdiction: str, data: bytes) -> bool:
        """See Log.append. Also raises ValueError for bytes that are not a commit of the jurisdiction."""
        try:
            seen = envelope(data)
        except msgspec.DecodeError as error:
            raise ValueError(f"not a commit: {error}") from error
        if seen.jurisdiction != jurisdiction:
            raise ValueError(f"a commit of {seen.jurisdiction} cannot be appended to {jurisdiction}")
        if self._closing:
            raise LogUnavailable("the log is closed")
        return await asyncio.shield(self._background.start(self._append(jurisdiction, data)))

    async def _append(self, jurisdiction: str, data: bytes) -> bool:
        async with self._appending.setdefault(jurisdiction, asyncio.Lock()):
            return await self._appender.append(jurisdiction, data)

    async def damage(self, jurisdiction: str) -> Damage | None:
        """See Log.damage."""
        try:
            await self.end(jurisdiction)
        except LogDamaged:
            chain = self._chains.known.get(jurisdiction)
            if chain is None or chain.aside is None:
                raise
        else:
            return None
        await self._chains.reach_end(jurisdiction)
        chain = self._chains.known.get(jurisdiction)
        return chain.damaged if chain else None

    async def repair(self, jurisdiction: str, data: bytes) -> bool:
        """See Log.repair."""
        async with self._appending.setdefault(jurisdiction, asyncio.Lock()):
            if await self.damage(jurisdiction) is None:
                return False
            return await self._appender.repair(self._chains.known[jurisdiction], data)

    async def repaired(self, jurisdiction: str) -> None:
        """See Log.repaired."""
        while True:
            try:
                await self._chains.attached(jurisdiction)
            except LogDamaged:
                await self._chains.moved(jurisdiction, LOOK_SECONDS)
            except LogUnavailable:
                await asyncio.sleep(LOOK_SECONDS)
            else:
                return

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        """See Log.read. Served from memory where possible."""
        try:
            end = await self.end(jurisdiction)
        except LogDamaged as damage:
            async for batch in self._chains.intact(jurisdiction, after):
                for part in _sliced(batch):
                    yield part
            raise damage
        if after >= end.position:
            return
        chain = self._chains.known.get(jurisdiction)
        kept = chain.recent_after(after) if chain else None
        if kept is not None:
            for part in _sliced(kept):
                yield part
            return
        async for batch in self._chains.read(jurisdiction, after):
            for part in _sliced([stored for stored in batch if stored.head.position <= end.position]):
                yield part

    async def wait(self, jurisdiction: str, after: int, timeout: float) -> bool:  # noqa: ASYNC109
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while (await self._chains.attached(jurisdiction)).head.position <= after:
            if (left := deadline - loop.time()) <= 0:
                return False
            await self._chains.moved(jurisdiction, left)
        return True

    def add_mark(self, jurisdiction: str, head: Head, offset: int) -> None:
        """See Log.add_mark. The mark is checked before use."""
        self._chains.add_mark(jurisdiction, head, offset)

    def mark(self, jurisdiction: str) -> tuple[Head, int] | None:
        """See Log.mark."""
        chain = self._chains.known.get(jurisdiction)
        return (chain.head, chain.offset) if chain and chain.head.position else None

    def release(self, jurisdiction: str) -> None:
        """See Log.release."""
        self._chains.release(jurisdiction)


def _sliced(kept: list[Stored]) -> Iterator[list[Stored]]:
    return (kept[start : start + BATCH] for start in range(0, len(kept), BATCH))
