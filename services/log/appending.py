"""Append to a topic: each commit is confirmed, read back and judged before the call returns."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from events.commit import Head, Verdict, digest, envelope, judge
from services.log.chain import Chain
from services.log.chains import Chains
from services.log.identity import Identity
from services.log.port import LogDamaged, LogUnavailable, OutcomeUnknown
from services.log.transport import NotSent, SendUnknown, Sent, Transport, TransportDown

SEND_SECONDS: Final = 15.0
"""Time limit for an append; after that its outcome is unknown."""
MARKER_RETRY_SECONDS: Final = 0.1
MOST_SKEW: Final = 5.0
"""Tolerated difference in seconds between this process's clock and the broker's."""

log_of = logging.getLogger("muster.log")


class Appender:
    """Sends commits of all jurisdictions. Callers append one commit per jurisdiction at a time."""

    def __init__(
        self, transport: Transport, chains: Chains, identity: Identity, clock: Callable[[], float]
    ) -> None:
        self.unknown = 0
        """Appends whose outcome was never resolved."""
        self._transport, self._chains, self._identity, self._clock = transport, chains, identity, clock
        self._doubtful: set[int] = set()
        """Partitions whose newest record may not be durable; nothing is confirmed until a later one is."""
        self._skew: float | None = None
        """Clock difference from the broker in seconds, if too large to write."""
        self._timed: set[int] = set()
        """Partitions on which the clock was compared with the broker's."""

    async def end(self, jurisdiction: str) -> Head:
        """Return the topic's current head once everything before it is durable."""
        await self._chains.attached(jurisdiction)
        partition = self._chains.partition(jurisdiction)
        if partition in self._doubtful:
            await self._confirm(partition)
        await self._chains.reach_end(jurisdiction)
        # # look it up again: it may have been released or reread meanwhile
        return (await self._chains.attached(jurisdiction)).head

    async def append(self, jurisdiction: str, data: bytes) -> bool:
        """See Log.append."""
        chain, partition = await self._chains.attached(jurisdiction), self._chains.partition(jurisdiction)
        if not _follows(chain.head, data) and not _follows(await self.end(jurisdiction), data):
            return False
        if partition not in self._timed or self._skew is not None:
            await self._confirm(partition)
        self._refuse_skew()
        # # look it up again: it may have been reread meanwhile
        chain, hashed = await self._chains.attached(jurisdiction), digest(data)
        chain.sent[hashed] = None
        try:
            return await self._send(chain, partition, data, hashed)
        finally:
            chain.sent.pop(hashed, None)

    async def repair(self, chain: Chain, data: bytes) -> bool:
        """See Log.repair. `chain` rests, with records set aside behind its head."""
        partition, hashed = self._chains.partition(chain.jurisdiction), digest(data)
        await self._confirm(partition)
        self._refuse_skew()
        chain.sent[hashed] = None
        try:
            return await self._send(chain, partition, data, hashed)
        except LogDamaged:  # it was set aside too
            return False
        finally:
            chain.sent.pop(hashed, None)

    async def _send(self, chain: Chain, partition: int, data: bytes, hashed: str) -> bool:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                sent = await self._send_surely(partition, chain.jurisdiction.encode(), data)
                await self._chains.tail.reach(partition, sent.offset + 1, SEND_SECONDS)
        except NotSent as error:
            raise LogUnavailable(f"the commit was not written: {error}") from error
        except (TimeoutError, TransportDown, SendUnknown) as error:
            self._doubtful.add(partition)
            self.unknown += 1
            raise OutcomeUnknown(f"no answer from the log: {error or 'timed out'}") from error
        self._chains.check(chain.jurisdiction)
        if chain.sent[hashed] is None:  # the attempt whose answer was lost is not in the log (yet)
            self.unknown += 1
            raise OutcomeUnknown("the log contains a later record, but not this commit")
        return bool(chain.sent[hashed])

    async def _send_surely(self, partition: int, key: bytes, data: bytes) -> Sent:
        """Send. If the reply is lost, send a marker: once confirmed, everything before it is durable."""
        try:
            sent = await self._transport.send(partition, key, data)
        except SendUnknown as error:
            log_of.warning("no answer for an append to partition %d: %s", partition, error)
            self._doubtful.add(partition)
            return await self._send_marker(partition)
        self._doubtful.discard(partition)
        self._compare_clocks(sent)
        return sent

    async def _send_marker(self, partition: int) -> Sent:
        """Append the identity again, which readers ignore, until it is confirmed."""
        while True:
            try:
                sent = await self._transport.send(partition, None, self._identity.encode())
            except (SendUnknown, NotSent, TransportDown):
                await asyncio.sleep(MARKER_RETRY_SECONDS)
                continue
            self._doubtful.discard(partition)
            self._compare_clocks(sent)
            self._timed.add(partition)
            return sent

    async def _confirm(self, partition: int) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send_marker(partition)
        except TimeoutError as error:
            raise LogUnavailable("the log does not respond; nothing can be confirmed") from error

    def _refuse_skew(self) -> None:
        if self._skew is not None:
            raise LogUnavailable(
                f"this machine's clock is {self._skew:+.0f} s off the broker's; synchronise it (NTP) to "
                "resume writing"
            )

    def _compare_clocks(self, sent: Sent) -> None:
        if sent.timestamp is None:
            return
        skew = self._clock() - sent.timestamp / 1000
        self._skew = skew if abs(skew) > MOST_SKEW else None


def _follows(head: Head, data: bytes) -> bool:
    seen = envelope(data)
    return judge(head, seen.first, seen.prev, len(seen.events)) is Verdict.ACCEPTED
