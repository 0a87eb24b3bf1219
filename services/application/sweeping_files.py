"""Delete unneeded files: those of erased subjects at once, those never attached after some days."""

import asyncio
import logging
from typing import Final

from services.application.background import Background
from services.base.clock import Clock
from services.files.port import Files, FilesUnavailable
from services.files.sweeping import sweep, sweep_unattached
from services.log.port import Log, LogUnavailable
from services.vault import Vault, VaultUnavailable
from services.views.port import RowUnreadable, Views, ViewsUnavailable

SWEEP_SECONDS: Final = 3600.0

log_of = logging.getLogger("muster")


class FileSweeper:
    """Deletes files whose subject's key was destroyed, and those that no assignment came to name."""

    def __init__(
        self, files: Files, vault: Vault, log: Log, views: Views, clock: Clock, background: Background
    ) -> None:
        self._files, self._vault, self._background = files, vault, background
        self._log, self._views, self._clock = log, views, clock

    async def run(self) -> None:
        """Sweep all jurisdictions at once and then regularly, until cancelled."""
        while True:
            await self._sweep_all()
            await self._sweep_unattached()
            await asyncio.sleep(SWEEP_SECONDS)

    def erased(self, jurisdiction: str) -> None:
        """Sweep immediately, because somebody was erased."""
        if self._background.is_running:
            self._background.start(f"files of {jurisdiction}", self._sweep_all(jurisdiction))

    async def _sweep_all(self, only: str | None = None) -> None:
        try:
            for jurisdiction in [only] if only else await self._files.jurisdictions():
                await sweep(self._files, self._vault, jurisdiction)
        except (FilesUnavailable, VaultUnavailable) as error:
            log_of.warning("cannot delete the files of erased subjects: %s", error)

    async def _sweep_unattached(self) -> None:
        try:
            for jurisdiction in await self._files.jurisdictions():
                now = self._clock.now()
                await sweep_unattached(self._files, self._log, self._views, jurisdiction, now)
        except (FilesUnavailable, LogUnavailable, ViewsUnavailable, RowUnreadable) as error:
            log_of.warning("cannot delete the files that were never attached: %s", error)
