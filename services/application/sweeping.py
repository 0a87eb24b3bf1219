"""Delete phone positions when their workers go off duty."""

import asyncio
import logging
from typing import Final

from services.application.background import Background
from services.base.clock import Clock
from services.locations.duty import sweep
from services.locations.port import Locations, LocationsUnavailable
from services.views.port import RowUnreadable, Views, ViewsUnavailable

SWEEP_SECONDS: Final = 30.0

log_of = logging.getLogger("muster")


class Sweeper:
    """Deletes the positions of workers who are off duty, retired or erased."""

    def __init__(self, locations: Locations, views: Views, clock: Clock, background: Background) -> None:
        self._locations, self._views, self._clock, self._background = locations, views, clock, background

    async def run(self) -> None:
        """Sweep all jurisdictions regularly until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self._sweep_all()

    def erased(self, jurisdiction: str) -> None:
        """Sweep immediately, because the views show an erasure."""
        if self._background.is_running:
            self._background.start(f"sweeper of {jurisdiction}", self._sweep_all(jurisdiction))

    async def sweep(self, jurisdiction: str) -> None:
        """Sweep once. Raise LocationsUnavailable, ViewsUnavailable or RowUnreadable."""
        await sweep(self._locations, self._views, jurisdiction, self._clock.now())

    async def _sweep_all(self, only: str | None = None) -> None:
        try:
            for jurisdiction in [only] if only else await self._locations.jurisdictions():
                await self.sweep(jurisdiction)
        except (LocationsUnavailable, ViewsUnavailable, RowUnreadable) as error:
            log_of.warning("cannot delete expired positions: %s", error)
