"""Places of phones end with the duty of their workers."""

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
    """Forgets the places of who is off duty, retired or erased by now."""

    def __init__(self, locations: Locations, views: Views, clock: Clock, background: Background) -> None:
        self._locations, self._views, self._clock, self._background = locations, views, clock, background

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self._sweep_all()

    def erased(self, jurisdiction: str) -> None:
        """The views show an erasure: at once."""
        if self._background.is_running:
            self._background.start(f"sweeper of {jurisdiction}", self._sweep_all(jurisdiction))

    async def sweep(self, jurisdiction: str) -> None:
        """Once. Raises LocationsUnavailable, ViewsUnavailable, RowUnreadable."""
        await sweep(self._locations, self._views, jurisdiction, self._clock.now())

    async def _sweep_all(self, only: str | None = None) -> None:
        try:
            for jurisdiction in [only] if only else await self._locations.jurisdictions():
                await self.sweep(jurisdiction)
        except (LocationsUnavailable, ViewsUnavailable, RowUnreadable) as error:
            log_of.warning("places could not be swept: %s", error)
