"""The live table in the terminal or, without one, a plain line every few seconds."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.live import Live

from events.team import ACTIVE
from services.base.clock import Clock
from services.demo import figures as compute
from services.demo.driver import Played
from services.demo.figures import Figures, Row
from services.demo.scenarios.story import Story
from services.demo.screen import Frame, board, line
from services.views.port import RowUnreadable, ViewsUnavailable

REFRESH_SECONDS: Final = 0.5
PLAIN_SECONDS: Final = 5.0
EVENTS: Final = 40

Rows = Callable[..., Awaitable[list[dict[str, Any]]]]


class LiveTable:
    """Shows a scenario during play. `rows(view, **filters)` returns rows like the API."""

    def __init__(
        self,
        *,
        rows: Rows,
        clock: Clock,
        story: Story,
        links: Mapping[str, str],
        console: Console | None = None,
    ) -> None:
        self._rows, self._clock, self._story, self._links = rows, clock, story, links
        self._console = console or Console()
        self._plain = not self._console.is_terminal or self._console.is_dumb_terminal
        self._zone = ZoneInfo(story.timezone)
        self._played, self._figures, self._trouble = Played(), Figures(), ""
        self._areas: dict[str, Row] = {}
        self._live: Live | None = None
        self._reads = 0

    def follow(self, played: Played) -> None:
        """Receive the progress from the driver."""
        self._played = played

    @asynccontextmanager
    async def shown(self) -> AsyncIterator["LiveTable"]:
        """Show and refresh the table until exit."""
        if self._plain:
            for name, url in self._links.items():
                self._print(f"{name}: {url}")
        else:
            self._live = Live(console=self._console, auto_refresh=False, vertical_overflow="crop")
            self._live.start()
        try:
            async with asyncio.TaskGroup() as tasks:
                showing = tasks.create_task(self._show(), name="live table")
                yield self
                showing.cancel()
        finally:
            if self._live:
                self._live.stop()

    async def ended(self) -> None:
        """Show the final figures, when the views are complete."""
        await self.refresh()
        if self._plain:
            self._print(line(self.frame()))

    async def refresh(self) -> None:
        """Read the views and redraw."""
        try:
            self._figures, self._trouble = await self._read(), ""
        except (ViewsUnavailable, RowUnreadable, OSError) as error:
            self._trouble = str(error)
        if self._live:
            self._live.update(
                board(self.frame(), self._console.width, self._console.height - 1), refresh=True
            )

    def frame(self) -> Frame:
        """Return the content to show."""
        now = self._clock.now().astimezone(self._zone)
        start = self._story.live_from.astimezone(self._zone)
        day = (now.date() - start.date()).days + 1 if now >= start else 0
        return Frame(
            title=self._story.title,
            now=now,
            day=min(day, self._story.days),
            days=self._story.days,
            figures=self._figures,
            played=self._played,
            links=self._links,
            trouble=self._trouble,
        )

    async def _show(self) -> None:
        while True:
            await self.refresh()
            if self._plain:
                self._print(line(self.frame()))
            await asyncio.sleep(PLAIN_SECONDS if self._plain else REFRESH_SECONDS)

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    async def _read(self) -> Figures:
        """Read all figures from the views."""
        self._reads += 1
        if self._reads % 20 == 1:
            self._areas = {row["area"]: row for row in await self._rows("areas")}
        headcount = await self._rows("headcount")
        teams = await self._rows("teams")
        activity = await self._rows("activity", limit=EVENTS)
        return Figures(
            position=activity[0]["position"] if activity else 0,
            duty=compute.duty(headcount),
            teams=Counter(row["state"] for row in teams),
            busy=sum(row["state"] == ACTIVE and row["live_count"] > 0 for row in teams),
            waiting=compute.waiting(await self._rows("requests", state="open"), self._clock.now()),
            ledger=compute.ledger(await self._rows("incidents")),
            counties=compute.counties(headcount, self._areas, self._story.jurisdiction),
            said=compute.said(activity, self._areas),
        )
