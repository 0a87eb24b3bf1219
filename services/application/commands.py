"""Commands find the writer of their jurisdiction; it is started on first use and leaves when it is idle."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from services.application.background import Background
from services.application.progress import ViewProgress
from services.log.port import Log
from services.metrics.figures import Figures
from services.recorder.envelope import CommandEnvelope, Outcome
from services.recorder.writer import Writer

IDLE_SECONDS: Final = 900.0
"""One that was not commanded for so long leaves memory, where other processes are beside this one."""


class Commands:
    """The writers of this process."""

    def __init__(
        self,
        make: Callable[[str], Writer],
        log: Log,
        progress: ViewProgress,
        background: Background,
        figures: Figures,
        *,
        shared: bool,
    ) -> None:
        """`make` = a writer for a jurisdiction; `shared` = other processes command the same jurisdictions."""
        self.writers: dict[str, Writer] = {}
        self.shared = shared
        self._make, self._log, self._progress = make, log, progress
        self._background, self._figures = background, figures

    def writer(self, jurisdiction: str) -> Writer:
        """The writer of a jurisdiction, started on first use."""
        known = self.writers.get(jurisdiction)
        if known is None:
            known = self.writers[jurisdiction] = self._make(jurisdiction)
            self._background.start(f"writer of {jurisdiction}", self._write(known))
        return known

    async def _write(self, writer: Writer) -> None:
        """Until it has been idle for long, where others could go on at any time. One that is parked stays, to
        say so, until the program is restarted."""
        await writer.run(IDLE_SECONDS if self.shared else None)
        if not writer.parked:  # nothing is awaited since it found its queue empty
            del self.writers[writer.jurisdiction]
        self._log.release(writer.jurisdiction)

    async def submit(self, jurisdiction: str, group: Sequence[CommandEnvelope]) -> list[Outcome]:
        """Record commands in order; one answer each. Raises Parked, Overloaded."""
        began = time.perf_counter()
        outcomes = await self.writer(jurisdiction).submit(group)
        self._figures.answered(outcomes, began)
        return outcomes

    def viewed(self, jurisdiction: str, position: int) -> None:
        """The views show `position` now."""
        if jurisdiction in self.writers:
            self.writers[jurisdiction].viewed(position)

    def knows(self, jurisdiction: str) -> bool:
        """Whether it has data, as far as was seen here."""
        return jurisdiction in self.writers or jurisdiction in self._progress.positions

    def jurisdictions(self) -> list[str]:
        """Those that have data, sorted."""
        return sorted({*self.writers, *self._progress.positions})

    async def found(self, jurisdiction: str, seconds: float = 0.0) -> bool:
        """Whether it has data; looks where it is new here, and waits where others have just begun it."""
        if not self.knows(jurisdiction) and self.shared:
            await self._progress.reached(jurisdiction, 1, seconds)
            await self._progress.catch_up(jurisdiction)
        return self.knows(jurisdiction)
