"""The content of pings: how long the log has been ahead of a stream, and which views are stale.

A screen that is not up to date must say so, whatever the reason.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Container
from itertools import islice
from typing import Final

from events.commit import decode
from services.application.progress import ViewProgress
from services.base.clock import Clock, SystemClock
from services.log.port import Log
from services.snapshots.port import Snapshots, SnapshotsUnavailable
from services.views.port import Views

LOOK_SECONDS: Final = 1.0
"""Interval between polls of the log's end."""
PATIENCE_SECONDS: Final = 3.0
"""Timeout of a poll. An end not seen for longer counts as not reached."""
KEEP_SECONDS: Final = 600.0
"""Polling continues so long after a jurisdiction's last stream, to give returning clients the full lag."""
MOST: Final = 600

log_of = logging.getLogger("muster.api")


class Ends:
    """Ends of one jurisdiction's log, each with the time (monotonic seconds) at which it was first seen."""

    def __init__(self, now: float) -> None:
        self.seen: deque[tuple[float, int]] = deque()
        self.looked = self.asked = now
        """When the end was last known, and when it was last asked for."""
        self.newest = 0
        self.lost = False
        self.degraded: dict[str, int] | None = None
        """Views that were set aside, and the position each stopped at; None = not known yet."""

    def add(self, moment: float, position: int) -> None:
        """Record that the log ends at `position`, having passed the previous end at `moment`."""
        if position > self.newest:
            self.newest = position
            if len(self.seen) >= MOST:  # keep the oldest: it gives the length of the lag
                self.seen = deque(islice(self.seen, 0, None, 2))
            self.seen.append((moment, position))

    def forget(self, position: int) -> None:
        """Forget the ends up to `position`, which every stream has been sent."""
        while self.seen and self.seen[0][1] <= position:
            self.seen.popleft()

    def behind(self, position: int, now: float) -> float:
        """Return the seconds since the log passed `position`; 0 = it has not."""
        unknown = now - self.looked
        since = next((moment for moment, end in self.seen if end > position), now)
        return max(now - since, unknown if unknown > PATIENCE_SECONDS else 0.0)


class Lag:
    """The lag of all jurisdictions that have streams or recently had one."""

    def __init__(
        self,
        log: Log,
        views: Views,
        progress: ViewProgress,
        clock: Clock,
        *,
        commanded: Container[str],
        sent: Callable[[str], int | None],
        snapshots: Snapshots | None,
    ) -> None:
        """`commanded` = jurisdictions with a writer, which already follows their log. `sent` = the position
        up to which all streams of a jurisdiction were sent; None = no streams. `snapshots` = where to start
        in a log that other processes write too."""
        self._log, self._views, self._progress, self._clock = log, views, progress, clock
        self._commanded, self._sent, self._snapshots = commanded, sent, snapshots
        self._ends: dict[str, Ends] = {}
        self._new = asyncio.Event()

    def behind(self, jurisdiction: str, position: int) -> float:
        """Return the seconds since the log passed `position`, as far as this process knows; 0.0 = it has not.

        The value also grows while the log's end cannot be read. The first call starts the polling.
        """
        now = time.monotonic()
        ends = self._ends.get(jurisdiction)
        if ends is None:
            ends = self._ends[jurisdiction] = Ends(now)
            self._new.set()
        ends.asked = now
        return round(ends.behind(position, now), 1)

    def degraded(self, jurisdiction: str) -> dict[str, int] | None:
        """Return the stale views and the position each stopped at; None = not known yet."""
        ends = self._ends.get(jurisdiction)
        return ends.degraded if ends else None

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            self._new.clear()
            self._drop()
            looks = [look(*one) for one in self._ends.items() for look in (self._look, self._look_at_views)]
            await asyncio.gather(*looks)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._new.wait()
            except TimeoutError:
                continue

    def _drop(self) -> None:
        """Drop jurisdictions that have not been asked for recently."""
        since = time.monotonic() - KEEP_SECONDS
        for jurisdiction in [code for code, ends in self._ends.items() if ends.asked < since]:
            del self._ends[jurisdiction]
            if jurisdiction not in self._commanded:
                self._log.release(jurisdiction)

    async def _look(self, jurisdiction: str, ends: Ends) -> None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._hint(jurisdiction)
                end = (await self._log.end(jurisdiction)).position
                ends.add(began if ends.newest else began - await self._age(jurisdiction, end), end)
        except Exception as error:  # whatever the cause, the end is unknown and every ping reports it
            if not ends.lost:
                log_of.warning("end of the log of %s cannot be read: %s", jurisdiction, error)
            ends.lost = True
            return
        ends.looked, ends.lost = time.monotonic(), False
        shown, sent = self._progress.positions.get(jurisdiction, 0), self._sent(jurisdiction)
        ends.forget(shown if sent is None else min(shown, sent))

    async def _look_at_views(self, jurisdiction: str, ends: Ends) -> None:
        """Refresh the stale views. On failure the last known ones stay; the lag is reported anyway.

        No error or delay here may hold up the next poll of the log's end.
        """
        with contextlib.suppress(Exception):
            async with asyncio.timeout(LOOK_SECONDS):
                ends.degraded = await self._views.degraded(jurisdiction)

    async def _hint(self, jurisdiction: str) -> None:
        """Start following the log at the newest snapshot instead of its beginning."""
        if self._snapshots is None or self._log.mark(jurisdiction) is not None:
            return
        try:
            found = await self._snapshots.get(jurisdiction)
        except SnapshotsUnavailable:
            return
        if found and found.place is not None and found.log == self._log.id:
            self._log.add_mark(jurisdiction, found.head, found.place)

    async def _age(self, jurisdiction: str, end: int) -> float:
        """Return the seconds since the first commit missing from the views; 0 in a scenario's time."""
        position = self._progress.positions.get(jurisdiction, 0)
        if position >= end or not isinstance(self._clock, SystemClock):
            return 0.0
        async for batch in self._log.read(jurisdiction, position):
            recorded = decode(batch[0].data).recorded_at
            return max(0.0, (self._clock.now() - recorded).total_seconds())
        return 0.0
