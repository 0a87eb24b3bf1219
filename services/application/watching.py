"""Whether the stores answer and the views move, watched beside the work so that no health check waits."""

import asyncio
from collections import Counter as Counts
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from services.application.alerting import Alerting
from services.application.background import Background
from services.application.commands import Commands
from services.application.progress import ViewProgress
from services.base.clock import Clock
from services.log.port import LogDamaged, LogUnavailable
from services.views.port import RowUnreadable, Views, ViewsUnavailable

PROBE_SECONDS: Final = 1.0
"""Interval between questions to the log."""
ANSWER_SECONDS: Final = 3.0
"""How long the log's answer may take."""
STILL_SECONDS: Final = 30.0
"""Views that are behind the log and have not moved for this long are stalled."""
WAIT_SECONDS: Final = 0.2
"""How long a health check waits for the view store; after that it reports what was known last."""

Reach = Callable[[Iterable[str]], Awaitable[Mapping[str, str]]]
"""Asks the log's store for anything. Returns which of the jurisdictions are damaged, and why. Raises
LogUnavailable or LogDamaged."""
Alerts = Mapping[tuple[str, str], int]
"""(kind, level) -> number of alerts."""


class Watch:
    """What the process sees of its stores."""

    def __init__(
        self,
        commands: Commands,
        progress: ViewProgress,
        views: Views,
        alerting: Alerting,
        background: Background,
        clock: Clock,
        reach: Reach | None = None,
    ) -> None:
        """Without `reach` the log is in this process, and its own errors tell all."""
        self.silence: str | None = None
        """Since when the log does not answer, in words."""
        self.still: dict[str, str] = {}
        """Jurisdiction -> where its views stand, though its log goes on."""
        self.damaged: Mapping[str, str] = {}
        """Jurisdiction -> what is wrong with its log, also if nobody sends a command."""
        self._commands, self._progress, self._views = commands, progress, views
        self._alerting, self._background, self._clock, self._reach = alerting, background, clock, reach
        self._degraded: dict[str, dict[str, int]] = {}
        self._alerts: dict[str, Alerts] = {}
        self._seen: dict[str, tuple[int, datetime]] = {}
        self._asking: dict[str, asyncio.Event] = {}

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self._probe()
            self.look()
            await asyncio.sleep(PROBE_SECONDS)

    async def degraded(self) -> Mapping[str, Mapping[str, int]]:
        """Return the views that are set aside, by jurisdiction, as last known."""
        await self._briefly("degraded views", self._read_degraded)
        return {key: views for key, views in self._degraded.items() if views}

    async def alerts(self) -> Mapping[str, Alerts]:
        """Return the numbers of alerts by jurisdiction, as last known."""
        await self._briefly("counts of alerts", self._read_alerts)
        return self._alerts

    async def _probe(self) -> None:
        if self._reach is None:
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                self.damaged = await self._reach(self._commands.jurisdictions())
        except (LogUnavailable, LogDamaged, TimeoutError) as error:
            why = str(error) or f"no answer within {ANSWER_SECONDS:.0f} s"
            since = self._clock.now().isoformat(timespec="seconds")
            self.silence = self.silence or f"the log is silent since {since}: {why}"
        else:
            self.silence = None

    def look(self) -> None:
        """Note which views have stood still for long."""
        now = self._clock.now()
        for key, writer in self._commands.writers.items():
            stand, end = self._progress.positions.get(key, 0), writer.state.head.position
            seen, since = self._seen.get(key, (-1, now))
            if stand >= end or stand != seen:
                self._seen[key] = stand, now
                self.still.pop(key, None)
            elif (now - since).total_seconds() >= STILL_SECONDS:
                at = since.isoformat(timespec="seconds")
                self.still[key] = f"its views stand at {stand} of {end} since {at}"

    async def _briefly(self, what: str, read: Callable[[], Awaitable[None]]) -> None:
        """Read once at a time, and wait for that only briefly."""
        done = self._asking.get(what)
        if done is None:
            done = self._asking[what] = asyncio.Event()
            self._background.start(what, self._ask(what, read, done))
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await done.wait()
        except TimeoutError:
            return

    async def _ask(self, what: str, read: Callable[[], Awaitable[None]], done: asyncio.Event) -> None:
        try:
            await read()
        finally:
            del self._asking[what]
            done.set()

    async def _read_degraded(self) -> None:
        for key in list(self._commands.writers):
            with suppress(ViewsUnavailable):  # another figure says so
                self._degraded[key] = await self._views.degraded(key)

    async def _read_alerts(self) -> None:
        for key in list(self._commands.writers):
            with suppress(ViewsUnavailable, RowUnreadable):
                watched = await self._alerting.watched(key)
                self._alerts[key] = Counts((one.kind, str(one.level)) for one in watched.alerts)
