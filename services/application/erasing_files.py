"""Delete the files of erased subjects, soon after the erasure and after a restart or a restored backup."""

import asyncio
import logging
from typing import Final

from services.application.background import Background
from services.files.port import Files, FilesUnavailable
from services.files.sweeping import sweep
from services.vault import Vault, VaultUnavailable

SWEEP_SECONDS: Final = 3600.0

log_of = logging.getLogger("muster")


class FileSweeper:
    """Deletes files whose subject's key was destroyed."""

    def __init__(self, files: Files, vault: Vault, background: Background) -> None:
        self._files, self._vault, self._background = files, vault, background

    async def run(self) -> None:
        """Sweep all jurisdictions at once and then regularly, until cancelled."""
        while True:
            await self._sweep_all()
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
