"""What pings tell: how long the log has been ahead of what a stream was sent, and which views stand still.

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
"""Between two looks at the log's end."""
PATIENCE_SECONDS: Final = 3.0
"""A look may take so long; an end that was not seen for longer counts as one that was not reached."""
KEEP_SECONDS: Final = 600.0
"""A jurisdiction is looked at for so long after its last stream: who comes back is told the whole time."""
MOST: Final = 600

log_of = logging.getLogger("muster.api")


class Ends:
    """Ends of one jurisdiction's log, each with the moment (monotonic seconds) at which it was first seen."""

    def __init__(self, now: float) -> None:
        self.seen: deque[tuple[float, int]] = deque()
        self.looked = self.asked = now
        """When the end was last known, and when somebody last wanted to know."""
        self.newest = 0
        self.lost = False
        self.degraded: dict[str, int] | None = None
        """Views that were set aside, since which position; None = not known yet."""

    def add(self, moment: float, position: int) -> None:
        """The log now ends at `position`, and has gone beyond the last one at `moment`."""
        if position > self.newest:
            self.newest = position
            if len(self.seen) >= MOST:  # the oldest stays: it tells how long it has been
                self.seen = deque(islice(self.seen, 0, None, 2))
            self.seen.append((moment, position))

    def forget(self, position: int) -> None:
        """Every stream has been sent up to `position`."""
        while self.seen and self.seen[0][1] <= position:
            self.seen.popleft()

    def behind(self, position: int, now: float) -> float:
        """Seconds since the log went beyond `position`; 0 = it has not."""
        unknown = now - self.looked
        since = next((moment for moment, end in self.seen if end > position), now)
        return max(now - since, unknown if unknown > PATIENCE_SECONDS else 0.0)


class Lag:
    """Of all jurisdictions that have streams, or had one of late."""

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
        """`commanded` = jurisdictions with a writer, which follows their log anyway. `sent` = the position up
        to which all streams of a jurisdiction were sent; None = there is none. `snapshots` = where to begin
        with a log that other processes write too."""
        self._log, self._views, self._progress, self._clock = log, views, progress, clock
        self._commanded, self._sent, self._snapshots = commanded, sent, snapshots
        self._ends: dict[str, Ends] = {}
        self._new = asyncio.Event()

    def behind(self, jurisdiction: str, position: int) -> float:
        """Seconds since the log went beyond `position`, as far as this process knows; 0.0 = it has not.

        While the log's end cannot be learned it grows too. The first call begins the looking.
        """
        now = time.monotonic()
        ends = self._ends.get(jurisdiction)
        if ends is None:
            ends = self._ends[jurisdiction] = Ends(now)
            self._new.set()
        ends.asked = now
        return round(ends.behind(position, now), 1)

    def degraded(self, jurisdiction: str) -> dict[str, int] | None:
        """Views that stand still, since which position; None = not known yet."""
        ends = self._ends.get(jurisdiction)
        return ends.degraded if ends else None

    async def run(self) -> None:
        """Look until cancelled."""
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
        """Those for whom nobody has asked for long."""
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
        except Exception as error:  # whatever it is: the end is not known, and every ping says so
            if not ends.lost:
                log_of.warning("the end of the log of %s cannot be seen: %s", jurisdiction, error)
            ends.lost = True
            return
        ends.looked, ends.lost = time.monotonic(), False
        shown, sent = self._progress.positions.get(jurisdiction, 0), self._sent(jurisdiction)
        ends.forget(shown if sent is None else min(shown, sent))

    async def _look_at_views(self, jurisdiction: str, ends: Ends) -> None:
        """While they cannot be asked, what was last known holds; that they are behind is told anyway.

        Whatever it is and however long it takes, the next look at the end of the log must not come late.
        """
        with contextlib.suppress(Exception):
            async with asyncio.timeout(LOOK_SECONDS):
                ends.degraded = await self._views.degraded(jurisdiction)

    async def _hint(self, jurisdiction: str) -> None:
        """Where the log is followed from the newest snapshot on, it need not be read from its beginning."""
        if self._snapshots is None or self._log.mark(jurisdiction) is not None:
            return
        try:
            found = await self._snapshots.get(jurisdiction)
        except SnapshotsUnavailable:
            return
        if found and found.place is not None and found.log == self._log.id:
            self._log.add_mark(jurisdiction, found.head, found.place)

    async def _age(self, jurisdiction: str, end: int) -> float:
        """Seconds since the first commit that the views lack was recorded; 0 by a scenario's time."""
        position = self._progress.positions.get(jurisdiction, 0)
        if position >= end or not isinstance(self._clock, SystemClock):
            return 0.0
        async for batch in self._log.read(jurisdiction, position):
            recorded = decode(batch[0].data).recorded_at
            return max(0.0, (self._clock.now() - recorded).total_seconds())
        return 0.0
