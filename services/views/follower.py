"""Follows views written by projectors in other processes: tracks positions and serves the streams."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection
from typing import Final, Protocol

from events.commit import Head
from services.log.port import Stored
from services.views.changes import Announcement, Feed
from services.views.port import OutboxStep, Views, ViewsUnavailable
from services.views.scrub import Compared

KEEP: Final = 512
KEEP_BYTES: Final = 16 * 2**20
POLL_SECONDS: Final = 1.0
"""Interval between polls of the heads, which find steps that were not announced."""
WAIT_SECONDS: Final = 0.1

log_of = logging.getLogger("muster.follower")


class Outbox(Views, Protocol):
    """A view store shared by several processes."""

    async def positions(self) -> dict[str, int]:
        """Return the position of each jurisdiction's live views."""
        ...

    def unpack(
        self, after: int, upto: int, packed: bytes, views: Collection[str] | None = None
    ) -> OutboxStep:
        """Decode a stored step, or what it says of these views. Raises RowUnreadable."""
        ...


class RecentSteps:
    """The newest announced steps of one jurisdiction, without gaps."""

    def __init__(self) -> None:
        self.steps: deque[tuple[int, int, bytes]] = deque()
        self._bytes = 0

    def add(self, after: int, upto: int, packed: bytes | None) -> None:
        """Add a step. One without data, or not following the last, clears the earlier steps."""
        if packed is None or (self.steps and self.steps[-1][1] != after):
            self.steps.clear()
            self._bytes = 0
        if packed is None:
            return
        self.steps.append((after, upto, packed))
        self._bytes += len(packed)
        while len(self.steps) > KEEP or self._bytes > KEEP_BYTES:
            self._bytes -= len(self.steps.popleft()[2])

    def beyond(self, after: int, upto: int) -> list[tuple[int, int, bytes]] | None:
        """Return the steps leading from `after` to `upto`; None if there is a gap."""
        found = [step for step in self.steps if step[1] > after and step[1] <= upto]
        whole = found and found[0][0] == after and found[-1][1] == upto
        return found if whole else None


class Follower:
    """Same interface to the runtime as the embedded projector, but projectors elsewhere do the folding."""

    def __init__(
        self,
        views: Outbox,
        feed: Feed,
        advanced: Callable[[str, int], None],
        reset: Callable[[str], None],
    ) -> None:
        self._views, self._feed, self._advanced, self._reset = views, feed, advanced, reset
        self._recent: dict[str, RecentSteps] = {}
        self._moved = asyncio.Condition()
        self.scrub: Compared | None = None
        self.positions: dict[str, int] = {}
        self.trouble: str | None = None
        """Why the views cannot be read at the moment."""
        self.parked: dict[str, str] = {}

    def offer(self, jurisdiction: str, stored: Stored, *, bulk: bool = False) -> None:
        """Do nothing: the projectors read the commit from the log."""

    async def reached(self, jurisdiction: str, position: int, seconds: float) -> bool:
        """Wait until the views reach `position`; True if they do in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self.positions.get(jurisdiction, 0) < position:
            left = deadline - loop.time()
            if left <= 0:
                return False
            try:
                async with asyncio.timeout(min(left, WAIT_SECONDS)), self._moved:
                    await self._moved.wait_for(lambda: self.positions.get(jurisdiction, 0) >= position)
            except TimeoutError:
                if (await self._head(jurisdiction)).position >= position:
                    return True
        return True

    async def steps(
        self, jurisdiction: str, after: int, limit: int = 1000, views: Collection[str] | None = None
    ) -> list[OutboxStep] | None:
        """See Views.steps. Served from memory if possible."""
        position, recent = self.positions.get(jurisdiction, 0), self._recent.get(jurisdiction)
        if after >= position:
            return []
        found = recent.beyond(after, position) if recent else None
        if found is None:
            return await self._views.steps(jurisdiction, after, limit, views)
        return [self._views.unpack(*step, views) for step in found[:limit]]

    async def catch_up(self, jurisdiction: str) -> None:
        """Check the head now."""
        await self._advance(jurisdiction, (await self._head(jurisdiction)).position)

    async def run(self) -> None:
        """Follow until cancelled."""
        self.positions.update(await self._views.positions())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._poll_heads())

    async def _listen(self) -> None:
        async for announcement in self._feed.announcements():
            await self._take(announcement)

    async def _take(self, announced: Announcement) -> None:
        """Apply an announcement; after a missed one streams start over, as it may have been an erasure."""
        jurisdiction, position = announced.jurisdiction, self.positions.get(announced.jurisdiction, 0)
        if announced.upto > position:
            recent = self._recent.setdefault(jurisdiction, RecentSteps())
            recent.add(announced.after, announced.upto, announced.packed)
            await self._advance(jurisdiction, announced.upto)
        if announced.reset or announced.after > position:
            self._reset(jurisdiction)

    async def _poll_heads(self) -> None:
        """Poll the heads. A position still behind at the next poll was not announced; streams start over."""
        seen: dict[str, int] = {}
        while True:
            found: dict[str, int] | None = None
            try:
                found = await self._views.positions()
                self.trouble = None
            except ViewsUnavailable as error:
                self.trouble = str(error)
            for jurisdiction, position in list(seen.items()):
                if found is not None and found.get(jurisdiction, 0) < position:
                    seen[jurisdiction] = found.get(jurisdiction, 0)
                    self._rewind(jurisdiction, seen[jurisdiction])
            for jurisdiction, position in seen.items():
                if self.positions.get(jurisdiction, 0) < position:
                    log_of.warning("missed the announcement of %s at position %d", jurisdiction, position)
                    self._recent.pop(jurisdiction, None)
                    await self._advance(jurisdiction, position)
                    self._reset(jurisdiction)
            seen = found or {}
            await asyncio.sleep(POLL_SECONDS)

    def _rewind(self, jurisdiction: str, position: int) -> None:
        """Go back after the store was restored: the lost part is folded again and screens start over."""
        log_of.warning("the views of %s went back to %d: the database was restored", jurisdiction, position)
        self._recent.pop(jurisdiction, None)
        self.positions[jurisdiction] = position
        self._advanced(jurisdiction, position)
        self._reset(jurisdiction)

    async def _head(self, jurisdiction: str) -> Head:
        return await self._views.head(jurisdiction)

    async def _advance(self, jurisdiction: str, position: int) -> None:
        if position <= self.positions.get(jurisdiction, 0):
            return
        self.positions[jurisdiction] = position
        async with self._moved:
            self._moved.notify_all()
        self._advanced(jurisdiction, position)
